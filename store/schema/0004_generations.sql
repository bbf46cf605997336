-- Systems that began to run without an apply of ours. from_system and the effects are null when it is not known
-- (or no longer in the store) what ran before.
CREATE TABLE adopted (
    entry          INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    what           TEXT NOT NULL CHECK (what IN ('running', 'profile')),
    from_system    TEXT,
    to_system      TEXT NOT NULL,
    effects_sha256 TEXT,
    effects_blob   TEXT,
    headline       TEXT NOT NULL,
    made_by        TEXT NOT NULL CHECK (made_by IN ('hand', 'boot')),
    at             INTEGER NOT NULL
) STRICT;
