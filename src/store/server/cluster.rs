//! Makes the cluster at the first start.

use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel::OptionalExtension;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use super::account::run;
use super::folders::make_for;
use super::launch::{Plan, on_lifeline};
use super::{ROLE, ServerError};
use crate::store::{StoreError, connect};

/// How the name of a half-made cluster begins.
const ASIDE: &str = "postgres.new.";

/// Makes the cluster where there is none. It is made aside and then renamed, so that a kill in between leaves nothing
/// that looks like a cluster.
pub(super) async fn ensure(plan: &Plan) -> Result<(), ServerError> {
    let folders = &plan.folders;
    if folders.cluster_major().is_some() {
        return Ok(());
    }
    let aside = aside(&folders.cluster)?;
    make_for(&aside, plan.account.as_ref())?;
    let mut initdb = on_lifeline(plan, Some(&aside));
    // Everybody who can reach the socket is let in; its folder is closed to all but the server's user and root.
    initdb
        .arg(plan.programs.folder.join("initdb"))
        .args(["--username", ROLE, "--encoding", "UTF8", "--locale", "C"])
        .args(["--auth", "trust", "--pgdata"])
        .arg(&aside);
    if folders.throw_away {
        initdb.arg("--no-sync");
    }
    run("initdb", &mut initdb).await?;
    std::fs::rename(&aside, &folders.cluster).map_err(ServerError::file(
        "rename the new cluster to",
        &folders.cluster,
    ))
}

/// A new folder beside the cluster's. Those of earlier tries go, if they can: an initdb that was told to stop may still be
/// writing into one.
fn aside(cluster: &Path) -> Result<PathBuf, ServerError> {
    let parent = cluster.parent().unwrap_or(cluster);
    for entry in std::fs::read_dir(parent)
        .map_err(ServerError::file("read", parent))?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(ASIDE))
    {
        if let Err(error) = std::fs::remove_dir_all(entry.path()) {
            tracing::debug!(%error, "a half-made cluster stays until the next start");
        }
    }
    let made = tempfile::Builder::new()
        .prefix(ASIDE)
        .tempdir_in(parent)
        .map_err(ServerError::file("make a folder in", parent))?;
    Ok(made.keep())
}

/// Makes the database where it is missing.
pub(super) async fn ensure_database(plan: &Plan, database: &str) -> Result<(), ServerError> {
    let made = async {
        let url = SecretString::from(plan.url("postgres"));
        let mut connection = connect(&url, Duration::from_secs(10)).await?;
        let there: Option<bool> = diesel::select(
            sql::<Bool>("true FROM pg_database WHERE datname = ").bind::<Text, _>(database),
        )
        .get_result(&mut connection)
        .await
        .optional()?;
        if there.is_none() {
            // The names are our own; a database cannot be a bound parameter.
            connection
                .batch_execute(&format!("CREATE DATABASE \"{database}\""))
                .await?;
        }
        Ok::<(), StoreError>(())
    };
    made.await.map_err(|error| ServerError::Start {
        reason: error.to_string(),
        log: plan.folders.log.clone(),
    })
}
