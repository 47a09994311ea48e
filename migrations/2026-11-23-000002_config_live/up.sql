-- Configuration as live data: several keys may change in one version, changes by plain SQL take part in the version
-- line, and every new version is announced to the processes that listen.

ALTER TABLE guild_config_revisions DROP CONSTRAINT guild_config_revisions_pkey;
ALTER TABLE guild_config_revisions ADD PRIMARY KEY (guild_id, version, key);
ALTER TABLE guild_config_revisions DROP CONSTRAINT guild_config_revisions_source_check;
ALTER TABLE guild_config_revisions ADD CONSTRAINT guild_config_revisions_source_check
    CHECK (source IN ('COMMAND', 'CLI', 'IMPORT', 'SYSTEM', 'SQL'));
COMMENT ON TABLE guild_config_revisions IS 'Every configuration change, written in the transaction that made it; one row per changed key.';
COMMENT ON COLUMN guild_config_revisions.changed_by IS 'The user who changed it; 0 for the operator, plain SQL or AIMod itself.';
COMMENT ON COLUMN guild_config_revisions.source IS 'The way it came: COMMAND, CLI, IMPORT, SYSTEM, or SQL for statements of others.';

ALTER TABLE guild_settings ADD COLUMN config_changed_at TIMESTAMPTZ;
COMMENT ON COLUMN guild_settings.config_changed_at IS 'When the configuration''s version was made; tells it from another database''s version of the same number.';

CREATE TABLE guild_api_keys (
    guild_id BIGINT PRIMARY KEY,
    api_provider VARCHAR(50),
    encrypted_api_key TEXT,
    encrypted_github_auth_info TEXT,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
COMMENT ON TABLE guild_api_keys IS 'A guild''s own keys to model providers, sealed.';
COMMENT ON COLUMN guild_api_keys.guild_id IS 'The guild.';
COMMENT ON COLUMN guild_api_keys.api_provider IS 'The provider as the operator''s list names it.';
COMMENT ON COLUMN guild_api_keys.encrypted_api_key IS 'The key, a Fernet token; never in clear.';
COMMENT ON COLUMN guild_api_keys.encrypted_github_auth_info IS 'Stored sign-in data, a Fernet token; never in clear.';
COMMENT ON COLUMN guild_api_keys.created_at IS 'When the guild first set a key.';
COMMENT ON COLUMN guild_api_keys.updated_at IS 'When the row last changed.';

-- Whoever writes revisions by itself sets aimod.writer for its transaction; for all others these triggers do.

CREATE FUNCTION aimod_record_change(guild BIGINT, changed_key TEXT, old JSONB, new JSONB) RETURNS VOID
LANGUAGE sql SET search_path FROM CURRENT AS $$
    WITH bumped AS (
        INSERT INTO guild_settings (guild_id, config_version, config_changed_at)
        VALUES (guild, 1, clock_timestamp())
        ON CONFLICT (guild_id) DO UPDATE
            SET config_version = guild_settings.config_version + 1,
                config_changed_at = clock_timestamp(), updated_at = CURRENT_TIMESTAMP
        RETURNING config_version
    )
    INSERT INTO guild_config_revisions (guild_id, version, key, old_value, new_value, changed_by, source, reason)
    SELECT guild, config_version, changed_key, old, new,
           COALESCE(NULLIF(current_setting('aimod.changed_by', true), '')::BIGINT, 0),
           COALESCE(NULLIF(current_setting('aimod.source', true), ''), 'SQL'),
           NULLIF(current_setting('aimod.reason', true), '')
    FROM bumped
$$;
COMMENT ON FUNCTION aimod_record_change IS 'Gives the guild its next configuration version and notes what it changed.';

-- Everybody locks the guild before its keys, as the writer does: two who change one key wait for each other in turn
-- instead of in a circle. An UPDATE or DELETE has its row before any trigger runs; there PostgreSQL breaks the circle.
CREATE FUNCTION aimod_take_turn() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO guild_settings (guild_id) VALUES (NEW.guild_id) ON CONFLICT (guild_id) DO NOTHING;
    PERFORM FROM guild_settings WHERE guild_id = NEW.guild_id FOR UPDATE;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION aimod_take_turn IS 'Locks the guild before one of its settings is written by plain SQL.';

CREATE TRIGGER guild_config_turn BEFORE INSERT ON guild_config
    FOR EACH ROW WHEN (current_setting('aimod.writer', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION aimod_take_turn();
CREATE TRIGGER botdetect_config_turn BEFORE INSERT ON botdetect_config
    FOR EACH ROW WHEN (current_setting('aimod.writer', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION aimod_take_turn();

CREATE FUNCTION aimod_guild_config_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND NEW.key LIKE 'BOTDETECT\_%' THEN
        RAISE EXCEPTION 'the setting % stands in the table botdetect_config', NEW.key;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.guild_id = OLD.guild_id AND NEW.key = OLD.key THEN
        IF NEW.value IS DISTINCT FROM OLD.value THEN
            PERFORM aimod_record_change(NEW.guild_id, NEW.key, OLD.value, NEW.value);
        END IF;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM aimod_record_change(OLD.guild_id, OLD.key, OLD.value, NULL);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM aimod_record_change(NEW.guild_id, NEW.key, NULL, NEW.value);
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_guild_config_changed IS 'Notes changes of guild_config that come by plain SQL.';

CREATE TRIGGER guild_config_changed AFTER INSERT OR UPDATE OR DELETE ON guild_config
    FOR EACH ROW WHEN (current_setting('aimod.writer', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION aimod_guild_config_changed();

-- A room's table of settings: its argument maps each column to its key and to the default that counts as unset.
CREATE FUNCTION aimod_settings_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    columns JSONB := TG_ARGV[0];
    before JSONB := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    after JSONB := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    guild BIGINT := COALESCE((after ->> 'guild_id')::BIGINT, (before ->> 'guild_id')::BIGINT);
    change RECORD;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.guild_id <> OLD.guild_id THEN
        RAISE EXCEPTION 'settings stay with their guild: delete the row and insert another';
    END IF;
    FOR change IN
        SELECT spec ->> 'key' AS key,
               NULLIF(NULLIF(before -> name, spec -> 'default'), 'null') AS old,
               NULLIF(NULLIF(after -> name, spec -> 'default'), 'null') AS new
        FROM jsonb_each(columns) AS t (name, spec)
        ORDER BY name
    LOOP
        IF change.old IS DISTINCT FROM change.new THEN
            PERFORM aimod_record_change(guild, change.key, change.old, change.new);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_settings_changed IS 'Notes changes of a room''s settings table that come by plain SQL.';

CREATE TRIGGER botdetect_config_changed AFTER INSERT OR UPDATE OR DELETE ON botdetect_config
    FOR EACH ROW WHEN (current_setting('aimod.writer', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION aimod_settings_changed('{
        "enabled": {"key": "BOTDETECT_ENABLED", "default": false},
        "keywords": {"key": "BOTDETECT_KEYWORDS", "default": []},
        "action": {"key": "BOTDETECT_ACTION", "default": "timeout"},
        "timeout_duration": {"key": "BOTDETECT_TIMEOUT", "default": 3600},
        "log_channel": {"key": "BOTDETECT_LOG_CHANNEL", "default": null},
        "whitelist_roles": {"key": "BOTDETECT_WHITELIST_ROLES", "default": []},
        "whitelist_users": {"key": "BOTDETECT_WHITELIST_USERS", "default": []}
    }');

CREATE FUNCTION aimod_api_keys_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    guild BIGINT := CASE WHEN TG_OP = 'DELETE' THEN OLD.guild_id ELSE NEW.guild_id END;
    -- Only whether there is one and whose it is; never the key, sealed or not.
    old JSONB := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE jsonb_build_object('provider', OLD.api_provider) END;
    new JSONB := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE jsonb_build_object('provider', NEW.api_provider) END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.guild_id <> OLD.guild_id THEN
            RAISE EXCEPTION 'a key stays with its guild: delete the row and insert another';
        END IF;
        IF (NEW.api_provider, NEW.encrypted_api_key, NEW.encrypted_github_auth_info)
            IS NOT DISTINCT FROM (OLD.api_provider, OLD.encrypted_api_key, OLD.encrypted_github_auth_info) THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM aimod_record_change(guild, 'API_KEY', old, new);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_api_keys_changed IS 'Notes that a guild''s API key changed; the key itself never appears.';

CREATE TRIGGER guild_api_keys_changed AFTER INSERT OR UPDATE OR DELETE ON guild_api_keys
    FOR EACH ROW EXECUTE FUNCTION aimod_api_keys_changed();

-- The version line never breaks: versions go up one by one, and a guild that has some keeps its row.
CREATE FUNCTION aimod_guard_version() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '% holds versioned settings: delete rows instead, so that the change is noted', TG_TABLE_NAME;
    ELSIF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'guild % has configuration versions: its row in guild_settings stays', OLD.guild_id;
    END IF;
    RAISE EXCEPTION 'configuration versions of guild % go up one by one', OLD.guild_id;
END $$;
COMMENT ON FUNCTION aimod_guard_version IS 'Refuses what would break the line of configuration versions.';

CREATE TRIGGER guild_settings_keep BEFORE DELETE ON guild_settings
    FOR EACH ROW WHEN (OLD.config_version > 0 AND current_setting('aimod.writer', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION aimod_guard_version();
CREATE TRIGGER guild_settings_line BEFORE UPDATE ON guild_settings
    FOR EACH ROW WHEN (NEW.guild_id <> OLD.guild_id
        OR NEW.config_version NOT IN (OLD.config_version, OLD.config_version + 1))
    EXECUTE FUNCTION aimod_guard_version();
CREATE TRIGGER guild_settings_whole BEFORE TRUNCATE ON guild_settings EXECUTE FUNCTION aimod_guard_version();
CREATE TRIGGER guild_config_whole BEFORE TRUNCATE ON guild_config EXECUTE FUNCTION aimod_guard_version();
CREATE TRIGGER guild_config_revisions_whole BEFORE TRUNCATE ON guild_config_revisions EXECUTE FUNCTION aimod_guard_version();
CREATE TRIGGER botdetect_config_whole BEFORE TRUNCATE ON botdetect_config EXECUTE FUNCTION aimod_guard_version();

CREATE FUNCTION aimod_announce_version() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('aimod_config', NEW.guild_id || ' ' || NEW.config_version);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_announce_version IS 'Tells the listening processes of a guild''s new configuration version, at the commit.';

CREATE TRIGGER guild_settings_first_version AFTER INSERT ON guild_settings
    FOR EACH ROW WHEN (NEW.config_version > 0)
    EXECUTE FUNCTION aimod_announce_version();
CREATE TRIGGER guild_settings_next_version AFTER UPDATE ON guild_settings
    FOR EACH ROW WHEN (NEW.config_version IS DISTINCT FROM OLD.config_version)
    EXECUTE FUNCTION aimod_announce_version();
