-- An import that waits for its button.
INSERT INTO config_drafts (guild_id, asked_by, base_version, changes) VALUES (900100, 5, 3, '{"PREFIX": "?"}');
