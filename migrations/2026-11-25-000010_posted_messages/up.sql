-- A message that was posted is found again by its channel, which for a direct message stands nowhere else.

ALTER TABLE action_journal ADD COLUMN channel_id BIGINT;
COMMENT ON COLUMN action_journal.channel_id IS 'Where the message that the step posted stands; NULL where it posted none.';
