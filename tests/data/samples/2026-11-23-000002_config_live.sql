-- Two keys changed by one statement, a key set by plain SQL, and a guild's own API key.
UPDATE guild_settings SET config_version = config_version + 1 WHERE guild_id = 900100;
INSERT INTO guild_config_revisions (guild_id, version, key, new_value, changed_by, source) VALUES
    (900100, 3, 'ENABLED', 'false', 5, 'COMMAND'), (900100, 3, 'LANGUAGE_CODE', '"de"', 5, 'COMMAND');
INSERT INTO guild_config (guild_id, key, value) VALUES (900101, 'TIME_ZONE', '"Europe/Berlin"');
INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) VALUES (900100, 'openai', 'gAAAAAB-a-token');
