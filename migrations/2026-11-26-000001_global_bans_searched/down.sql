DROP TRIGGER global_bans_numbered ON global_bans;
DROP FUNCTION aimod_number_global_bans;
ALTER TABLE guild_settings DROP COLUMN global_bans_searched;
ALTER TABLE global_bans DROP COLUMN number;
