//! `aimod backup` and `aimod restore`: the whole database as one file, and back.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::Common;
use super::keys::vault_of;
use super::progress::Bar;
use crate::app::secrets::{lost, what_to_do};
use crate::settings::Settings;
use crate::store::backup::{self, Restored};
use crate::store::server::{self, ServerOptions};
use crate::store::tables::tokens::{Holder, Tally};
use crate::store::{Database, connect};

/// The arguments of `aimod backup`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file to write.
    file: PathBuf,
    /// Replace the file, if there is one.
    #[arg(long)]
    force: bool,
}

/// The arguments of `aimod restore`.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// Replace everything that the database holds.
    #[arg(long)]
    force: bool,
}

/// Writes the file, also while the bot runs.
pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    let settings = common.settings(false)?;
    let options = ServerOptions::kept(&settings);
    if settings.database.url.is_none() && !server::has_cluster(&options) {
        bail!("there is no database yet; `aimod migrate` or `aimod run` makes one");
    }
    let database = Database::visit(&settings).await?;
    let bar = Bar::bytes("writing the backup").shown();
    let told = |size| bar.set_position(size);
    let written = backup::dump(&options, database.url(), &args.file, args.force, told).await;
    bar.finish_and_clear();
    database.stop().await;
    println!("{}: {} bytes", args.file.display(), written?);
    println!(
        "keep ENCRYPTION_KEY with it, but not beside it: sealed secrets open with nothing else"
    );
    Ok(ExitCode::SUCCESS)
}

/// Reads the file back and tells what is there now.
pub(super) async fn restore(common: &Common, args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let settings = common.settings(false)?;
    let options = ServerOptions::kept(&settings);
    let database = Database::visit(&settings).await?;
    let bar = Bar::bytes("restoring").shown();
    let told = |size| bar.set_position(size);
    let restored = backup::restore(&options, database.url(), &args.file, args.force, told).await;
    bar.finish_and_clear();
    let told = match restored {
        Ok(restored) => tell(&settings, &database, &restored).await,
        Err(error) => Err(error.into()),
    };
    database.stop().await;
    println!("{}", told?);
    Ok(ExitCode::SUCCESS)
}

async fn tell(
    settings: &Settings,
    database: &Database,
    restored: &Restored,
) -> anyhow::Result<String> {
    let mut lines: Vec<String> = restored
        .rows
        .iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(table, rows)| format!("{rows:>12}  {table}"))
        .collect();
    if lines.is_empty() {
        lines.push("restored; the backup holds no rows".to_owned());
    }
    if restored.pending > 0 {
        lines.push(format!(
            "{} migrations came after this backup; `aimod migrate` or the next start brings them",
            restored.pending
        ));
    } else {
        lines.extend(of_secrets(settings, database).await?);
    }
    if settings.database.url.is_some() {
        lines.push(
            "a role of its own needs its rights again: `aimod migrate --grant ROLE`".to_owned(),
        );
    }
    Ok(lines.join("\n"))
}

async fn of_secrets(settings: &Settings, database: &Database) -> anyhow::Result<Option<String>> {
    let mut conn = connect(database.url(), std::time::Duration::from_secs(10)).await?;
    let vault = vault_of(settings)?;
    let tally = Tally::take(&mut conn, &Holder::IN_USE, vault.as_ref()).await?;
    Ok(lost(&tally).map(|lost| format!("{lost}; {}", what_to_do(&tally))))
}
