-- Comments touch no row; one more of what they explain most.
INSERT INTO guild_settings (guild_id, name) VALUES (900199, 'Explained');
