DROP TRIGGER global_bans_changed ON global_bans;
DROP FUNCTION aimod_announce_global_bans;
