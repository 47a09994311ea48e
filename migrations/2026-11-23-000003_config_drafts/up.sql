-- Imports that wait for their button: they survive a restart of the bot, and expire after a day.

CREATE TABLE config_drafts (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guild_id BIGINT NOT NULL,
    asked_by BIGINT NOT NULL,
    base_version BIGINT NOT NULL CHECK (base_version >= 0),
    changes JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX config_drafts_created_at_idx ON config_drafts (created_at);
COMMENT ON TABLE config_drafts IS 'Configuration changes that wait for a confirmation; they expire after a day.';
COMMENT ON COLUMN config_drafts.id IS 'Own number over all guilds; the button carries it.';
COMMENT ON COLUMN config_drafts.guild_id IS 'The guild.';
COMMENT ON COLUMN config_drafts.asked_by IS 'The user who asked.';
COMMENT ON COLUMN config_drafts.base_version IS 'The configuration version on which the question was based.';
COMMENT ON COLUMN config_drafts.changes IS 'The new values by canonical key.';
COMMENT ON COLUMN config_drafts.created_at IS 'When it was asked.';
