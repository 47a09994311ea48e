//! Migrations: once, one process at a time, there and back, never on a newer database.

use std::time::Duration;

use aimod::store::connect;
use aimod::store::migrations::{MigrationError, down, migrate, status};
use diesel::dsl::sql;
use diesel::sql_types::BigInt;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};

use crate::support::{database, database_without_schema};

async fn execute(url: &SecretString, statements: &str) {
    connect(url, Duration::from_secs(10))
        .await
        .expect("the server answers")
        .batch_execute(statements)
        .await
        .expect(statements);
}

async fn count_of_things(url: &SecretString) -> i64 {
    let mut connection = connect(url, Duration::from_secs(10))
        .await
        .expect("the server answers");
    diesel::select(sql::<BigInt>(
        "(SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
            AND relname NOT LIKE '__diesel%') \
         + (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) \
         + (SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace \
            AND typname NOT LIKE '%\\_\\_diesel%')",
    ))
    .get_result(&mut connection)
    .await
    .expect("a number")
}

// On purpose on a runtime of one thread, which the harness alone would block.
#[tokio::test]
async fn a_second_run_changes_nothing() {
    let database = database_without_schema().await;
    let first = migrate(&database.url).await.expect("migrated");
    assert!(!first.is_empty());
    assert!(
        migrate(&database.url)
            .await
            .expect("nothing to do")
            .is_empty()
    );
    let states = status(&database.url).await.expect("a state");
    assert!(states.iter().all(|state| state.applied));
    assert_eq!(states.len(), first.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_at_once_migrate_it_once() {
    let database = database_without_schema().await;
    let url = &database.url;
    let (a, b, c, d) = tokio::join!(migrate(url), migrate(url), migrate(url), migrate(url));
    let ran: Vec<usize> = [a, b, c, d]
        .map(|one| one.expect("all succeed").len())
        .into_iter()
        .filter(|count| *count > 0)
        .collect();
    assert_eq!(ran.len(), 1, "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_leaves_nothing_and_leads_forth_again() {
    let database = database_without_schema().await;
    let url = &database.url;
    assert_eq!(count_of_things(url).await, 0);
    let there = migrate(url).await.expect("migrated");
    let full = count_of_things(url).await;
    let mut back = down(url, there.len()).await.expect("taken back");
    assert_eq!(count_of_things(url).await, 0);
    back.reverse();
    assert_eq!(back, there);
    migrate(url).await.expect("migrated again");
    assert_eq!(count_of_things(url).await, full);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_there_is_cannot_be_taken_back() {
    let database = database().await;
    let error = down(&database.url, 999).await.expect_err("too many");
    assert!(
        matches!(error, MigrationError::TooFew { asked: 999, .. }),
        "{error}"
    );
    assert!(migrate(&database.url).await.expect("untouched").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_newer_than_the_program_is_refused() {
    let database = database().await;
    execute(
        &database.url,
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')",
    )
    .await;
    for error in [
        migrate(&database.url).await.err(),
        status(&database.url).await.err(),
        down(&database.url, 1).await.err(),
    ] {
        let text = error.expect("refused").to_string();
        assert!(
            text.starts_with("the database is newer than this program: "),
            "{text}"
        );
        assert!(text.contains("99991231000001"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_change_the_schema_may_start_on_a_migrated_database() {
    let database = database().await;
    let role = format!("reader_{}", database.name);
    execute(
        &database.url,
        &format!(
            "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
             GRANT SELECT ON __diesel_schema_migrations TO {role}"
        ),
    )
    .await;
    let url = database
        .url
        .expose_secret()
        .replacen("aimod@", &format!("{role}@"), 1);
    let nothing = migrate(&url.into()).await.expect("nothing to do");
    assert!(nothing.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_database_is_told_in_time() {
    let error = migrate(&"postgres://u:hunter2@127.0.0.1:1/d".into())
        .await
        .expect_err("nobody listens");
    let text = error.to_string();
    assert!(
        text.starts_with("cannot connect to the database: "),
        "{text}"
    );
    assert!(!text.contains("hunter2"));
}
