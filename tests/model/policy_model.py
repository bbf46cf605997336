"""The policy engine, written a second time from its documentation.

A policy is the table that tomllib makes of a policy file, facts are a dict from a fact's name to its value (bool, int, str, list
of str); what is missing is unknown. `decide` answers (level, presence, ids of the rules and limits that count, obligations).
"""
import re

LEVELS = ["forbid", "observe", "propose", "approve", "veto", "auto"]
PRESENCES = ["browser", "password", "ssh", "passkey"]
CLASSES = ["nothing", "package", "upstream_bump", "setting", "reach", "system", "self"]
ORDERED = {"change.max_risk": ["none", "low", "notice", "high", "critical"], "proposer.trust": ["revoked", "ask", "veto", "auto"],
          "change.class": CLASSES, "change.class_since_person": CLASSES}
UNKNOWN = object()


def pattern(text, separator):
    """`*` within a segment, `**` across, `{a,b}` either."""
    out, i = "", 0
    while i < len(text):
        if text[i] == "*":
            run = len(text[i:]) - len(text[i:].lstrip("*"))
            out += ".*" if run > 1 or separator is None else f"[^{re.escape(separator)}]*"
            i += run
        elif text[i] == "{":
            end = text.index("}", i)
            # A choice may hold stars of its own, and a star beside it makes a run with them.
            return re.compile("|".join(pattern(text[:i] + choice + text[end + 1:], separator).pattern
                                       for choice in text[i + 1:end].split(",")), re.DOTALL)
        else:
            out += re.escape(text[i])
            i += 1
    return re.compile(out, re.DOTALL)


DOT = "\x1f"  # within a name of an option


def names(option):
    """`a."b.c".d` with the dot of a name told apart from the dots between names."""
    return ".".join((quoted or bare).replace(".", DOT) for quoted, bare in re.findall(r'"([^"]*)"|([^."]+)', option))


def glob(fact, patterns, text):
    separator = {"change.paths": "/", "change.option_paths": "."}.get(fact)
    if fact == "change.option_paths":
        text, patterns = names(text), [names_of_pattern(one) for one in patterns]
    return any(pattern(one, separator).fullmatch(text) for one in patterns)


def names_of_pattern(text):
    """Quotes go, and what they held keeps its dots."""
    return re.sub(r'"([^"]*)"', lambda found: found.group(1).replace(".", DOT), text)


def holds(fact, test, wanted, value):
    if fact in ORDERED:
        rank = ORDERED[fact].index
        numbers = {"eq": lambda: value == wanted, "lt": lambda: rank(value) < rank(wanted), "le": lambda: rank(value) <= rank(wanted),
                   "gt": lambda: rank(value) > rank(wanted), "ge": lambda: rank(value) >= rank(wanted)}
        if test in numbers:
            return numbers[test]()
    tests = {
        "is": lambda: value == wanted,
        "eq": lambda: value == wanted,
        "lt": lambda: value < wanted,
        "le": lambda: value <= wanted,
        "gt": lambda: value > wanted,
        "ge": lambda: value >= wanted,
        "in": lambda: value in wanted,
        "not_in": lambda: value not in wanted,
        "glob": lambda: glob(fact, wanted, value),
        "subset_of": lambda: set(value) <= set(wanted),
        "superset_of": lambda: set(value) >= set(wanted),
        "any_in": lambda: bool(set(value) & set(wanted)),
        "none_in": lambda: not set(value) & set(wanted),
        "all_match": lambda: all(glob(fact, wanted, one) for one in value),
        "any_match": lambda: any(glob(fact, wanted, one) for one in value),
        "none_match": lambda: not any(glob(fact, wanted, one) for one in value),
        "empty": lambda: (len(set(value)) == 0) == wanted,
        "count_le": lambda: len(set(value)) <= wanted,
        "count_ge": lambda: len(set(value)) >= wanted,
    }
    return tests[test]()


def counts(effect, when, facts):
    """Unknown never helps: it fails a grant, and it holds for everything that holds back."""
    unknown = False
    for fact, tests in when.items():
        for test, wanted in tests.items():
            value = facts.get(fact, UNKNOWN)
            if value is UNKNOWN:
                unknown = True
            elif not holds(fact, test, wanted, value):
                return False
    return not (unknown and effect == "grant")


def kinds(*names):
    return {"change.kinds": {"any_in": list(names)}}


# docs/policy-cookbook.md, "What no file can lift".
LIMITS = [
    ("act-bounds", "forbid", kinds("act_forbidden") | {"change.revision": {"not_in": ["change", "rollback"]}}),
    ("self-protection", "approve", kinds("agentd_changed")),
    ("critical-risk", "approve", {"change.max_risk": {"ge": "critical"}}),
    ("unclassified", "approve", {"change.unclassified": {"ge": 1}}),
    ("truncated", "approve", {"change.truncated": {"is": True}}),
    ("nix-trust", "approve", kinds("nix_trust", "nix_setting")),
    ("administrators", "approve", kinds("admin_granted", "admin_revoked", "user_is_root", "sudo_changed", "pam_changed", "wrapper_added",
                                        "wrapper_changed", "login_settings", "directory_changed", "confinement_changed")),
    ("trust", "approve", {"change.areas": {"any_in": ["trust"]}}),
    ("secrets", "approve", kinds("secret_added", "secret_access", "secret_changed")),
    ("data", "approve", kinds("mount_added", "mount_removed", "mount_changed", "format_at_boot", "disk_encryption", "disk_settings",
                              "data_migration")),
    ("network-path", "approve", kinds("network_path", "share_changed")),
    ("access", "approve", kinds("sshd_root_login", "sshd_password_login", "sshd_setting", "sshd_unreadable", "ssh_key_added", "ssh_key_removed",
                                "ssh_client", "ssh_locked_out")),
    ("boot", "approve", {"change.areas": {"any_in": ["boot"]}}),
    ("root-code", "approve", kinds("activation_changed", "unit_root_exec", "unit_unreadable", "clock_changed", "root_program", "tmpfiles_rule",
                                   "shell_startup", "variable_trusted", "device_rules", "message_bus", "manager_setting", "logging_changed")),
    ("firewall", "approve", kinds("firewall_removed", "firewall_changed")),
    ("way-in", "veto", kinds("port_opened", "user_added", "user_changed")),
    ("agents-ask", "approve", {"proposer.kind": {"eq": "agent"}}),
    ("models-ask", "approve", {"change.source": {"eq": "model"}}),
    ("trust-revoked", "approve", {"proposer.trust": {"le": "revoked"}}),
    ("agreement", "approve", {"evidence.options_disagree": {"is": True}}),
    ("checks", "approve", {"evidence.checks": {"eq": "failed"}}),
    ("built", "approve", {"evidence.build": {"not_in": ["passed"]}}),
]


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
USUAL_DELAY = 2 * 3600  # of a veto


def owed_by(rule):
    """What a rule asks for: people by role, seconds, windows, tests, the host's name typed."""
    asked = rule.get("obligations", {})
    people = asked.get("approvers", [])
    people = [people] if isinstance(people, dict) else people
    delay = asked.get("delay", "0s")
    one = lambda names: [names] if isinstance(names, str) else names
    return ({role: max([each["n"] for each in people if each.get("role", "approver") == role], default=0) for role in ("approver", "admin")},
            int(delay[:-1]) * UNITS[delay[-1]], set(one(asked.get("window", []))), set(one(asked.get("tests", []))),
            asked.get("typed_host", False))


def together(all_owed):
    out = ({"approver": 0, "admin": 0}, 0, set(), set(), False)
    for people, delay, windows, tests, typed in all_owed:
        out = ({role: max(out[0][role], people[role]) for role in people}, max(out[1], delay), out[2] | windows, out[3] | tests, out[4] or typed)
    return out


def lightest(all_owed):
    """Of several grants each would do: the one that asks least, people first."""
    def weight(owed):
        people, delay, windows, tests, typed = owed
        count = sum(people.values()) + (people["admin"] > 0)
        roles = [[rank, people[role]] for rank, role in enumerate(("viewer", "approver", "admin")) if people.get(role)]
        return count, typed, delay, len(windows), len(tests), roles, sorted(windows), sorted(tests)
    return min(all_owed, key=weight)


def as_json(owed):
    people, delay, windows, tests, typed = owed
    if not (any(people.values()) or delay or windows or tests or typed):
        return None
    return {"approvers": [{"n": people[role], "role": role} for role in ("approver", "admin") if people[role]], "delay_seconds": delay,
            "windows": sorted(windows), "tests": sorted(tests), "typed_host": typed}


def obligations(defaults, counting, level, presence_offered):
    rank = LEVELS.index
    if rank(level) < rank("approve"):
        return None
    default = defaults.get("level", "approve")
    grants = [rule for rule in counting if rule["effect"] == "grant"]
    owed = [owed_by(rule) for rule in counting if rule["effect"] == "require"]
    waits = lambda one: one if level != "veto" or one[1] else (one[0], USUAL_DELAY, *one[2:])
    if rank(level) > rank(default):
        owed.append(lightest([waits(owed_by(rule)) for rule in grants if rank(rule["level"]) >= rank(level)]))
    else:
        owed.append(waits(together([])))
    if level == "approve" and presence_offered != defaults.get("presence", "ssh"):
        owed.append(lightest([owed_by(rule) for rule in grants if rule.get("presence") == presence_offered]))
    return as_json(together(owed))


def highest_while(rule):
    """A require holds: somebody has to be there to show who they are, and what waits is not automatic."""
    if rule["effect"] == "cap":
        return rule["level"]
    people, delay, _, _, typed = owed_by(rule)
    return "approve" if "presence" in rule or any(people.values()) or typed else "veto" if delay else "auto"


def decide(policy, facts):
    defaults = policy.get("defaults", {})
    granted = LEVELS.index(defaults.get("level", "approve"))
    offered = PRESENCES.index(defaults.get("presence", "ssh"))
    ceiling, required, counting, limits = len(LEVELS) - 1, 0, [], []
    for rule in policy.get("rule", []):
        if not counts(rule["effect"], rule["when"], facts):
            continue
        counting.append(rule)
        if rule["effect"] == "grant":
            granted = max(granted, LEVELS.index(rule["level"]))
            if "presence" in rule:
                offered = min(offered, PRESENCES.index(rule["presence"]))
        else:
            ceiling = min(ceiling, LEVELS.index(highest_while(rule)))
            required = max(required, PRESENCES.index(rule.get("presence", "browser")))
    for name, level, when in LIMITS:
        if counts("cap", when, facts):
            limits.append(name)
            ceiling = min(ceiling, LEVELS.index(level))
    level = LEVELS[min(granted, ceiling)]
    presence = "none" if level in ("veto", "auto") else PRESENCES[max(offered, required)]
    return level, presence, [rule["id"] for rule in counting] + limits, obligations(defaults, counting, level, PRESENCES[offered])
