-- Two guilds, one of which AIMod has left; a member with a case and an infraction; runs of commands old and new.
INSERT INTO guild_settings (guild_id, name, member_count, config_version, last_case_number, left_at) VALUES
    (900100, 'The Server', 250, 2, 2, NULL), (9007199254740993, 'Gone "quoted" Server', 3, 0, 0, '2026-01-31T23:59:59Z');
INSERT INTO guild_config (guild_id, key, value) VALUES
    (900100, 'PREFIX', '"!"'), (900100, 'AI_EXCLUDED_CHANNELS', '[9007199254740995]');
INSERT INTO guild_config_revisions (guild_id, version, key, old_value, new_value, changed_by, source, reason) VALUES
    (900100, 1, 'PREFIX', NULL, '"!"', 5, 'COMMAND', 'asked for'),
    (900100, 2, 'AI_EXCLUDED_CHANNELS', NULL, '[9007199254740995]', 0, 'IMPORT', NULL);
INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason, duration_seconds, outcome) VALUES
    (900100, 1, 0, 7, 'TIMEOUT', 'a scam', 3600, 'DONE'), (900100, 2, 5, 7, 'BAN', NULL, NULL, 'FAILED');
INSERT INTO user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning, case_id)
    SELECT guild_id, target_user_id, created_at, 'Bot detection', action_type, 'a phrase', id FROM moderation_logs;
INSERT INTO user_data (user_id, username, discriminator, message_count, infraction_count) VALUES
    (5, 'admin', '0001', 12, 0), (7, 'mallory', NULL, 40, 2);
INSERT INTO command_logs (guild_id, user_id, command_name, timestamp, outcome, duration_ms) VALUES
    (900100, 5, 'config set', CURRENT_TIMESTAMP, 'OK', 12), (900100, 7, 'config show', '2025-02-28T23:59:59Z', 'FORBIDDEN', 1),
    (900100, 5, 'case view', '2019-06-01T00:00:00Z', 'ERROR', 900), (900100, 5, 'case view', CURRENT_TIMESTAMP + INTERVAL '9 months', 'OK', 3);
INSERT INTO botdetect_config (guild_id, enabled, keywords, log_channel) VALUES (900100, true, '["free nitro"]', 77);
INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, detail, case_id, settled_at)
    SELECT 'bot_detect:1', 0, guild_id, 'TIMEOUT', '{}'::jsonb, 'DONE', NULL, id, CURRENT_TIMESTAMP FROM moderation_logs WHERE case_number = 1
    UNION ALL SELECT 'bot_detect:1', 1, guild_id, 'CARD', '{"channel": 77}'::jsonb, 'INTENDED', NULL, id, NULL FROM moderation_logs WHERE case_number = 1;
