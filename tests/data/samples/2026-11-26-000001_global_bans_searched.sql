-- An entry that is made, one that is made anew, and a server that was searched for both.
INSERT INTO global_bans (user_id, reason, banned_by) VALUES (69, 'Raids', 1);
DELETE FROM global_bans WHERE user_id = 69;
INSERT INTO global_bans (user_id, reason, banned_by) VALUES (69, 'Raids again', 1);
UPDATE guild_settings SET global_bans_searched = (SELECT max(number) FROM global_bans) WHERE guild_id = (SELECT min(guild_id) FROM guild_settings);
