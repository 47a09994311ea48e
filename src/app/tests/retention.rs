//! What is too old goes, class by class, by the settings; what refers or is in force stays.

use crate::features::tests::plain_sql;
use crate::store::tables::erasure::Counts;
use crate::support::House;

/// Rows older than 100 days and younger ones, of every class.
const ROWS: &str = "
    INSERT INTO guild_settings (guild_id, name, last_case_number) VALUES (10, 'A', 6);
    INSERT INTO moderation_logs (id, guild_id, case_number, target_user_id, action_type, outcome, duration_seconds, created_at) OVERRIDING SYSTEM VALUE VALUES
        (101, 10, 1, 5, 'WARN', 'DONE', NULL, now() - interval '101 days'), (102, 10, 2, 5, 'BAN', 'DONE', NULL, now() - interval '101 days'),
        (103, 10, 3, 5, 'KICK', 'DONE', NULL, now() - interval '101 days'), (104, 10, 4, 5, 'WARN', 'DONE', NULL, now() - interval '99 days'),
        (105, 10, 5, 6, 'WARN', 'PENDING', NULL, now() - interval '101 days'), (106, 10, 6, 6, 'WARN', 'DONE', NULL, now() - interval '101 days');
    INSERT INTO user_infractions (id, guild_id, user_id, timestamp, case_id) OVERRIDING SYSTEM VALUE VALUES
        (201, 10, 5, now() - interval '101 days', 101), (202, 10, 5, now() - interval '99 days', 103), (203, 10, 6, now() - interval '101 days', 106);
    INSERT INTO appeals (user_id, guild_id, infraction_id, reason, status, updated_at) VALUES (6, 10, 203, 'open', 'PENDING', now() - interval '101 days'),
        (5, 10, NULL, 'old', 'DENIED', now() - interval '101 days'), (5, 10, NULL, 'new', 'APPROVED', now() - interval '99 days');
    INSERT INTO user_data (user_id, username, last_seen, infraction_count) VALUES (5, 'counted', now() - interval '101 days', 2),
        (6, 'counted too', now() - interval '101 days', 1), (7, 'old', now() - interval '101 days', 0), (8, 'new', now() - interval '99 days', 0);
    INSERT INTO user_notes (guild_id, user_id, note, removed_by, removed_at, created_at) VALUES (10, 5, 'counts', NULL, NULL, now() - interval '199 days'), (10, 5, 'old', NULL, NULL, now() - interval '201 days'),
        (10, 5, 'removed', 9, now() - interval '101 days', now() - interval '199 days'), (10, 5, 'new', 9, now() - interval '99 days', now() - interval '199 days');
    INSERT INTO action_journal (operation_key, step, guild_id, kind, payload, state, settled_at) VALUES
        ('old', 0, 10, 'CARD', '{}', 'DONE', now() - interval '101 days'), ('new', 0, 10, 'CARD', '{}', 'DONE', now() - interval '99 days'),
        ('waits', 0, 10, 'NOTICE', '{}', 'DONE', now() - interval '101 days');
    INSERT INTO config_drafts (guild_id, asked_by, base_version, changes, created_at) VALUES (10, 5, 0, '{}', now() - interval '101 days'), (10, 5, 0, '{}', now());
    INSERT INTO gateway_progress (shards, heard_until) VALUES ('0..1/9', now() - interval '101 days'), ('1..2/9', now());
    INSERT INTO command_logs (guild_id, user_id, command_name, timestamp) VALUES (10, 5, 'old', now() - interval '900 days'),
        (10, 5, 'old', now() - interval '140 days'), (10, 5, 'new', now() - interval '99 days')";

async fn house(days: u32) -> House {
    let house = House::start_with(|settings| {
        let retention = &mut settings.retention;
        for limit in [
            &mut retention.command_logs_days,
            &mut retention.infractions_days,
            &mut retention.cases_days,
            &mut retention.appeals_days,
            &mut retention.user_data_days,
            &mut retention.removed_notes_days,
        ] {
            *limit = days;
        }
        retention.notes_days = 2 * days;
        retention.journal_days = days.max(100);
        retention.drafts_days = days.max(100);
    })
    .await;
    plain_sql(&house, ROWS).await;
    house
}

async fn kept_up(house: &House) -> String {
    let gone: Counts = house
        .app()
        .keep_up()
        .await
        .expect("it works")
        .expect("nobody else is at it");
    let lines: Vec<String> = gone
        .iter()
        .map(|(class, rows)| format!("{class} {rows}"))
        .collect();
    lines.join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_its_limit_goes_unless_something_needs_it() {
    let house = house(100).await;
    // A step of an operation that waits keeps the others of it; the bot's start would have settled it.
    plain_sql(&house, "INSERT INTO action_journal (operation_key, step, guild_id, kind, payload) VALUES ('waits', 1, 10, 'CARD', '{}')").await;
    assert_eq!(
        kept_up(&house).await,
        "command_logs 2, left_guilds 0, appeals 1, infractions 1, cases 1, user_data 1, notes 1, removed_notes 1, journal 1, drafts 1, progress 1"
    );
    let held = |table: &str, column: &str| {
        format!(
            "SELECT string_agg({column}::text, ' ' ORDER BY {column}) FROM {table} WHERE guild_id = 10"
        )
    };
    for (table, column, left) in [
        // The ban is in force, the kick has an infraction, the warning is too new, one is under way, one has an appeal.
        ("moderation_logs", "id", "102 103 104 105 106"),
        // One is too new, the other has an open appeal.
        ("user_infractions", "id", "202 203"),
        ("appeals", "reason", "new open"),
        ("user_notes", "note", "counts new"),
        ("action_journal", "operation_key", "new waits waits"),
        ("command_logs", "command_name", "new"),
    ] {
        assert_eq!(
            house.text(&held(table, column)).await.as_deref(),
            Some(left),
            "{table}"
        );
    }
    // What was removed no longer counts, and who has infractions is kept with them.
    let users = house.text("SELECT string_agg(user_id || ':' || infraction_count, ' ' ORDER BY user_id) FROM user_data WHERE user_id < 10").await;
    assert_eq!(users.as_deref(), Some("5:1 6:1 8:0"));
    // A case that is gone leaves its number behind.
    assert_eq!(
        house
            .number("SELECT last_case_number FROM guild_settings WHERE guild_id = 10")
            .await,
        6
    );
    assert!(
        kept_up(&house).await.contains("cases 0"),
        "a second look finds nothing"
    );
    plain_sql(&house, "DELETE FROM action_journal WHERE guild_id = 10; DELETE FROM moderation_logs WHERE outcome = 'PENDING'").await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_days_mean_for_ever() {
    let house = house(0).await;
    assert_eq!(
        kept_up(&house).await,
        "command_logs 0, left_guilds 0, appeals 0, infractions 0, cases 0, user_data 0, notes 0, removed_notes 0, journal 2, drafts 1, progress 1"
    );
    plain_sql(
        &house,
        "DELETE FROM moderation_logs WHERE outcome = 'PENDING'",
    )
    .await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_at_a_time_looks_through_everything() {
    let house = house(100).await;
    let (first, second) = tokio::join!(house.app().keep_up(), house.app().keep_up());
    let (first, second) = (first.expect("it works"), second.expect("it works"));
    assert!(first.is_some() || second.is_some());
    let alone = house.app().keep_up().await.expect("it works");
    assert!(alone.is_some(), "the lock goes with its connection");
    plain_sql(
        &house,
        "SELECT pg_advisory_lock(x'0075706b65657000'::bigint)",
    )
    .await;
    // The connection went back to the pool with its lock.
    assert_eq!(
        house.app().keep_up().await.expect("it works"),
        None,
        "another is at it"
    );
    plain_sql(
        &house,
        "DELETE FROM moderation_logs WHERE outcome = 'PENDING'",
    )
    .await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_coming_months_have_their_partitions_and_nobody_notices() {
    let house = House::start().await;
    plain_sql(
        &house,
        "DO $$ DECLARE m regclass; BEGIN FOR m IN SELECT inhrelid FROM pg_inherits \
         WHERE inhparent = 'command_logs'::regclass AND inhrelid <> 'command_logs_default'::regclass \
         LOOP EXECUTE 'DROP TABLE ' || m; END LOOP; END $$",
    )
    .await;
    house.admin("/config show").await;
    crate::features::tests::logged(&house, 1).await;
    assert_eq!(
        house
            .number("SELECT count(*) FROM command_logs_default")
            .await,
        1,
        "no row is lost"
    );
    house.app().keep_up().await.expect("it works");
    assert_eq!(
        house
            .number("SELECT count(*) FROM command_logs_default")
            .await,
        0
    );
    assert_eq!(
        house
            .number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'command_logs'::regclass")
            .await,
        4
    );
    house.admin("/config show").await;
    crate::features::tests::logged(&house, 2).await;
    assert_eq!(
        house
            .number("SELECT count(*) FROM command_logs_default")
            .await,
        0
    );
    house.nothing_is_left().await;
}
