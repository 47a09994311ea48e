-- One process serves all shards, another once served a quarter.
INSERT INTO gateway_progress (shards, heard_until) VALUES ('all', CURRENT_TIMESTAMP), ('0..4/16', '2026-01-01T00:00:00Z');
