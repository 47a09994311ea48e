-- Statistics ask for the cases that moderators opened in a guild in some days.

CREATE INDEX moderation_logs_guild_time ON moderation_logs (guild_id, created_at) WHERE moderator_id <> 0;
COMMENT ON INDEX moderation_logs_guild_time IS 'Cases by moderators in some days, for statistics.';
