-- The command log is kept by months: what is too old goes by dropping a month, not by deleting its rows. Rows of a month
-- that has no partition stand in the default one, so that none is ever lost.
--
-- The bot may run as a role that cannot create or drop a table. These functions do both for it, with their owner's
-- rights, and only to the tables that aimod_monthly names; a later table is added there.

CREATE FUNCTION aimod_monthly(of_table TEXT) RETURNS REGCLASS LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF of_table IS NULL OR of_table NOT IN ('command_logs') THEN
        RAISE EXCEPTION 'the table % is not kept by months', COALESCE(of_table, 'NULL');
    END IF;
    RETURN of_table::REGCLASS;
END $$;
COMMENT ON FUNCTION aimod_monthly IS 'The table of that name, where it is one of those that are kept by months.';

CREATE FUNCTION aimod_make_months(of_table TEXT, first_month TIMESTAMPTZ, months INTEGER) RETURNS INTEGER
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    parent REGCLASS := aimod_monthly(of_table);
    home TEXT;
    ordered_by TEXT;
    rest REGCLASS;
    month TIMESTAMP;
    month_name TEXT;
    bounds TEXT[];
    made INTEGER := 0;
BEGIN
    IF months IS NULL OR months NOT BETWEEN 1 AND 60 THEN
        RAISE EXCEPTION 'between 1 and 60 months are made at once, not %', months;
    END IF;
    SELECT n.nspname, a.attname, p.partdefid::REGCLASS INTO STRICT home, ordered_by, rest
    FROM pg_partitioned_table p
    JOIN pg_class c ON c.oid = p.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
    WHERE p.partrelid = parent;
    FOR step IN 0 .. months - 1 LOOP
        month := date_trunc('month', first_month AT TIME ZONE 'UTC') + make_interval(months => step);
        month_name := of_table || to_char(month, '_YYYY_MM');
        CONTINUE WHEN to_regclass(format('%I.%I', home, month_name)) IS NOT NULL;
        -- Nobody writes into the default partition until its rows of the month have moved. Whoever else makes months
        -- waits here.
        EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', parent);
        CONTINUE WHEN to_regclass(format('%I.%I', home, month_name)) IS NOT NULL;
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', rest);
        bounds := ARRAY[month AT TIME ZONE 'UTC', (month + INTERVAL '1 month') AT TIME ZONE 'UTC'];
        EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)',
            home, month_name, parent);
        EXECUTE format('WITH moved AS (DELETE FROM %s WHERE %I >= %L AND %I < %L RETURNING *) '
            'INSERT INTO %I.%I SELECT * FROM moved',
            rest, ordered_by, bounds[1], ordered_by, bounds[2], home, month_name);
        EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
            parent, home, month_name, bounds[1], bounds[2]);
        EXECUTE format('COMMENT ON TABLE %I.%I IS %L',
            home, month_name, format('The rows of %s in UTC.', to_char(month, 'YYYY-MM')));
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
COMMENT ON FUNCTION aimod_make_months IS 'Makes the partitions of these months in UTC that are missing, moves what the default one holds of them, and tells how many it made.';

CREATE FUNCTION aimod_drop_months(of_table TEXT, before TIMESTAMPTZ, most BIGINT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    parent REGCLASS := aimod_monthly(of_table);
    ordered_by TEXT;
    rest REGCLASS;
    too_old REGCLASS;
    gone BIGINT;
BEGIN
    SELECT a.attname, p.partdefid::REGCLASS INTO STRICT ordered_by, rest
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
    WHERE p.partrelid = parent;
    SELECT m.relation INTO too_old
    FROM (SELECT c.oid::REGCLASS AS relation,
                 substring(pg_get_expr(c.relpartbound, c.oid) FROM $bound$ TO \('([^']+)'\)$bound$)::TIMESTAMPTZ AS ends
          FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = parent AND c.oid <> rest) m
    WHERE m.ends <= before
    ORDER BY m.ends
    LIMIT 1;
    IF too_old IS NOT NULL THEN
        EXECUTE format('SELECT count(*) FROM %s', too_old) INTO gone;
        EXECUTE format('DROP TABLE %s', too_old);
        RETURN gone;
    END IF;
    -- Only whole months, as everywhere else.
    EXECUTE format('DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s WHERE %I < %L LIMIT %L::BIGINT))',
        rest, rest, ordered_by, date_trunc('month', before AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', most);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN NULLIF(gone, 0);
END $$;
COMMENT ON FUNCTION aimod_drop_months IS 'Drops the oldest month that ended before this, or else deletes some such rows of the default partition; tells how many rows went, NULL where nothing is left to do.';

-- A fixed path, so that nobody can put a function or table of their own in the way of the owner's rights.
SELECT set_config('aimod.path', current_setting('search_path'), true),
       set_config('search_path', format('pg_catalog, %I, pg_temp', current_schema()), true);
ALTER FUNCTION aimod_monthly(TEXT) SET search_path FROM CURRENT;
ALTER FUNCTION aimod_make_months(TEXT, TIMESTAMPTZ, INTEGER) SET search_path FROM CURRENT;
ALTER FUNCTION aimod_drop_months(TEXT, TIMESTAMPTZ, BIGINT) SET search_path FROM CURRENT;
SELECT set_config('search_path', current_setting('aimod.path'), true);
-- A long statement of somebody else must not hold up every command that comes after.
ALTER FUNCTION aimod_make_months(TEXT, TIMESTAMPTZ, INTEGER) SET lock_timeout = '3s';
ALTER FUNCTION aimod_drop_months(TEXT, TIMESTAMPTZ, BIGINT) SET lock_timeout = '3s';
REVOKE ALL ON FUNCTION aimod_monthly(TEXT) FROM PUBLIC;
REVOKE ALL ON FUNCTION aimod_make_months(TEXT, TIMESTAMPTZ, INTEGER) FROM PUBLIC;
REVOKE ALL ON FUNCTION aimod_drop_months(TEXT, TIMESTAMPTZ, BIGINT) FROM PUBLIC;

ALTER TABLE command_logs RENAME TO command_logs_whole;
ALTER TABLE command_logs_whole RENAME CONSTRAINT command_logs_pkey TO command_logs_whole_pkey;
ALTER SEQUENCE command_logs_id_seq RENAME TO command_logs_whole_id_seq;
CREATE TABLE command_logs (LIKE command_logs_whole INCLUDING ALL EXCLUDING INDEXES, PRIMARY KEY (id, timestamp))
    PARTITION BY RANGE (timestamp);
COMMENT ON TABLE command_logs IS 'Every command that somebody ran; a partition per month, old months are dropped.';
CREATE TABLE command_logs_default PARTITION OF command_logs DEFAULT;
COMMENT ON TABLE command_logs_default IS 'Rows of months that have no partition of their own yet, or no longer.';

-- Who was allowed something on the old table is allowed it on the new one.
DO $$
DECLARE
    granted RECORD;
BEGIN
    FOR granted IN
        SELECT c.oid::REGCLASS AS relation, a.privilege_type AS may, a.is_grantable AS hands_on,
               CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS who
        FROM pg_class c CROSS JOIN aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE c.oid IN ('command_logs_whole'::REGCLASS, 'command_logs_whole_id_seq'::REGCLASS)
          AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('GRANT %s ON %s %s TO %s%s', granted.may,
            CASE WHEN granted.relation = 'command_logs_whole'::REGCLASS THEN 'TABLE' ELSE 'SEQUENCE' END,
            replace(granted.relation::TEXT, '_whole', ''), granted.who,
            CASE WHEN granted.hands_on THEN ' WITH GRANT OPTION' ELSE '' END);
    END LOOP;
END $$;

SELECT aimod_make_months('command_logs', oldest, months)
FROM (SELECT GREATEST(min(timestamp), CURRENT_TIMESTAMP - INTERVAL '36 months') AS oldest FROM command_logs_whole
      HAVING count(*) > 0) o,
     LATERAL (SELECT 12 * (extract(YEAR FROM age)::INTEGER) + extract(MONTH FROM age)::INTEGER + 2 AS months
              FROM age(CURRENT_TIMESTAMP, o.oldest)) a
WHERE oldest <= CURRENT_TIMESTAMP;
SELECT aimod_make_months('command_logs', CURRENT_TIMESTAMP, 3);
INSERT INTO command_logs SELECT * FROM command_logs_whole;
SELECT setval('command_logs_id_seq', last_value, is_called) FROM command_logs_whole_id_seq;
DROP TABLE command_logs_whole;

-- A person's own runs, over all guilds; a guild's runs of some days.
CREATE INDEX command_logs_user ON command_logs (user_id);
CREATE INDEX command_logs_guild_time ON command_logs (guild_id, timestamp);
