DROP TRIGGER guild_settings_searched_again ON guild_settings;
DROP FUNCTION aimod_search_returned;
DROP TRIGGER guild_config_searches_again ON guild_config;
DROP FUNCTION aimod_search_again;
