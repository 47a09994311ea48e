//! `aimod migrate`: brings the database to this version's schema, shows where it stands, or takes migrations back.

use std::process::ExitCode;

use anyhow::Context;
use secrecy::SecretString;

use super::Common;
use crate::store::{Database, migrations};

/// The arguments of `aimod migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only show which migrations the database has.
    #[arg(long, conflicts_with = "down")]
    status: bool,
    /// Take back the last N migrations, with the data in them.
    #[arg(long, value_name = "N")]
    down: Option<usize>,
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    let settings = common.settings(false)?;
    let database = Database::visit(&settings).await?;
    let outcome = carry_out(database.url(), args).await;
    database.stop().await;
    for line in outcome.context("cannot migrate the database")? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what was asked and tells it, a line each.
async fn carry_out(
    url: &SecretString,
    args: &Args,
) -> Result<Vec<String>, migrations::MigrationError> {
    if args.status {
        let states = migrations::status(url).await?;
        return Ok(states
            .iter()
            .map(|state| {
                format!(
                    "{} {}",
                    if state.applied { "applied" } else { "pending" },
                    state.name
                )
            })
            .collect());
    }
    let (done, names) = match args.down {
        Some(count) => ("took back", migrations::down(url, count).await?),
        None => ("applied", migrations::migrate(url).await?),
    };
    if names.is_empty() {
        return Ok(vec!["nothing to do".to_owned()]);
    }
    Ok(names.iter().map(|name| format!("{done} {name}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::database_without_schema;

    async fn told(url: &SecretString, status: bool, down: Option<usize>) -> Vec<String> {
        carry_out(url, &Args { status, down })
            .await
            .expect("it works")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn each_step_is_told_and_a_second_run_has_nothing_to_do() {
        let database = database_without_schema().await;
        let before = told(&database.url, true, None).await;
        assert!(
            before.iter().all(|line| line.starts_with("pending 20")),
            "{before:?}"
        );
        let applied = told(&database.url, false, None).await;
        assert_eq!(applied.len(), before.len());
        assert!(applied[0].starts_with("applied 20"), "{applied:?}");
        assert_eq!(told(&database.url, false, None).await, ["nothing to do"]);
        let back = told(&database.url, false, Some(1)).await;
        assert!(back[0].starts_with("took back 20"), "{back:?}");
        let after = told(&database.url, true, None).await;
        assert!(after.last().is_some_and(|line| line.starts_with("pending")));
    }
}
