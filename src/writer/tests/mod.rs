//! The writer against a real PostgreSQL whose way is cut, whose sessions are killed, and whose rows are poisoned.

mod away;
mod locked;

use std::time::Duration;

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use tokio::time::timeout;

use super::*;
use crate::domain::clock::Clock;
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::settings::DatabaseSettings;
use crate::store::tables::config::{ConfigChange, ConfigEdit, ConfigWritten, Place, Source};
use crate::store::tables::users::{Sightings, UserSeen};
use crate::store::{PoolOptions, PooledConnection};
use crate::support::{Link, TestDatabase, database};

const LONG: Duration = Duration::from_secs(60);

/// A row that the database may refuse (a CHECK wants it positive) and over which the program itself may fail.
#[derive(Clone)]
struct Number(i64);

const PANICS: i64 = 666;

impl Record for Number {
    type Ack = i64;
    const TABLE: &'static str = "numbers";

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<i64>>> {
        async move {
            assert!(rows.iter().all(|row| row.0 != PANICS), "on purpose");
            let numbers: Vec<i64> = rows.iter().map(|row| row.0).collect();
            diesel::sql_query("INSERT INTO numbers SELECT unnest($1)")
                .bind::<Array<BigInt>, _>(numbers.clone())
                .execute(conn)
                .await?;
            Ok(numbers)
        }
        .boxed()
    }
}

fn seen(user: u64, name: &str) -> Sightings {
    counted(user, name, 1)
}

fn counted(user: u64, name: &str, messages: i64) -> Sightings {
    let now = Clock::system().now();
    let seen = UserSeen {
        user: UserId(user),
        name: name.to_owned(),
        discriminator: None,
        avatar: None,
        first: now,
        last: now,
        messages,
    };
    Sightings([seen].into())
}

/// The change that follows a version of a guild.
fn change(guild: u64, version: i64) -> ConfigChange {
    ConfigChange {
        guild: GuildId(guild),
        expected: ConfigVersion(version),
        edits: vec![ConfigEdit {
            key: "KEY".into(),
            place: Place::Row,
            default: None,
            value: Some(version.into()),
        }],
        changed_by: UserId(7),
        source: Source::Command,
        reason: None,
    }
}

struct Scene {
    database: TestDatabase,
    link: Link,
    pool: Pool,
    writer: Writer,
}

/// Waits for every lock, so that a test can hold a batch back.
fn patient() -> WriterOptions {
    WriterOptions {
        lock_limit: LONG,
        ..WriterOptions::default()
    }
}

async fn scene() -> Scene {
    scene_with(patient()).await
}

/// A writer whose way to the database can be cut, and which numbers may be written to.
async fn scene_with(options: WriterOptions) -> Scene {
    let database = database().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute("CREATE TABLE numbers (n BIGINT CHECK (n > 0))")
        .await
        .expect("a table");
    drop(conn);
    let (link, url) = Link::to_postgres(&database.url).await;
    let pool_options = PoolOptions {
        min_connections: 0,
        acquire_timeout: Duration::from_millis(400),
        ..PoolOptions::from_settings("writer", &DatabaseSettings::default())
    };
    let pool = Pool::open(&url, pool_options).expect("a pool");
    let writer = Writer::start(pool.clone(), options)
        .await
        .expect("it starts");
    Scene {
        database,
        link,
        pool,
        writer,
    }
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

impl Scene {
    async fn conn(&self) -> PooledConnection {
        self.database.pool.acquire().await.expect("a connection")
    }

    async fn number(&self, query: &str) -> i64 {
        let mut conn = self.conn().await;
        let row: Value = diesel::sql_query(format!("SELECT ({query})::bigint AS value"))
            .get_result(&mut *conn)
            .await
            .expect(query);
        row.value
    }

    async fn sum(&self) -> i64 {
        self.number("SELECT COALESCE(sum(message_count), 0) FROM user_data")
            .await
    }

    /// Waits until so many sessions wait for a lock.
    async fn blocked(&self) {
        let query = "SELECT count(*) FROM pg_stat_activity \
                     WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let waiting = async { while self.number(query).await == 0 {} };
        timeout(LONG, waiting)
            .await
            .expect("somebody waits for the lock");
    }

    /// Holds the writer's next batch back until the connection is dropped, and returns once it waits.
    async fn hold(&self) -> (PooledConnection, BoxFuture<'static, Result<(), WriteError>>) {
        let mut conn = self.conn().await;
        conn.batch_execute("BEGIN; LOCK TABLE user_data IN EXCLUSIVE MODE")
            .await
            .expect("a lock");
        let writer = self.writer.clone();
        let mut first = async move { writer.keep_now(seen(1, "first")).await }.boxed();
        tokio::select! {
            _ = &mut first => panic!("the table is locked"),
            () = self.blocked() => {}
        }
        (conn, first)
    }

    /// Lets every COMMIT of a transaction that touches `user_data` wait for a lock, which this connection holds.
    async fn hold_commits(&self) -> PooledConnection {
        let mut conn = self.conn().await;
        conn.batch_execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
             $$BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END$$; \
             CREATE CONSTRAINT TRIGGER wait AFTER INSERT OR UPDATE ON user_data \
             DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait(); \
             SELECT pg_advisory_lock(42)",
        )
        .await
        .expect("a trigger");
        conn
    }

    async fn terminate_writer(&self) {
        let killed = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                      WHERE datname = current_database() AND wait_event_type = 'Lock'";
        assert_eq!(self.number(killed).await, 1);
    }
}

async fn release(mut conn: PooledConnection) {
    conn.batch_execute("SELECT pg_advisory_unlock_all(); COMMIT")
        .await
        .expect("a release");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_row_is_seen_by_everybody_at_once() {
    let scene = scene().await;
    for user in 1..=20 {
        scene
            .writer
            .keep_now(seen(user, "a"))
            .await
            .expect("written");
        assert_eq!(scene.sum().await, i64::try_from(user).expect("small"));
    }
    // A caller is answered before its batch is counted as settled.
    crate::support::eventually("nothing waits", || scene.writer.waiting() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_together_is_committed_together() {
    let scene = scene().await;
    let (lock, first) = scene.hold().await;
    let callers = join_all((100..164).map(|user| scene.writer.keep_now(seen(user, "a"))));
    let unlock = async {
        while scene.writer.waiting() < 65 {
            tokio::task::yield_now().await;
        }
        release(lock).await;
    };
    let (answers, first, ()) = tokio::join!(callers, first, unlock);
    assert_eq!(first, Ok(()));
    assert!(answers.iter().all(Result::is_ok));
    let transactions = scene
        .number("SELECT count(DISTINCT xmin::text) FROM user_data")
        .await;
    assert_eq!(transactions, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_one_guild_make_successive_versions() {
    let scene = scene().await;
    let changes = (0..60).map(|n| {
        scene
            .writer
            .keep_now(change(1 + n % 3, i64::try_from(n / 3).expect("small")))
    });
    let mut versions = std::collections::BTreeMap::<usize, Vec<i64>>::new();
    for (n, changed) in join_all(changes).await.into_iter().enumerate() {
        let ConfigWritten::Changed(version) = changed.expect("written") else {
            panic!("change {n} came out of order");
        };
        versions.entry(n % 3).or_default().push(version.0);
    }
    for of_guild in versions.values() {
        assert_eq!(*of_guild, (1..=20).collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_in_one_lane_does_not_get_around_the_queues_bound() {
    let scene = scene_with(WriterOptions {
        queue_capacity: 4,
        batch_rows: 4,
        enqueue_timeout: Duration::from_millis(50),
        ..patient()
    })
    .await;
    let (lock, first) = scene.hold().await;
    let flood = join_all((0..100).map(|n| scene.writer.keep_now(change(1, n))));
    let unlock = async {
        // All but those with a place in the queue have given up by then.
        while scene.writer.waiting() > 5 {
            tokio::task::yield_now().await;
        }
        release(lock).await;
    };
    let (answers, first, ()) = tokio::join!(flood, first, unlock);
    assert_eq!(first, Ok(()));
    let full = WriteError::QueueFull(Duration::from_millis(50));
    assert!(full.to_string().contains("writer.queue_capacity"));
    let refused = answers
        .iter()
        .filter(|answer| answer.as_ref() == Err(&full));
    assert_eq!(refused.count(), 96);
    assert_eq!(
        scene
            .number("SELECT count(*) FROM guild_config_revisions")
            .await,
        4
    );
    // A caller is answered before its batch is counted as settled.
    crate::support::eventually("nothing waits", || scene.writer.waiting() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poisoned_row_fails_alone() {
    let scene = scene().await;
    let (lock, first) = scene.hold().await;
    let users = join_all((100..120).map(|user| scene.writer.keep_now(seen(user, "a"))));
    let numbers = join_all((1..=20).map(|n| scene.writer.keep_now(Number(n))));
    let nul = scene.writer.keep_now(counted(500, "a", -1));
    let negative = scene.writer.keep_now(Number(-1));
    let uncalled = scene.writer.keep(Number(-2));
    let work = async { tokio::join!(users, nul, numbers, negative, uncalled, first) };
    let ((users, nul, numbers, negative, uncalled, _), ()) = tokio::join!(work, release(lock));
    assert!(users.iter().all(Result::is_ok) && numbers.iter().all(Result::is_ok));
    assert_eq!(uncalled, Ok(()));
    assert!(matches!(
        nul,
        Err(WriteError::Refused {
            table: "user_data",
            ..
        })
    ));
    let Err(WriteError::Refused { table, reason }) = negative else {
        panic!("the check wants it positive");
    };
    assert_eq!(table, "numbers");
    assert!(reason.contains("numbers_n_check"), "{reason}");
    assert_eq!(scene.number("SELECT count(*) FROM numbers").await, 20);
    assert_eq!(scene.sum().await, 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_fails_its_own_row_and_the_writer_goes_on() {
    let scene = scene().await;
    let (lock, first) = scene.hold().await;
    let numbers = join_all((1..=20).map(|n| scene.writer.keep_now(Number(n))));
    let changes = join_all((0..5).map(|n| scene.writer.keep_now(change(1, n))));
    let bomb = scene.writer.keep_now(Number(PANICS));
    let work = async { tokio::join!(numbers, bomb, changes, first) };
    let ((numbers, bomb, changes, first), ()) = tokio::join!(work, release(lock));
    assert_eq!(bomb, Err(WriteError::Interrupted));
    assert!(numbers.iter().all(Result::is_ok), "{numbers:?}");
    assert!(
        changes.iter().all(Result::is_ok),
        "what was put off survives"
    );
    assert_eq!(first, Ok(()));
    assert_eq!(scene.writer.keep_now(Number(30)).await, Ok(30));
    assert_eq!(scene.number("SELECT count(*) FROM numbers").await, 21);
    // A caller is answered before its batch is counted as settled.
    crate::support::eventually("nothing waits", || scene.writer.waiting() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_after_a_crash_still_writes_what_waits() {
    let scene = scene().await;
    let bomb = scene.writer.keep_now(Number(PANICS)).await;
    assert_eq!(bomb, Err(WriteError::Interrupted));
    // The writer lies dead or is about to: what comes now waits for the next one.
    scene
        .writer
        .keep(Number(1))
        .await
        .expect("a place in the queue");
    timeout(LONG, scene.writer.drain()).await.expect("it stops");
    assert_eq!(scene.number("SELECT count(*) FROM numbers").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_delays_and_loses_nothing() {
    let scene = scene().await;
    scene.writer.keep_now(seen(1, "a")).await.expect("written");
    scene.link.cut();
    let heal = async {
        scene.pool.ping().await.expect_err("the link is cut");
        scene.link.heal();
    };
    let callers = join_all((0..20).map(|_| scene.writer.keep_now(seen(1, "a"))));
    let (answers, ()) = tokio::join!(callers, heal);
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(scene.sum().await, 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_session_is_written_again_once() {
    let scene = scene().await;
    let (lock, first) = scene.hold().await;
    scene.terminate_writer().await;
    let (first, ()) = tokio::join!(first, release(lock));
    assert_eq!(first, Ok(()));
    assert_eq!(scene.sum().await, 1);
}
