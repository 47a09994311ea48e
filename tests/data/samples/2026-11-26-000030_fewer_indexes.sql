-- One infraction with a case and one without.
INSERT INTO guild_settings (guild_id, name) VALUES (900200, 'Indexed');
INSERT INTO user_infractions (guild_id, user_id, timestamp, action_taken, case_id)
    SELECT 900200, 900201, now(), 'WARN', max(id) FROM moderation_logs;
INSERT INTO user_infractions (guild_id, user_id, timestamp, action_taken) VALUES (900200, 900201, now(), 'WARN');
