ALTER TABLE guild_api_keys ALTER COLUMN api_provider TYPE VARCHAR(50) USING left(api_provider, 50);
DROP INDEX user_infractions_user;
DROP INDEX user_infractions_guild_time;
ALTER TABLE action_journal DROP COLUMN message_id;
ALTER TABLE action_journal DROP CONSTRAINT action_journal_kind_check;
DELETE FROM action_journal WHERE kind IN ('END_TIMEOUT', 'UNBAN', 'EDIT_CARD');
ALTER TABLE action_journal ADD CONSTRAINT action_journal_kind_check CHECK (kind IN
    ('DELETE_MESSAGE', 'NOTICE', 'TIMEOUT', 'KICK', 'BAN', 'CARD'));
DROP TABLE case_edits;
DROP INDEX moderation_logs_target;
DROP INDEX moderation_logs_guild_moderator;
ALTER TABLE moderation_logs DROP COLUMN lifted_at, DROP COLUMN audit_entry_id, DROP COLUMN note;
COMMENT ON COLUMN moderation_logs.action_type IS 'DELETE, WARN, TIMEOUT, KICK, BAN, or an older program''s word.';
DROP TABLE blog_posts;
DROP TABLE user_notes;
DROP TABLE global_bans;
DROP TABLE appeals;
