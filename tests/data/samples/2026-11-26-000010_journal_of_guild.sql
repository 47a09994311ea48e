-- A step of a guild, which its purge finds.
INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at)
    VALUES ('errand:900100', 0, 900100, 'NOTICE', '{}', 'DONE', CURRENT_TIMESTAMP);
