//! Tables that are kept by months: partitions are made ahead, rows move into them, and what is too old goes whole.

use aimod::store::tables::months::{Monthly, drop_months, make_months};
use chrono::TimeZone as _;
use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;

use super::*;
use crate::schema::connected;

const PARTITIONS: &str = "SELECT string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text) \
     FROM pg_inherits WHERE inhparent = 'command_logs'::regclass";

fn day(year: i32, month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, 0, 0, 0)
        .single()
        .expect("a day")
}

/// Only the default partition, with rows of three months and of one long ago.
async fn bare() -> Scene {
    let scene = scene().await;
    let mut conn = scene.conn().await;
    conn.batch_execute(
        "DO $$ DECLARE m regclass; BEGIN FOR m IN SELECT inhrelid FROM pg_inherits \
         WHERE inhparent = 'command_logs'::regclass AND inhrelid <> 'command_logs_default'::regclass \
         LOOP EXECUTE 'DROP TABLE ' || m; END LOOP; END $$; \
         INSERT INTO command_logs (guild_id, user_id, command_name, timestamp) VALUES \
         (1, 1, 'a', '2030-01-31T23:59:59.999999Z'), (1, 1, 'b', '2030-02-01T00:00:00Z'), \
         (1, 1, 'c', '2030-03-31T23:30:00-02:00'), (1, 1, 'd', '2020-05-05T00:00:00Z')",
    )
    .await
    .expect("good SQL");
    drop(conn);
    scene
}

async fn standing(scene: &Scene) -> String {
    let text = scene
        .text("SELECT string_agg(command_name || ' in ' || tableoid::regclass, ', ' ORDER BY command_name) FROM command_logs")
        .await;
    text.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_move_out_of_the_default_partition_when_their_month_is_made() {
    let scene = bare().await;
    let mut conn = scene.conn().await;
    let made = make_months(&mut conn, Monthly::CommandLogs, day(2030, 1, 31), 3).await;
    assert_eq!(made, Ok(3));
    let again = make_months(&mut conn, Monthly::CommandLogs, day(2030, 2, 1), 2).await;
    assert_eq!(again, Ok(0), "they are there");
    // In UTC, whatever the writer's own clock says.
    assert_eq!(
        standing(&scene).await,
        "a in command_logs_2030_01, b in command_logs_2030_02, c in command_logs_default, d in command_logs_default"
    );
    conn.batch_execute("INSERT INTO command_logs (guild_id, user_id, command_name, timestamp) VALUES (1, 1, 'e', '2030-03-01')")
        .await
        .expect("a row of a made month");
    assert!(
        standing(&scene)
            .await
            .ends_with("e in command_logs_2030_03")
    );
    let made = make_months(&mut conn, Monthly::CommandLogs, day(2030, 4, 1), 1).await;
    assert_eq!(made, Ok(1));
    assert!(standing(&scene).await.contains("c in command_logs_2030_04"));
}

#[tokio::test(flavor = "multi_thread")]
async fn months_that_ended_before_go_one_by_one_and_the_rest_of_the_default_partition_in_steps() {
    let scene = bare().await;
    let mut conn = scene.conn().await;
    let made = make_months(&mut conn, Monthly::CommandLogs, day(2030, 1, 1), 4).await;
    assert_eq!(made, Ok(4));
    let mut gone = Vec::new();
    // The first of March is not yet over on the first of March.
    while let Some(rows) = drop_months(&mut conn, Monthly::CommandLogs, day(2030, 3, 1), 10)
        .await
        .expect("it works")
    {
        gone.push(rows);
    }
    assert_eq!(
        gone,
        [1, 1, 1],
        "January, February, and what stood in no month"
    );
    assert_eq!(standing(&scene).await, "c in command_logs_2030_04");
    let left = scene.text(PARTITIONS).await;
    assert_eq!(
        left.as_deref(),
        Some("command_logs_2030_03 command_logs_2030_04 command_logs_default")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_make_the_same_months_once() {
    let scene = bare().await;
    let one = async || {
        let mut conn = scene.conn().await;
        make_months(&mut conn, Monthly::CommandLogs, day(2030, 1, 1), 3).await
    };
    let (a, b, c) = tokio::join!(one(), one(), one());
    let made = [a, b, c].map(|made| made.expect("all succeed"));
    assert_eq!(made.iter().sum::<i32>(), 3, "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_any_right_to_the_schema_turns_months_and_can_do_no_more() {
    let scene = bare().await;
    let role = format!("runner_{}", scene.database.name);
    let mut conn = scene.conn().await;
    conn.batch_execute(&format!(
        "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT SELECT, INSERT ON command_logs TO {role}; \
         GRANT USAGE ON SEQUENCE command_logs_id_seq TO {role}"
    ))
    .await
    .expect("a role");
    let url = scene.database.url.expose_secret();
    let client = connected(&url.replacen("aimod@", &format!("{role}@"), 1)).await;
    let make = "SELECT aimod_make_months('command_logs', '2030-01-01', 3)";
    let refused = client.batch_execute(make).await.expect_err("not granted");
    assert_eq!(
        refused.code().map(|code| code.code()),
        Some("42501"),
        "nobody has it by default"
    );
    conn.batch_execute(&format!(
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}"
    ))
    .await
    .expect("granted");
    client.batch_execute(make).await.expect("granted");
    // A table and a function of the caller's own are not taken for those of the database.
    client
        .batch_execute(
            "CREATE TEMP TABLE command_logs (id int); SET search_path = pg_temp, public; \
             SELECT aimod_drop_months('command_logs', '2030-02-01', 10)",
        )
        .await
        .expect("a month goes");
    assert_eq!(
        scene.text(PARTITIONS).await.as_deref(),
        Some("command_logs_2030_02 command_logs_2030_03 command_logs_default")
    );
    for forbidden in [
        "SELECT aimod_make_months('user_data', '2030-01-01', 1)",
        "SELECT aimod_drop_months('moderation_logs', '2030-01-01', 1)",
        "SELECT aimod_make_months('command_logs; DROP TABLE user_data', '2030-01-01', 1)",
        "SELECT aimod_make_months(NULL, '2030-01-01', 1)",
        "SELECT aimod_make_months('command_logs', '2030-01-01', 1000)",
        "DROP TABLE public.command_logs_2030_02",
        "TRUNCATE public.command_logs",
    ] {
        assert!(
            client.batch_execute(forbidden).await.is_err(),
            "{forbidden}"
        );
    }
}
