//! `aimod export`: all that is kept about a person, straight from the database.
//!
//! Exit codes: 0 done, also where nothing is kept; 1 failed.

use std::process::ExitCode;

use anyhow::Context as _;

use super::Common;
use super::erase::id;
use super::visit::Visit;
use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::store::Pool;
use crate::store::tables::erasure::{document, load_export};

/// The arguments of `aimod export`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The person's id.
    #[arg(long, value_name = "ID", value_parser = id)]
    user: u64,
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let document = of_person(&visit.pool, UserId(args.user)).await;
    visit.close().await;
    println!("{}", document?);
    Ok(ExitCode::SUCCESS)
}

async fn of_person(pool: &Pool, user: UserId) -> anyhow::Result<String> {
    let mut conn = pool.acquire().await?;
    let kept = load_export(&mut conn, user).await;
    let kept = kept.context("what is kept about the person cannot be read")?;
    let document = document(user, Clock::system().now(), kept);
    Ok(serde_json::to_string_pretty(&document)?)
}
