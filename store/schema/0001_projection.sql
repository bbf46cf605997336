-- Rows folded from the log. Every `entry` is the number of the log entry that caused the row; times
-- are microseconds since 1970 in UTC, taken from the entry; digests are hex; JSON is canonical. The
-- row of history comes last of an entry, so references to it are deferred.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('next_index', 0);

-- Types of entries that this program does not know: ignored, never forgotten.
CREATE TABLE unknown_type (
    type  TEXT PRIMARY KEY NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    entry      INTEGER PRIMARY KEY NOT NULL CHECK (entry >= 0),
    id         TEXT NOT NULL,
    type       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    time       INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('human', 'agent', 'system', 'planner')),
    actor_id   TEXT NOT NULL,
    text       TEXT NOT NULL
) STRICT;
CREATE INDEX history_subject ON history (subject, entry);

CREATE TABLE proposal (
    id               TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 26),
    number           INTEGER NOT NULL CHECK (number >= 1),
    state            TEXT NOT NULL CHECK (state IN ('drafted', 'checking', 'verified', 'decided', 'approved',
                         'applying', 'confirmed', 'rolled_back', 'failed', 'refused', 'denied', 'withdrawn',
                         'superseded', 'lapsed', 'expired', 'stale')),
    open             INTEGER NOT NULL CHECK (open IN (0, 1)),
    round            INTEGER NOT NULL DEFAULT 0,
    title            TEXT NOT NULL,
    host             TEXT NOT NULL,
    source           TEXT NOT NULL CHECK (source IN ('words', 'playbook', 'patch', 'operations', 'model')),
    proposer_id      TEXT NOT NULL,
    proposer_kind    TEXT NOT NULL,
    base_commit      TEXT NOT NULL,
    base_branch      TEXT NOT NULL,
    candidate_commit TEXT NOT NULL,
    patch_blob       TEXT,
    diff_blob        TEXT,
    draft            TEXT NOT NULL,
    created_entry    INTEGER NOT NULL UNIQUE,
    created          INTEGER NOT NULL,
    updated          INTEGER NOT NULL,
    level            TEXT CHECK (level IN ('forbid', 'propose', 'approve', 'veto', 'auto')),
    presence         TEXT,
    risk             TEXT CHECK (risk IN ('none', 'low', 'notice', 'high', 'critical')),
    headline         TEXT NOT NULL,
    landed           INTEGER NOT NULL DEFAULT 0 CHECK (landed IN (0, 1)),
    outcome          TEXT CHECK (outcome IN ('confirmed', 'rolled_back', 'failed', 'refused')),
    refusal_stage    TEXT,
    refusal_code     TEXT,
    refusal_message  TEXT,
    refusal_where    TEXT,
    refusal_hint     TEXT
) STRICT;
CREATE UNIQUE INDEX proposal_number ON proposal (number) WHERE open = 1;
CREATE INDEX proposal_any_number ON proposal (number, created_entry);
CREATE INDEX proposal_state ON proposal (state, created_entry);

-- One row for each transition; from_state is null for the first. irregular: the helper reported it,
-- and the table of transitions does not allow it.
CREATE TABLE event (
    entry      INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal   TEXT NOT NULL REFERENCES proposal (id),
    from_state TEXT,
    to_state   TEXT NOT NULL,
    irregular  INTEGER NOT NULL CHECK (irregular IN (0, 1)),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX event_proposal ON event (proposal, entry);

CREATE TABLE revision (
    entry                   INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal                TEXT NOT NULL REFERENCES proposal (id),
    round                   INTEGER NOT NULL,
    drv                     TEXT NOT NULL,
    toplevel                TEXT NOT NULL,
    toplevel_nar_hash       TEXT NOT NULL,
    closure_manifest_sha256 TEXT NOT NULL,
    closure_paths           INTEGER NOT NULL,
    closure_bytes           INTEGER NOT NULL,
    from_path               TEXT NOT NULL,
    from_nar_hash           TEXT NOT NULL,
    effects_sha256          TEXT NOT NULL,
    effects_blob            TEXT NOT NULL,
    warnings                TEXT NOT NULL,
    at                      INTEGER NOT NULL,
    UNIQUE (proposal, round)
) STRICT;

CREATE TABLE evidence (
    entry    INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal TEXT NOT NULL REFERENCES proposal (id),
    round    INTEGER NOT NULL,
    level    TEXT NOT NULL,
    status   TEXT NOT NULL,
    log_blob TEXT,
    body     TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_proposal ON evidence (proposal, entry);

CREATE TABLE decision (
    entry          INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal       TEXT NOT NULL REFERENCES proposal (id),
    round          INTEGER NOT NULL,
    level          TEXT NOT NULL,
    presence       TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    verdict_blob   TEXT NOT NULL,
    policy_sha256  TEXT NOT NULL,
    effects_sha256 TEXT NOT NULL,
    page_sha256    TEXT NOT NULL,
    at             INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_proposal ON decision (proposal, entry);

-- A statement is approved once and used once: both are UNIQUE.
CREATE TABLE approval (
    entry            INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal         TEXT NOT NULL REFERENCES proposal (id),
    round            INTEGER NOT NULL,
    statement        TEXT NOT NULL,
    statement_sha256 TEXT NOT NULL UNIQUE,
    approver         TEXT NOT NULL,
    method           TEXT NOT NULL,
    key_id           TEXT NOT NULL,
    presence         TEXT NOT NULL,
    at               INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_proposal ON approval (proposal, entry);

CREATE TABLE apply (
    entry            INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal         TEXT NOT NULL REFERENCES proposal (id),
    statement_sha256 TEXT NOT NULL UNIQUE,
    nonce            TEXT NOT NULL,
    mode             TEXT NOT NULL,
    from_system      TEXT,
    to_system        TEXT,
    deadline         TEXT,
    at               INTEGER NOT NULL
) STRICT;
CREATE INDEX apply_proposal ON apply (proposal, entry);

CREATE TABLE apply_step (
    entry  INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    apply  INTEGER NOT NULL REFERENCES apply (entry),
    step   TEXT NOT NULL,
    detail TEXT NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX apply_step_apply ON apply_step (apply, entry);

-- apply is null when the helper refused before it wrote an intent.
CREATE TABLE apply_outcome (
    entry    INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal TEXT NOT NULL REFERENCES proposal (id),
    apply    INTEGER REFERENCES apply (entry),
    outcome  TEXT NOT NULL CHECK (outcome IN ('confirmed', 'rolled_back', 'failed', 'refused')),
    reason   TEXT NOT NULL,
    settled  INTEGER NOT NULL CHECK (settled IN (0, 1)),
    body     TEXT NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX apply_outcome_apply ON apply_outcome (apply, entry);

CREATE TABLE landing (
    entry       INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal    TEXT NOT NULL REFERENCES proposal (id),
    done        INTEGER NOT NULL CHECK (done IN (0, 1)),
    branch      TEXT NOT NULL,
    commit_id   TEXT NOT NULL,
    how         TEXT NOT NULL,
    reason      TEXT NOT NULL,
    hint        TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;
CREATE INDEX landing_proposal ON landing (proposal, entry);

-- One row for each life of an observation; at most one life of a key is open.
CREATE TABLE observation (
    entry    INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    key      TEXT NOT NULL,
    kind     TEXT NOT NULL,
    title    TEXT NOT NULL,
    detail   TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    trusted  INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    remedy   TEXT,
    opened   INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    resolved INTEGER
) STRICT;
CREATE UNIQUE INDEX observation_open ON observation (key) WHERE resolved IS NULL;
CREATE INDEX observation_key ON observation (key, entry);

CREATE TABLE approver (
    key_id   TEXT PRIMARY KEY NOT NULL,
    method   TEXT NOT NULL,
    label    TEXT NOT NULL,
    entry    INTEGER NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    enrolled INTEGER NOT NULL
) STRICT;
