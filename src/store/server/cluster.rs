//! Makes the cluster at the first start.

use std::time::Duration;

use diesel::OptionalExtension;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use super::account::{command, run};
use super::folders::make_for;
use super::launch::Plan;
use super::{ROLE, ServerError};
use crate::store::{StoreError, connect};

/// Makes the cluster where there is none. It is made aside and then renamed, so that a kill in between leaves nothing
/// that looks like a cluster.
pub(super) async fn ensure(plan: &Plan) -> Result<(), ServerError> {
    let folders = &plan.folders;
    if folders.cluster_major().is_some() {
        return Ok(());
    }
    let aside = folders.cluster.with_extension("new");
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(ServerError::file("remove", &aside))?;
    }
    make_for(&aside, plan.account.as_ref())?;
    let mut initdb = command(
        &plan.programs.folder.join("initdb"),
        plan.account.as_ref(),
        &plan.options.search_path,
    );
    // Everybody who can reach the socket is let in; its folder is closed to all but the server's user and root.
    initdb
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
