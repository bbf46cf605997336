-- A statement is approved once by each person, and used once. missing: who else has to, as JSON; '[]' when nobody.
CREATE TABLE approval_of_each (
    entry            INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal         TEXT NOT NULL REFERENCES proposal (id),
    round            INTEGER NOT NULL,
    statement        TEXT NOT NULL,
    statement_sha256 TEXT NOT NULL,
    approver         TEXT NOT NULL,
    method           TEXT NOT NULL,
    key_id           TEXT NOT NULL,
    presence         TEXT NOT NULL,
    missing          TEXT NOT NULL,
    at               INTEGER NOT NULL,
    UNIQUE (statement_sha256, approver)
) STRICT;
INSERT INTO approval_of_each SELECT entry, proposal, round, statement, statement_sha256, approver, method, key_id,
    presence, '[]', at FROM approval;
DROP TABLE approval;
ALTER TABLE approval_of_each RENAME TO approval;
CREATE INDEX approval_proposal ON approval (proposal, entry);

-- What root's helper was told of beforehand: it happens after a while unless somebody objects.
CREATE TABLE announced (
    entry            INTEGER PRIMARY KEY NOT NULL REFERENCES history (entry) DEFERRABLE INITIALLY DEFERRED,
    proposal         TEXT NOT NULL REFERENCES proposal (id),
    round            INTEGER NOT NULL,
    statement        TEXT NOT NULL,
    statement_sha256 TEXT NOT NULL,
    at               INTEGER NOT NULL
) STRICT;
CREATE INDEX announced_proposal ON announced (proposal, entry);
