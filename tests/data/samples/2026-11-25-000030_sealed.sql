-- A sealed setting, and a key that was sealed anew without a version of its own.
INSERT INTO guild_config (guild_id, key, value) VALUES (900100, 'A_WEBHOOK', '{"sealed": "gAAAAAB-a-token"}');
SELECT set_config('aimod.resealing', 'on', false);
UPDATE guild_api_keys SET encrypted_api_key = 'gAAAAAB-another-token' WHERE guild_id = 900100;
SELECT set_config('aimod.resealing', 'off', false);
