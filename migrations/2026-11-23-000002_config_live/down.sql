DROP TRIGGER guild_settings_next_version ON guild_settings;
DROP TRIGGER guild_settings_first_version ON guild_settings;
DROP TRIGGER botdetect_config_whole ON botdetect_config;
DROP TRIGGER guild_config_revisions_whole ON guild_config_revisions;
DROP TRIGGER guild_config_whole ON guild_config;
DROP TRIGGER guild_settings_whole ON guild_settings;
DROP TRIGGER guild_settings_line ON guild_settings;
DROP TRIGGER guild_settings_keep ON guild_settings;
DROP TRIGGER botdetect_config_changed ON botdetect_config;
DROP TRIGGER guild_config_changed ON guild_config;
DROP TRIGGER botdetect_config_turn ON botdetect_config;
DROP TRIGGER guild_config_turn ON guild_config;
DROP TABLE guild_api_keys;
DROP FUNCTION aimod_announce_version;
DROP FUNCTION aimod_guard_version;
ALTER TABLE guild_settings DROP COLUMN config_changed_at;
DROP FUNCTION aimod_api_keys_changed;
DROP FUNCTION aimod_settings_changed;
DROP FUNCTION aimod_guild_config_changed;
DROP FUNCTION aimod_take_turn;
DROP FUNCTION aimod_record_change;

-- The older program knows one key per version: of a change of several keys it keeps the first by name.
DELETE FROM guild_config_revisions r USING guild_config_revisions first
WHERE first.guild_id = r.guild_id AND first.version = r.version AND first.key < r.key;
UPDATE guild_config_revisions SET source = 'SYSTEM' WHERE source = 'SQL';
ALTER TABLE guild_config_revisions DROP CONSTRAINT guild_config_revisions_pkey;
ALTER TABLE guild_config_revisions ADD PRIMARY KEY (guild_id, version);
ALTER TABLE guild_config_revisions DROP CONSTRAINT guild_config_revisions_source_check;
ALTER TABLE guild_config_revisions ADD CONSTRAINT guild_config_revisions_source_check
    CHECK (source IN ('COMMAND', 'CLI', 'IMPORT', 'SYSTEM'));
COMMENT ON TABLE guild_config_revisions IS 'Every configuration change, written in the transaction that made it.';
COMMENT ON COLUMN guild_config_revisions.changed_by IS 'The user who changed it; 0 for the operator or AIMod itself.';
COMMENT ON COLUMN guild_config_revisions.source IS 'The way it came: COMMAND, CLI, IMPORT or SYSTEM.';
