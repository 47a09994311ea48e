DROP TABLE config_drafts;
