//! `aimod migrate`: brings the database to this version's schema, shows where it stands, or takes migrations back.

use std::process::ExitCode;

use anyhow::Context;
use secrecy::SecretString;

use super::Common;
use crate::store::{Database, migrations, rights};

/// The arguments of `aimod migrate`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only show which migrations the database has.
    #[arg(long, conflicts_with = "down")]
    status: bool,
    /// Take back the last N migrations, with the data in them.
    #[arg(long, value_name = "N", value_parser = count)]
    down: Option<usize>,
    /// After that, prepare an existing role of PostgreSQL for `aimod run`: it may read and write rows, and nothing else.
    #[arg(long, value_name = "ROLE", conflicts_with_all = ["status", "down"])]
    grant: Option<String>,
}

fn count(text: &str) -> Result<usize, &'static str> {
    text.parse()
        .map_err(|_| "not a number of migrations, such as 1")
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    let settings = common.settings(false)?;
    let database = Database::visit(&settings).await?;
    let outcome = carry_out(database.url(), args).await;
    let outcome = outcome.context("cannot migrate the database");
    let outcome = match (outcome, &args.grant) {
        (Ok(lines), Some(role)) => grant(database.url(), role, lines).await,
        (outcome, _) => outcome,
    };
    database.stop().await;
    for line in outcome? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// Prepares the role and tells it after what was told before.
async fn grant(
    url: &SecretString,
    role: &str,
    mut lines: Vec<String>,
) -> anyhow::Result<Vec<String>> {
    let granted = rights::grant(url, role).await?;
    lines.push(format!(
        "{role} may read and write the rows of {} tables, and do nothing else here",
        granted.tables
    ));
    for left in granted.left {
        lines.push(format!(
            "but it still has {left}, which only the owner of that can revoke"
        ));
    }
    Ok(lines)
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
        let grant = None;
        carry_out(
            url,
            &Args {
                status,
                down,
                grant,
            },
        )
        .await
        .expect("it works")
    }

    #[test]
    fn what_is_no_number_of_migrations_is_said() {
        assert_eq!(count("2"), Ok(2));
        assert_eq!(count("abc"), Err("not a number of migrations, such as 1"));
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
