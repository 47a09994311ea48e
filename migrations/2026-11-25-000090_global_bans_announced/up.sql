-- Whoever changes the list of global bans, by command, import or plain SQL: every process hears of it at the commit.

CREATE FUNCTION aimod_announce_global_bans() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('aimod_global_bans', '');
    RETURN NULL;
END $$;
COMMENT ON FUNCTION aimod_announce_global_bans IS 'Tells the listening processes that the list of global bans has changed.';

CREATE TRIGGER global_bans_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON global_bans
    FOR EACH STATEMENT EXECUTE FUNCTION aimod_announce_global_bans();
