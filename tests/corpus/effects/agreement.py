"""Do the effects and `nix store diff-closures` tell the same of packages and sizes?"""
from systems import diff_closures

# Single files of one system, whose names Nix takes for packages.
PIECES = ("etc-", "unit-", "nixos-system-", "X-")


def told(effects: dict) -> dict[str, tuple[set, set]]:
    """Versions that go and come, by package; another build of the same version is neither."""
    out = {}
    for effect in effects["effects"]:
        if effect["area"] != "packages":
            continue
        before = {v for v in (effect["before"] or "").split(", ") if v}
        after = {v for v in (effect["after"] or "").removesuffix("(another build)").strip().split(", ") if v}
        if before != after:
            out[effect["subject"]] = (before - after, after - before)
    return out


def disagreement(effects: dict, before: str, after: str) -> str:
    """Empty when they agree."""
    theirs = diff_closures(before, after)
    versions = {name: (row["before"], row["after"]) for name, row in theirs.items()
                if (row["before"] or row["after"]) and not name.startswith(PIECES)}
    ours = told(effects)
    for name in sorted(versions.keys() | ours.keys()):
        if versions.get(name) != ours.get(name):
            return f"{name}: Nix says {versions.get(name)}, the effects say {ours.get(name)}"
    # Nix shows a size from 8 KiB on, by name, rounded.
    closure = effects["closure"]
    ours_bytes = closure["bytes_after"] - closure["bytes_before"]
    moved = closure["paths_added"] + closure["paths_removed"]
    if abs(ours_bytes - sum(row["bytes"] for row in theirs.values())) > 8192 * moved:
        return f"{ours_bytes} bytes, and {theirs}"
    return ""
