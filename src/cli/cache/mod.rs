//! `aimod cache`: looks at the shared cache in Redis, forgets a guild, or all of them. Other users of the same Redis are
//! left alone: only keys of known guilds are touched, each by its name.

mod stats;

use std::process::ExitCode;

use anyhow::ensure;

use super::Common;
use super::visit::{self, Visit};
use crate::cache::CallError;
use crate::domain::ids::GuildId;

/// The arguments of `aimod cache`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show how Redis does, and how many guilds' configurations it holds at which versions.
    Stats {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Forget one guild: its configuration and its members' permissions.
    Invalidate {
        /// The guild's id.
        #[arg(long, value_name = "ID")]
        guild: GuildId,
    },
    /// Forget every guild that the database knows.
    Clear,
}

pub(super) async fn run(common: &Common, args: Args) -> anyhow::Result<ExitCode> {
    let settings = common.settings(false)?;
    ensure!(settings.redis.url.is_some(), CallError::NotConfigured);
    let cache = visit::cache(&settings)?;
    // Before a database is opened for nothing.
    cache.ping().await?;
    if let Command::Invalidate { guild } = args.command {
        let gone = cache.forget(&[guild]).await?;
        println!("guild {guild}: {}", forgotten(gone));
        return Ok(ExitCode::SUCCESS);
    }
    let visit = Visit::open(settings).await?;
    let told = match args.command {
        Command::Stats { json } => stats::tell(&visit, json).await,
        _ => clear(&visit).await,
    };
    visit.close().await;
    println!("{}", told?);
    Ok(ExitCode::SUCCESS)
}

async fn clear(visit: &Visit) -> anyhow::Result<String> {
    let known = visit.list_known().await?;
    let guilds: Vec<GuildId> = known.iter().map(|(guild, _)| *guild).collect();
    let gone = visit.cache.forget(&guilds).await?;
    let of = match guilds.len() {
        1 => "1 known guild".to_owned(),
        many => format!("{many} known guilds"),
    };
    Ok(format!("{of}: {}", forgotten(gone)))
}

fn forgotten(keys: u64) -> String {
    match keys {
        0 => "nothing was cached".to_owned(),
        1 => "1 key is forgotten".to_owned(),
        many => format!("{many} keys are forgotten"),
    }
}
