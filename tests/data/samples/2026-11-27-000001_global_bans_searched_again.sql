-- A guild that was searched, opted out, was left and is joined again.
INSERT INTO guild_settings (guild_id, name, global_bans_searched) VALUES (900210, 'Searched', 3);
INSERT INTO guild_config (guild_id, key, value) VALUES (900210, 'GLOBAL_BANS_ENABLED', 'false');
UPDATE guild_settings SET left_at = now(), global_bans_searched = 3 WHERE guild_id = 900210;
UPDATE guild_settings SET left_at = NULL WHERE guild_id = 900210;
