-- A large house: a million infractions, a million cases, ten million runs of commands, and enough of all else that an
-- index pays. {guild} and {user} are the guild and the member that the tour goes through; {left} is a guild that AIMod left.
SET session_replication_role = replica;
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';

-- Rows first, indexes after: several times as fast.
CREATE TEMP TABLE put_off AS
    SELECT i.indexrelid::regclass::text AS name, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE NOT i.indisunique AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace;
DO $$
DECLARE
    one RECORD;
BEGIN
    FOR one IN SELECT * FROM put_off LOOP
        EXECUTE 'DROP INDEX ' || one.name;
    END LOOP;
    PERFORM aimod_make_months('command_logs', CURRENT_TIMESTAMP - INTERVAL '3 months', 7);
    FOR one IN SELECT inhrelid::regclass AS name FROM pg_inherits WHERE inhparent = 'command_logs'::regclass LOOP
        EXECUTE format('ALTER TABLE %s SET UNLOGGED', one.name);
    END LOOP;
END $$;
ALTER TABLE command_logs DROP CONSTRAINT command_logs_pkey;

CREATE TEMP TABLE guilds AS
    SELECT n, CASE n WHEN 0 THEN {guild} WHEN 1 THEN {left} ELSE 900000 + n END::bigint AS id FROM generate_series(0, 999) n;
CREATE UNIQUE INDEX ON guilds (n);
ANALYZE guilds;
INSERT INTO guild_settings (guild_id, name, last_case_number, left_at)
    -- The others have no name: the bot would find them missing at its start and take them as left.
    SELECT id, CASE WHEN n < 2 THEN 'Guild ' || n ELSE '' END, 1000, CASE n WHEN 1 THEN CURRENT_TIMESTAMP - INTERVAL '40 days' END FROM guilds
    ON CONFLICT (guild_id) DO UPDATE SET last_case_number = EXCLUDED.last_case_number;
INSERT INTO guild_config (guild_id, key, value)
    SELECT id, 'KEY_' || k, '1'::jsonb FROM guilds, generate_series(1, 20) k WHERE n > 0;
INSERT INTO guild_config_revisions (guild_id, version, key, new_value, changed_by, source)
    SELECT id, v, 'KEY_' || v, '1'::jsonb, 5, 'COMMAND' FROM guilds, generate_series(1, 50) v WHERE n > 0;
INSERT INTO user_data (user_id, username, last_seen, message_count, infraction_count)
    SELECT CASE n WHEN 0 THEN {user} ELSE 800000 + n END, 'user ' || n, CURRENT_TIMESTAMP - (n % 500) * INTERVAL '1 day', n, n % 3
    FROM generate_series(0, 199999) n
    ON CONFLICT (user_id) DO NOTHING;
INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason, duration_seconds, created_at)
    SELECT g.id, i / 1000 + 1, 700000 + i % 50, CASE WHEN i % 20011 = 0 THEN {user} ELSE 800000 + i % 199999 END,
           (ARRAY['WARN', 'DELETE', 'TIMEOUT', 'BAN', 'KICK'])[i % 5 + 1], 'a reason', CASE i % 5 WHEN 2 THEN 3600 END,
           CURRENT_TIMESTAMP - (1000000 - i) * INTERVAL '1 minute'
    FROM generate_series(0, 999999) i JOIN guilds g ON g.n = i % 1000;
INSERT INTO user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning, case_id)
    SELECT guild_id, target_user_id, created_at, 'Bot detection', action_type, 'a phrase', id FROM moderation_logs;
INSERT INTO command_logs (guild_id, user_id, command_name, timestamp, duration_ms)
    SELECT CASE i % 1000 WHEN 0 THEN {guild} WHEN 1 THEN {left} ELSE 900000 + i % 1000 END,
           CASE WHEN i % 200003 = 0 THEN {user} ELSE 800000 + i % 199999 END, 'config show',
           CURRENT_TIMESTAMP - (i % 8640000) * INTERVAL '1 second', 5
    FROM generate_series(0, 9999999) i;
INSERT INTO appeals (user_id, guild_id, infraction_id, case_id, reason, status)
    SELECT user_id, guild_id, id, case_id, 'please', (ARRAY['PENDING', 'APPROVED', 'DENIED', 'DENIED'])[id / 20 % 4 + 1]
    FROM user_infractions WHERE id % 20 = 1;
INSERT INTO user_notes (guild_id, user_id, author_id, note)
    SELECT g.id, 800000 + i % 199999, 700001, 'a note' FROM generate_series(1, 50000) i JOIN guilds g ON g.n = i % 1000;
INSERT INTO case_edits (case_id, edited_by, field, new_text)
    SELECT id, 700001, 'REASON', 'better' FROM moderation_logs WHERE id % 20 = 1;
INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, case_id, created_at, settled_at)
    SELECT 'filled:' || id, 0, guild_id, 'CARD', '{}'::jsonb, 'DONE', id, created_at, created_at FROM moderation_logs WHERE id % 4 = 0;
INSERT INTO global_bans (user_id, reason, created_at)
    SELECT 600000 + i, 'raids', CURRENT_TIMESTAMP - i * INTERVAL '1 minute' FROM generate_series(1, 20000) i;
INSERT INTO config_drafts (guild_id, asked_by, base_version, changes)
    SELECT g.id, 800000 + i, 1, '{}'::jsonb FROM generate_series(1, 20000) i JOIN guilds g ON g.n = i % 1000;
INSERT INTO gateway_progress (shards, heard_until)
    SELECT i || '..' || i + 1 || '/2000', CURRENT_TIMESTAMP FROM generate_series(1, 500) i;

ALTER TABLE command_logs ADD PRIMARY KEY (id, timestamp);
DO $$
DECLARE
    one RECORD;
BEGIN
    FOR one IN SELECT * FROM put_off LOOP
        EXECUTE one.definition;
    END LOOP;
END $$;
ANALYZE;
