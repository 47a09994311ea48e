-- A case of a moderator, which the statistics find by guild and time.
INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason)
    VALUES (900100, 4, 5, 9, 'KICK', 'rude');
UPDATE guild_settings SET last_case_number = 4 WHERE guild_id = 900100;
