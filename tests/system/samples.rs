//! Each migration meets data: sample rows are written after every one, all the way up, down again and up once more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aimod::store::connect;
use aimod::store::migrations::{MIGRATIONS, down};
use diesel::migration::{Migration, MigrationSource as _};
use diesel::pg::Pg;
use diesel_async::AsyncMigrationHarness;
use diesel_migrations::MigrationHarness as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Client;

use crate::schema::connected;
use crate::support::database_without_schema;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/samples")
}

/// Every migration, oldest first.
fn known() -> Vec<Box<dyn Migration<Pg>>> {
    let mut all: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().expect("they are built in");
    all.sort_by_key(|one| one.name().version().as_owned());
    all
}

/// Every migration's name, oldest first.
fn names() -> Vec<String> {
    known().iter().map(|one| one.name().to_string()).collect()
}

/// Runs the next migration. The harness blocks, so it gets a thread of its own.
async fn up(url: &SecretString, place: usize) {
    let connection = connect(url, std::time::Duration::from_secs(10))
        .await
        .expect("the server answers");
    let run = move || {
        let mut harness = AsyncMigrationHarness::new(connection);
        // Makes the table of applied migrations where there is none yet.
        harness
            .applied_migrations()
            .map_err(|error| error.to_string())?;
        let next = known().remove(place);
        harness
            .run_migration(next.as_ref())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    let done = tokio::task::spawn_blocking(run).await.expect("no panic");
    assert_eq!(done, Ok(()), "{}", names()[place]);
}

async fn up_with_samples(url: &SecretString, client: &Client) {
    for (place, name) in names().iter().enumerate() {
        up(url, place).await;
        let path = folder().join(format!("{name}.sql"));
        let rows = std::fs::read_to_string(&path).expect("each migration has sample rows");
        let written = client.batch_execute(&rows).await;
        assert!(written.is_ok(), "{name}: {written:?}");
    }
}

async fn number(client: &Client, query: &str) -> i64 {
    client.query_one(query, &[]).await.expect(query).get(0)
}

#[test]
fn every_migration_has_sample_rows_and_nothing_else_has() {
    let files = std::fs::read_dir(folder()).expect("the folder");
    let files: BTreeSet<String> = files
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let wanted: BTreeSet<String> = names().iter().map(|name| format!("{name}.sql")).collect();
    assert_eq!(files, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_meets_rows_on_the_way_up_and_on_the_way_down() {
    let database = database_without_schema().await;
    let client = connected(database.url.expose_secret()).await;
    up_with_samples(&database.url, &client).await;
    // Rows of the first migration have come through all the others.
    assert_eq!(number(&client, "SELECT count(*) FROM command_logs WHERE command_name IN ('config set', 'config show', 'case view')").await, 4);
    assert_eq!(
        number(
            &client,
            "SELECT count(*) FROM moderation_logs WHERE case_number < 3"
        )
        .await,
        2
    );
    assert_eq!(
        number(
            &client,
            "SELECT count(*) FROM command_logs_default WHERE timestamp < '2020-01-01'"
        )
        .await,
        1
    );
    for name in names().iter().rev() {
        let back = down(&database.url, 1).await;
        assert_eq!(
            back.map_err(|error| error.to_string()),
            Ok(vec![name.clone()])
        );
    }
    up_with_samples(&database.url, &client).await;
}
