-- What the log of cases needs: where a judged message stood, so that a card can be made anew from its case alone; the
-- trace that a removed infraction leaves; and cases by their action.

ALTER TABLE moderation_logs ADD COLUMN judged_channel_id BIGINT;
COMMENT ON COLUMN moderation_logs.judged_channel_id IS 'Where the judged message stood; NULL where it was not about a message.';
CREATE INDEX moderation_logs_guild_action ON moderation_logs (guild_id, action_type, case_number DESC);

ALTER TABLE case_edits DROP CONSTRAINT case_edits_field_check;
ALTER TABLE case_edits ADD CONSTRAINT case_edits_field_check CHECK (field IN ('REASON', 'NOTE', 'INFRACTION'));
COMMENT ON COLUMN case_edits.field IS 'REASON, NOTE, or INFRACTION where the infraction of the case was removed: its rule is the old text.';
