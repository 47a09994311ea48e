-- Sealed secrets can be sealed anew with another key. Whoever does so sets aimod.resealing for its transaction: then a
-- token that takes the place of a token makes no version and no revision. Everything else is noted all the same.

CREATE FUNCTION aimod_is_sealed(value JSONB) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE AS $$
    SELECT value IS NOT NULL AND value = jsonb_build_object('sealed', value ->> 'sealed')
        AND value ->> 'sealed' IS NOT NULL
$$;
COMMENT ON FUNCTION aimod_is_sealed IS 'Whether a setting''s value is a secret: an object with nothing but its Fernet token under "sealed".';

CREATE OR REPLACE FUNCTION aimod_guild_config_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'DELETE' AND NEW.key LIKE 'BOTDETECT\_%' THEN
        RAISE EXCEPTION 'the setting % stands in the table botdetect_config', NEW.key;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.guild_id = OLD.guild_id AND NEW.key = OLD.key THEN
        -- The same secret in another token is no change of configuration.
        IF current_setting('aimod.resealing', true) = 'on'
            AND aimod_is_sealed(OLD.value) AND aimod_is_sealed(NEW.value) THEN
            RETURN NULL;
        END IF;
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

CREATE OR REPLACE FUNCTION aimod_api_keys_changed() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
        -- The same secrets in other tokens are no change of configuration.
        IF current_setting('aimod.resealing', true) = 'on'
            AND NEW.api_provider IS NOT DISTINCT FROM OLD.api_provider
            AND (NEW.encrypted_api_key IS NULL) = (OLD.encrypted_api_key IS NULL)
            AND (NEW.encrypted_github_auth_info IS NULL) = (OLD.encrypted_github_auth_info IS NULL) THEN
            RETURN NULL;
        END IF;
        IF (NEW.api_provider, NEW.encrypted_api_key, NEW.encrypted_github_auth_info)
            IS NOT DISTINCT FROM (OLD.api_provider, OLD.encrypted_api_key, OLD.encrypted_github_auth_info) THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM aimod_record_change(guild, 'API_KEY', old, new);
    RETURN NULL;
END $$;

-- The few settings and revisions with a secret in them are found without reading all others.
CREATE INDEX guild_config_sealed ON guild_config (guild_id, key) WHERE value ? 'sealed';
CREATE INDEX guild_config_revisions_sealed ON guild_config_revisions (guild_id, version, key)
    WHERE old_value ? 'sealed' OR new_value ? 'sealed';
