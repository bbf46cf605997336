-- A proposal is a change, an act or a rollback. What has no commit keeps '' where a commit would stand.
ALTER TABLE proposal ADD COLUMN kind TEXT NOT NULL DEFAULT 'change' CHECK (kind IN ('change', 'act', 'rollback'));

-- An act builds nothing; a rollback has no derivation. notes: what else is told beside the effects.
CREATE TABLE revision_of_kinds (
    entry                   INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal                TEXT NOT NULL REFERENCES proposal (id),
    round                   INTEGER NOT NULL,
    drv                     TEXT,
    toplevel                TEXT,
    toplevel_nar_hash       TEXT,
    closure_manifest_sha256 TEXT,
    closure_paths           INTEGER NOT NULL,
    closure_bytes           INTEGER NOT NULL,
    from_path               TEXT NOT NULL,
    from_nar_hash           TEXT NOT NULL,
    effects_sha256          TEXT NOT NULL,
    effects_blob            TEXT NOT NULL,
    warnings                TEXT NOT NULL,
    notes                   TEXT NOT NULL,
    at                      INTEGER NOT NULL,
    UNIQUE (proposal, round)
) STRICT;
INSERT INTO revision_of_kinds SELECT entry, proposal, round, drv, toplevel, toplevel_nar_hash, closure_manifest_sha256,
    closure_paths, closure_bytes, from_path, from_nar_hash, effects_sha256, effects_blob, warnings, '[]', at FROM revision;
DROP TABLE revision;
ALTER TABLE revision_of_kinds RENAME TO revision;
