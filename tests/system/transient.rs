//! Which errors of a real PostgreSQL pass by themselves.

use aimod::store::{Pool, is_transient};
use diesel::result::Error;
use diesel_async::SimpleAsyncConnection;

use crate::support::database;

async fn fail(pool: &Pool, statements: &str) -> Error {
    let mut connection = pool.acquire().await.expect("a connection");
    connection
        .batch_execute(statements)
        .await
        .expect_err(statements)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_can_never_work_is_not_repeated() {
    let database = database().await;
    for statements in [
        "SELECT 1 / 0",
        "SELECT * FROM nowhere",
        "SELECT 'x'::int",
        "CREATE TEMP TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1), (1)",
        "CREATE TEMP TABLE c (id int CHECK (id > 0)); INSERT INTO c VALUES (0)",
        "SET statement_timeout = 10; SELECT pg_sleep(10)",
    ] {
        let error = fail(&database.pool, statements).await;
        assert!(!is_transient(&error), "{statements}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_is_taken_is_transient() {
    let database = database().await;
    let mut holder = database.pool.acquire().await.expect("a connection");
    holder
        .batch_execute("BEGIN; LOCK TABLE guild_config")
        .await
        .expect("locked");
    for statements in [
        "SET lock_timeout = 10; SELECT * FROM guild_config",
        "BEGIN; LOCK TABLE guild_config NOWAIT",
    ] {
        let error = fail(&database.pool, statements).await;
        assert!(is_transient(&error), "{statements}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_in_each_others_way_are_transient() {
    let database = database().await;
    let mut left = database.pool.acquire().await.expect("a connection");
    let mut right = database.pool.acquire().await.expect("a connection");
    let prepare = "CREATE TABLE pair (id int, n int); INSERT INTO pair VALUES (1, 0), (2, 0)";
    left.batch_execute(prepare).await.expect("prepared");

    let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT * FROM pair";
    left.batch_execute(begin).await.expect("begun");
    right.batch_execute(begin).await.expect("begun");
    let update = "UPDATE pair SET n = n + 1 WHERE id = 1; COMMIT";
    left.batch_execute(update).await.expect("the first wins");
    let error = right
        .batch_execute(update)
        .await
        .expect_err("the second loses");
    assert!(is_transient(&error), "{error:?}");
    right.batch_execute("ROLLBACK").await.expect("ended");

    let begin = "SET deadlock_timeout = 10; BEGIN";
    left.batch_execute(begin).await.expect("begun");
    right.batch_execute(begin).await.expect("begun");
    let update = |id| format!("UPDATE pair SET n = 1 WHERE id = {id}");
    left.batch_execute(&update(1)).await.expect("locked");
    right.batch_execute(&update(2)).await.expect("locked");
    let (one, two) = (update(2), update(1));
    let (one, two) = tokio::join!(left.batch_execute(&one), async {
        let answer = right.batch_execute(&two).await;
        // Lets the other side go on, whoever was chosen.
        right.batch_execute("ROLLBACK").await.expect("ended");
        answer
    });
    let error = one.and(two).expect_err("one of them is chosen");
    assert!(is_transient(&error), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backend_that_is_ended_is_transient() {
    let database = database().await;
    let error = fail(
        &database.pool,
        "SELECT pg_terminate_backend(pg_backend_pid())",
    )
    .await;
    assert!(is_transient(&error), "{error:?}");
    // Until the end of the connection has been read, it may be lent once more, with another passing fault.
    while database.pool.ping().await.is_err() {}
}
