-- Who joins while a server keeps to no global bans, or while AIMod is not in it, is met by no rule: the server counts as not
-- searched from then on, whoever changes the setting and by whatever way.

CREATE FUNCTION aimod_search_again() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF COALESCE(NEW.key, OLD.key) = 'GLOBAL_BANS_ENABLED' THEN
        UPDATE guild_settings SET global_bans_searched = 0
            WHERE guild_id = COALESCE(NEW.guild_id, OLD.guild_id) AND global_bans_searched > 0;
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_search_again IS 'Lets a guild that opts out of global bans, or in again, count as not searched.';

CREATE TRIGGER guild_config_searches_again AFTER INSERT OR UPDATE OR DELETE ON guild_config
    FOR EACH ROW EXECUTE FUNCTION aimod_search_again();
COMMENT ON TRIGGER guild_config_searches_again ON guild_config IS 'Notices a guild that opts out of global bans, or in again.';

CREATE FUNCTION aimod_search_returned() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    NEW.global_bans_searched := 0;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION aimod_search_returned IS 'Lets a guild that AIMod comes back to count as not searched.';

CREATE TRIGGER guild_settings_searched_again BEFORE UPDATE ON guild_settings
    FOR EACH ROW WHEN (OLD.left_at IS NOT NULL AND NEW.left_at IS NULL) EXECUTE FUNCTION aimod_search_returned();
COMMENT ON TRIGGER guild_settings_searched_again ON guild_settings IS 'Notices a guild that AIMod comes back to.';
