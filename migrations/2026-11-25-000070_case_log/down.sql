DELETE FROM case_edits WHERE field = 'INFRACTION';
ALTER TABLE case_edits DROP CONSTRAINT case_edits_field_check;
ALTER TABLE case_edits ADD CONSTRAINT case_edits_field_check CHECK (field IN ('REASON', 'NOTE'));
COMMENT ON COLUMN case_edits.field IS 'REASON or NOTE.';

DROP INDEX moderation_logs_guild_action;
ALTER TABLE moderation_logs DROP COLUMN judged_channel_id;
