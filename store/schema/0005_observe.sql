-- A sixth level: told and kept, never put up.
ALTER TABLE proposal ADD COLUMN level_of_six TEXT
    CHECK (level_of_six IN ('forbid', 'observe', 'propose', 'approve', 'veto', 'auto'));
UPDATE proposal SET level_of_six = level;
ALTER TABLE proposal DROP COLUMN level;
ALTER TABLE proposal RENAME COLUMN level_of_six TO level;
