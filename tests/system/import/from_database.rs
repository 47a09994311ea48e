//! `aimod import --from-database` with every option of an import, and killed at any moment; the old one stays as it was.

use std::process::Stdio;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use tokio::process::{Child, Command};

use super::old_database::{TABLES, execute, old_database};
use super::{Scene, ends_within, fingerprint, told};
use crate::support::{TestDatabase, database_without_schema};

const PREFIX: &str = "SELECT value FROM guild_config WHERE guild_id = 1 AND key = 'PREFIX'";
/// How many writers of users' counters wait for a lock.
const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'RowExclusiveLock' \
     AND relation = 'user_data'::regclass \
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

impl Scene {
    /// Takes an old database over, with this exit code.
    async fn takes(&self, old: &TestDatabase, words: &[&str], code: i32) -> String {
        let mut arguments = vec!["import", "--from-database", old.url.expose_secret()];
        arguments.extend(words);
        let variables = [("ENCRYPTION_KEY", self.key.as_str())];
        let output = self.run(&arguments, &variables).await;
        let said = told(&output);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {said}");
        said
    }
}

/// An old database without anything to be refused: infractions of many members, and a case.
async fn good_database(infractions: u32) -> TestDatabase {
    let old = database_without_schema().await;
    execute(&old, TABLES).await;
    let rows = format!(
        "INSERT INTO guild_config VALUES (1, 'RULES_TEXT', '\"Be kind.\"'); \
         INSERT INTO user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning) \
         SELECT 1, 7 + n % 500, '2024-05-01 12:00:00Z'::timestamptz + n * interval '1 s', '3', 'WARN', 'spam ' || n \
         FROM generate_series(1, {infractions}) n; \
         INSERT INTO moderation_logs (guild_id, moderator_id, target_user_id, action_type, timestamp) \
         VALUES (1, 5, 7, 'BAN', '2024-05-01 12:00:00Z')"
    );
    execute(&old, &rows).await;
    old
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_everything_and_writes_nothing() {
    let scene = Scene::new().await;
    let old = old_database(&scene).await;
    let before = (fingerprint(&old).await, scene.fingerprint().await);
    let dry = scene.takes(&old, &["--dry-run"], 2).await;
    assert!(dry.contains("5001"), "{dry}");
    assert!(dry.contains("“many” does not fit"), "{dry}");
    assert!(
        dry.contains("this was a dry run: nothing was written"),
        "{dry}"
    );
    assert_eq!(before, (fingerprint(&old).await, scene.fingerprint().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_here_stays_unless_it_is_to_be_overwritten() {
    let scene = Scene::new().await;
    let old = old_database(&scene).await;
    let before = fingerprint(&old).await;
    scene
        .execute("INSERT INTO guild_settings (guild_id) VALUES (1)")
        .await;
    scene
        .execute("INSERT INTO guild_config (guild_id, key, value) VALUES (1, 'PREFIX', '\"!\"')")
        .await;
    scene.takes(&old, &[], 2).await;
    assert_eq!(scene.value(PREFIX).await, "\"!\"");
    scene.takes(&old, &["--overwrite"], 2).await;
    assert_eq!(scene.value(PREFIX).await, "\"?\"");
    assert_eq!(fingerprint(&old).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_without_a_zone_are_of_the_one_that_is_named() {
    let old = database_without_schema().await;
    let naive = TABLES.replace("TIMESTAMPTZ", "TIMESTAMP");
    execute(&old, &naive).await;
    let rows = "INSERT INTO user_infractions (guild_id, user_id, timestamp) VALUES (1, 7, '2024-07-01 12:00:00'); \
                INSERT INTO moderation_logs (guild_id, moderator_id, target_user_id, action_type, timestamp) \
                VALUES (1, 5, 7, 'BAN', '2024-12-01 12:00:00')";
    execute(&old, rows).await;
    let before = fingerprint(&old).await;
    for (words, expected) in [
        (
            &[][..],
            ["2024-07-01 12:00:00+00", "2024-12-01 12:00:00+00"],
        ),
        (
            &["--assume-timezone", "Europe/Berlin"],
            ["2024-07-01 10:00:00+00", "2024-12-01 11:00:00+00"],
        ),
    ] {
        let scene = Scene::new().await;
        scene.takes(&old, words, 0).await;
        let kept = [
            "SELECT timestamp FROM user_infractions",
            "SELECT created_at FROM moderation_logs",
        ];
        for (query, time) in kept.into_iter().zip(expected) {
            assert_eq!(scene.value(query).await, time, "{words:?}");
        }
    }
    assert_eq!(fingerprint(&old).await, before, "it was touched");
}

/// Begins to take an old database over.
fn taking(scene: &Scene, old: &TestDatabase) -> Child {
    Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(["import", "--from-database", old.url.expose_secret()])
        .env_clear()
        .env("DATABASE_URL", scene.database.url.expose_secret())
        .env("ENCRYPTION_KEY", &scene.key)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it runs")
}

/// Takes a database over and kills that when its time is up; tells whether it was done before.
async fn take_for(scene: &Scene, old: &TestDatabase, time: Duration) -> bool {
    ends_within(&mut taking(scene, old), time).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_moment_is_made_good_by_the_next_run() {
    let scene = Scene::new().await;
    let old = good_database(20_000).await;
    let before = fingerprint(&old).await;
    let mut kills = 0;
    let mut time = Duration::from_millis(60);
    while !take_for(&scene, &old, time).await {
        kills += 1;
        let there = scene.value("SELECT count(*) FROM user_infractions").await;
        assert!(
            ["0", "20000"].contains(&there.as_str()),
            "a part of a table: {there}"
        );
        time = time.mul_f64(1.35);
    }
    assert!(kills >= 3, "only {kills}");
    let after = scene.fingerprint().await;
    scene.takes(&old, &[], 0).await;
    assert_eq!(
        scene.fingerprint().await,
        after,
        "a second run changes nothing"
    );
    scene.takes(&old, &["--validate"], 0).await;
    for (query, value) in [
        ("SELECT count(*) FROM user_infractions", "20000"),
        ("SELECT sum(infraction_count) FROM user_data", "20000"),
        ("SELECT count(*) FROM moderation_logs", "1"),
    ] {
        assert_eq!(scene.value(query).await, value, "{query}");
    }
    assert_eq!(fingerprint(&old).await, before, "it was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_the_last_row_and_the_commit_keeps_whole_tables_only() {
    let scene = Scene::new().await;
    let old = good_database(5_000).await;
    let before = fingerprint(&old).await;
    // The counters are written last: an import that waits for them has written every infraction, and committed none.
    let mut holder = scene.database.pool.acquire().await.expect("a connection");
    holder
        .batch_execute("BEGIN; LOCK TABLE user_data IN SHARE MODE")
        .await
        .expect("locked");
    let mut child = taking(&scene, &old);
    let comes = async {
        while scene.value(WAITING).await == "0" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), comes)
        .await
        .expect("the import comes to the counters");
    child.kill().await.expect("killed");
    let counts = "SELECT concat_ws(' ', (SELECT count(*) FROM guild_config), (SELECT count(*) FROM user_infractions), \
         (SELECT count(*) FROM moderation_logs), (SELECT COALESCE(sum(infraction_count), 0) FROM user_data))";
    assert_eq!(scene.value(counts).await, "1 0 0 0");
    holder.batch_execute("ROLLBACK").await.expect("unlocked");
    scene.takes(&old, &[], 0).await;
    assert_eq!(scene.value(counts).await, "1 5000 1 5000");
    scene.takes(&old, &["--validate"], 0).await;
    assert_eq!(fingerprint(&old).await, before, "it was touched");
}
