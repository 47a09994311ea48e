ALTER TABLE action_journal DROP COLUMN channel_id;
