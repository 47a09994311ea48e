-- How far each process has listened to Discord, so that its next start reads what was posted meanwhile.

CREATE TABLE gateway_progress (
    shards VARCHAR(40) PRIMARY KEY,
    heard_until TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE gateway_progress IS 'How far AIMod has listened to Discord; one row per range of shards.';
COMMENT ON COLUMN gateway_progress.shards IS 'The shards as in the settings, such as 0..4/16; "all" without a setting.';
COMMENT ON COLUMN gateway_progress.heard_until IS 'Everything that Discord sent before this has been received and judged.';
