-- A message that a step posted, in a direct message.
INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at, message_id, channel_id)
    VALUES ('warn:4', 0, 900100, 'NOTICE', '{}', 'DONE', CURRENT_TIMESTAMP, 81, 80);
