//! The bot's database, wherever it is.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use aimod::settings::{LoadOptions, Settings, process_environment};
use aimod::store::server::{ServerError, has_cluster};
use aimod::store::{Database, connect, migrations};
use secrecy::ExposeSecret;

use crate::support::database;

fn settings(variables: &[(&str, &str)]) -> Settings {
    let own = process_environment()
        .into_iter()
        .filter(|(name, _)| matches!(name.as_str(), "PATH" | "TMPDIR"));
    let given = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::load(&LoadOptions {
        environment: own.chain(given).collect(),
        ..LoadOptions::default()
    })
    .expect("right settings")
}

fn kept_in(folder: &Path) -> Settings {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
        .expect("open to the server's user");
    settings(&[(
        "AIMOD__DATABASE__DATA_DIR",
        folder.to_str().expect("Unicode"),
    )])
}

fn folder() -> tempfile::TempDir {
    tempfile::Builder::new()
        .prefix("aimod-database-")
        .tempdir_in("/tmp")
        .expect("a folder")
}

async fn answers(database: &Database) -> bool {
    connect(database.url(), Duration::from_secs(5))
        .await
        .is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_named_is_used_and_left_alone() {
    let named = database().await;
    let settings = settings(&[("DATABASE_URL", named.url.expose_secret())]);
    let opened = Database::serve(&settings).await.expect("nothing to start");
    assert!(opened.server().is_none());
    assert_eq!(opened.url().expose_secret(), named.url.expose_secret());
    opened.stop().await;
    named.pool.ping().await.expect("still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bots_own_server_belongs_to_one_process_but_may_be_visited() {
    let folder = folder();
    let settings = kept_in(folder.path());
    let bot = Database::serve(&settings).await.expect("starts");
    assert!(answers(&bot).await);
    migrations::migrate(bot.url()).await.expect("migrated");

    let second = Database::serve(&settings).await.expect_err("in use");
    assert!(matches!(second, ServerError::InUse { .. }), "{second}");
    let visitor = Database::visit(&settings).await.expect("joins");
    assert!(visitor.server().is_none() && answers(&visitor).await);
    visitor.stop().await;
    assert!(answers(&bot).await, "a visitor stops nothing");
    bot.stop().await;

    let alone = Database::visit(&settings).await.expect("starts by itself");
    assert!(alone.server().is_some());
    let states = migrations::status(alone.url()).await.expect("a state");
    assert!(
        states.iter().all(|state| state.applied),
        "the data was kept"
    );
    alone.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throw_away_database_does_not_touch_the_data_folder() {
    let folder = folder();
    let settings = kept_in(folder.path());
    let database = Database::throw_away(&settings).await.expect("starts");
    assert!(answers(&database).await);
    let url = database.url().clone();
    database.stop().await;
    let again = connect(&url, Duration::from_secs(1)).await;
    assert!(again.is_err(), "it is gone");
    assert!(!has_cluster(&aimod::store::server::ServerOptions::kept(
        &settings
    )));
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_throw_away_databases_live_side_by_side() {
    let settings = settings(&[]);
    let (one, two) = tokio::join!(
        Database::throw_away(&settings),
        Database::throw_away(&settings)
    );
    let (one, two) = (one.expect("starts"), two.expect("starts"));
    assert_ne!(one.url().expose_secret(), two.url().expose_secret());
    one.stop().await;
    assert!(answers(&two).await);
    two.stop().await;
}
