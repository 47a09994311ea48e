DROP INDEX user_infractions_case;
CREATE INDEX user_infractions_case ON user_infractions (case_id);
COMMENT ON INDEX user_infractions_case IS 'The infraction of a case, and whether one still refers to it.';

DROP INDEX user_infractions_newest;
CREATE INDEX user_infractions_newest ON user_infractions (guild_id, user_id, timestamp DESC, id DESC);
COMMENT ON INDEX user_infractions_newest IS 'The infractions of one member in a guild, newest first.';
CREATE INDEX user_infractions_user ON user_infractions (user_id);
COMMENT ON INDEX user_infractions_user IS 'The infractions of one person in all guilds, for export and forgetting.';
