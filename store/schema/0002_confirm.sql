-- What an approver is asked to confirm, with the step that asks.
ALTER TABLE apply_step ADD COLUMN confirm TEXT;
