-- Infractions come by the million in an import, and every index costs each of them: one index led by the user serves both
-- the history in a guild and what a person did anywhere, and those without a case need no entry among the cases.

DROP INDEX user_infractions_user;
DROP INDEX user_infractions_newest;
CREATE INDEX user_infractions_newest ON user_infractions (user_id, guild_id, timestamp DESC, id DESC);
COMMENT ON INDEX user_infractions_newest IS
    'The infractions of one member in a guild, newest first, and those of one person in all guilds, for export and forgetting.';

DROP INDEX user_infractions_case;
CREATE INDEX user_infractions_case ON user_infractions (case_id) WHERE case_id IS NOT NULL;
COMMENT ON INDEX user_infractions_case IS 'The infraction of a case, and whether one still refers to it.';
