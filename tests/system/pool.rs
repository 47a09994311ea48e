//! The pool against a database that hangs, hangs up and comes back.

use std::time::Duration;

use aimod::settings::DatabaseSettings;
use aimod::store::{Pool, PoolOptions, StoreError, timed};
use diesel::dsl::sql;
use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use crate::support::{Link, database};

fn options(max_connections: u32) -> PoolOptions {
    PoolOptions {
        min_connections: 0,
        max_connections,
        acquire_timeout: Duration::from_millis(400),
        ..PoolOptions::from_settings("small", &DatabaseSettings::default())
    }
}

fn open(url: &SecretString, max_connections: u32) -> Pool {
    Pool::open(url, options(max_connections)).expect("a pool")
}

async fn setting(pool: &Pool, name: &str) -> String {
    let mut connection = pool.acquire().await.expect("a connection");
    diesel::select(
        sql::<Text>("current_setting(")
            .bind::<Text, _>(name)
            .sql(")"),
    )
    .get_result(&mut connection)
    .await
    .expect("a setting")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_session_has_its_name_and_its_time_limit() {
    let database = database().await;
    let pool = Pool::open(
        &database.url,
        PoolOptions {
            statement_timeout: Duration::from_secs(7),
            ..options(1)
        },
    )
    .expect("a pool");
    assert_eq!(setting(&pool, "application_name").await, "aimod");
    assert_eq!(setting(&pool, "statement_timeout").await, "7s");
    assert_eq!(setting(&pool, "TimeZone").await, "UTC");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_ended_by_the_server() {
    let database = database().await;
    let pool = Pool::open(
        &database.url,
        PoolOptions {
            statement_timeout: Duration::from_millis(50),
            ..options(1)
        },
    )
    .expect("a pool");
    let mut connection = pool.acquire().await.expect("a connection");
    let error = connection
        .batch_execute("SELECT pg_sleep(60)")
        .await
        .expect_err("too long");
    assert!(error.to_string().contains("statement timeout"), "{error}");
    connection
        .batch_execute("SELECT 1")
        .await
        .expect("still good");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exhausted_pool_answers_in_time_and_says_its_name() {
    let database = database().await;
    let pool = open(&database.url, 1);
    let held = pool.acquire().await.expect("the only one");
    let Err(error) = pool.acquire().await else {
        panic!("there is only one");
    };
    assert_eq!(
        error.to_string(),
        "no connection from the pool small within 400ms: all are in use"
    );
    let state = pool.state();
    assert_eq!(
        (state.size, state.in_use, state.idle, state.max),
        (1, 1, 0, 1)
    );
    assert_eq!((state.timeouts_total, state.waiting), (1, 0));
    assert!(state.wait_total >= Duration::from_millis(400));
    drop(held);
    pool.ping().await.expect("free again");
    assert_eq!(pool.state().idle, 1);
    assert_eq!(pool.state().acquired_total, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_while_idle_are_replaced() {
    let database = database().await;
    let pool = open(&database.url, 4);
    let all = [
        pool.acquire().await.expect("one"),
        pool.acquire().await.expect("two"),
        pool.acquire().await.expect("three"),
    ];
    drop(all);
    let mut other = database.pool.acquire().await.expect("a connection");
    other
        .batch_execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .expect("all others are ended");
    // Each may be lent once at most, if nobody has read its end yet.
    let mut faults = Vec::new();
    for _ in 0..10 {
        faults.extend(pool.ping().await.err());
    }
    assert!(
        faults.len() <= 3 && faults.iter().all(StoreError::is_transient),
        "{faults:?}"
    );
    pool.ping().await.expect("the dead ones are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_left_open_does_not_reach_the_next_caller() {
    let database = database().await;
    let pool = open(&database.url, 1);
    {
        use diesel_async::AsyncConnection;
        let mut connection = pool.acquire().await.expect("a connection");
        let abandoned = connection.transaction::<(), diesel::result::Error, _>(async |conn| {
            conn.batch_execute("CREATE TABLE half (id int)").await?;
            std::future::pending().await
        });
        tokio::time::timeout(Duration::from_millis(100), abandoned)
            .await
            .expect_err("it never ends");
    }
    let mut connection = pool.acquire().await.expect("a connection");
    connection
        .batch_execute("SELECT * FROM half")
        .await
        .expect_err("rolled back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_is_a_passing_fault_and_heals_by_itself() {
    let database = database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let pool = open(&url, 2);
    let mut connection = pool.acquire().await.expect("a connection");
    let (answer, ()) = tokio::join!(connection.batch_execute("SELECT pg_sleep(30)"), async {
        // The statement is on its way once the server knows of it.
        let mut watcher = database.pool.acquire().await.expect("a connection");
        let running = "SELECT 1 / count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(30)%' \
                       AND state = 'active' AND datname = current_database()";
        while watcher.batch_execute(running).await.is_err() {}
        link.cut();
    });
    let error = StoreError::from(answer.expect_err("the link was cut"));
    assert!(error.is_transient(), "{error:?}");
    drop(connection);

    let Err(error) = pool.acquire().await else {
        panic!("the link is cut");
    };
    assert!(error.is_transient(), "{error:?}");
    assert!(
        error
            .to_string()
            .contains("cannot connect to the database: "),
        "{error}"
    );
    link.heal();
    while pool.ping().await.is_err() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_is_told_at_once_and_without_the_password() {
    let error = Pool::open(&"postgres://u:hunter2@h:port/d".into(), options(1)).expect_err("wrong");
    assert!(!error.is_transient());
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_tell_of_pool_and_queries() {
    let metrics = aimod::store::metrics();
    let telemetry = aimod::telemetry::Telemetry::install(&metrics).expect("installed");
    let database = database().await;
    let pool = Pool::open(
        &database.url,
        PoolOptions {
            name: "measured",
            ..options(3)
        },
    )
    .expect("a pool");
    timed("ping", pool.ping()).await.expect("it answers");
    pool.report();
    let shown = telemetry.render();
    for line in [
        "aimod_db_pool_connections{pool=\"measured\",state=\"idle\"} 1",
        "aimod_db_pool_connections{pool=\"measured\",state=\"in_use\"} 0",
        "aimod_db_pool_connections_max{pool=\"measured\"} 3",
        "aimod_db_pool_timeouts_total{pool=\"measured\"} 0",
        "aimod_db_pool_wait_seconds_count{pool=\"measured\"} 1",
        "aimod_db_query_seconds_count{query=\"ping\"} 1",
    ] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
}
