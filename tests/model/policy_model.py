"""The policy engine, written a second time from its documentation.

A policy is the table that tomllib makes of a policy file, facts are a dict from a fact's name to its value (bool, int, str, list
of str); what is missing is unknown. `decide` answers (level, presence, ids of the rules and limits that count).
"""
import re

LEVELS = ["forbid", "propose", "approve", "veto", "auto"]
PRESENCES = ["browser", "password", "ssh", "passkey"]
RISKS = ["none", "low", "notice", "high", "critical"]
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
    if fact == "change.max_risk":
        rank = RISKS.index
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
    ("agreement", "approve", {"evidence.options_disagree": {"is": True}}),
    ("checks", "approve", {"evidence.checks": {"eq": "failed"}}),
    ("built", "approve", {"evidence.build": {"not_in": ["passed"]}}),
]


def decide(policy, facts):
    defaults = policy.get("defaults", {})
    granted = LEVELS.index(defaults.get("level", "approve"))
    offered = PRESENCES.index(defaults.get("presence", "ssh"))
    ceiling, required, counting = len(LEVELS) - 1, 0, []
    for rule in policy.get("rule", []):
        if not counts(rule["effect"], rule["when"], facts):
            continue
        counting.append(rule["id"])
        if rule["effect"] == "grant":
            granted = max(granted, LEVELS.index(rule["level"]))
            if "presence" in rule:
                offered = min(offered, PRESENCES.index(rule["presence"]))
        elif rule["effect"] == "cap":
            ceiling = min(ceiling, LEVELS.index(rule["level"]))
        else:  # somebody has to be there to show it
            ceiling = min(ceiling, LEVELS.index("approve"))
            required = max(required, PRESENCES.index(rule["presence"]))
    for name, level, when in LIMITS:
        if counts("cap", when, facts):
            counting.append(name)
            ceiling = min(ceiling, LEVELS.index(level))
    level = min(granted, ceiling)
    presence = "none" if level > LEVELS.index("approve") else PRESENCES[max(offered, required)]
    return LEVELS[level], presence, counting
