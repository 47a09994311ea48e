//! `aimod config`: looks at guilds' configurations and changes them, straight in the database. A bot that runs elsewhere
//! hears of each change and judges by it.
//!
//! Exit codes: 0 done, 1 failed, 2 refused, or something is wrong with what was checked. Values are plain: ids, not names, since only the bot knows those.

mod change;
mod check;
mod desk;
mod history;
mod past;
mod show;
mod transfer;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use super::Common;
use super::visit::Visit;
use crate::domain::ids::{ConfigVersion, GuildId};

use change::{How, change};
use desk::Desk;

/// The arguments of `aimod config`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show all settings of a guild, or one with its meaning.
    Show {
        /// The setting.
        key: Option<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Change a setting.
    Set {
        /// The setting.
        key: String,
        /// Its new value; entries of a list with commas between.
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
    },
    /// Add entries to a list; what is in it already stays.
    Add {
        /// The list.
        key: String,
        /// What is added; several entries with commas between.
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
    },
    /// Take entries out of a list; the others stay.
    Remove {
        /// The list.
        key: String,
        /// What is taken out; several entries with commas between.
        #[arg(allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
    },
    /// Give a setting its default back.
    Reset {
        /// The setting.
        key: String,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
    },
    /// Show what was changed when, by whom and why, newest first.
    History {
        /// The setting; all of them where it is left out.
        key: Option<String>,
        #[command(flatten)]
        of: Of,
        /// The most changes.
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Only changes before this version.
        #[arg(long, value_name = "VERSION", value_parser = version)]
        before: Option<ConfigVersion>,
    },
    /// Show what lies between two versions.
    Diff {
        /// The one version.
        #[arg(value_parser = version)]
        from: ConfigVersion,
        /// The other; the one that holds now where it is left out.
        #[arg(value_parser = version)]
        to: Option<ConfigVersion>,
        #[command(flatten)]
        of: Of,
    },
    /// Take all settings back to an earlier version, after a question.
    Rollback {
        /// The version whose settings are to hold again.
        #[arg(value_parser = version)]
        target: ConfigVersion,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Look for settings that cannot work: on Discord too, where DISCORD_TOKEN is set.
    Check(check::Args),
    /// Print all that is set as a file for import.
    Export {
        #[command(flatten)]
        of: Of,
    },
    /// Take settings from a file of export, after a question.
    Import {
        /// The file; - for standard input.
        file: PathBuf,
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        remarks: Remarks,
        /// A channel or role of the file's guild, and the one that stands for it here; once for each.
        #[arg(long, value_name = "OLD=NEW", value_parser = transfer::pair)]
        map: Vec<(u64, u64)>,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

/// Whose configuration, and how it is told.
#[derive(Debug, clap::Args)]
struct Of {
    /// The guild's id.
    #[arg(long, value_name = "ID", value_parser = guild)]
    guild: GuildId,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What may be said about a change.
#[derive(Debug, clap::Args)]
struct Remarks {
    /// Why; the history shows it.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// The version you have seen: where the setting has changed since, nothing is changed.
    #[arg(long, value_name = "N", value_parser = version)]
    version: Option<ConfigVersion>,
}

fn guild(text: &str) -> Result<GuildId, String> {
    let id: u64 = text.parse().map_err(|_| "a guild's id is a number")?;
    match i64::try_from(id) {
        Ok(1..) => Ok(GuildId(id)),
        _ => Err("no guild has this id".to_owned()),
    }
}

fn version(text: &str) -> Result<ConfigVersion, String> {
    match text.parse() {
        Ok(version @ 0..) => Ok(ConfigVersion(version)),
        _ => Err("a version is 0, 1, 2 and so on".to_owned()),
    }
}

pub(super) async fn run(common: &Common, args: Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let outcome = match Desk::open(&visit).await {
        Ok(desk) => {
            let outcome = carry_out(&desk, args.command).await;
            desk.close().await;
            outcome
        }
        Err(error) => Err(error),
    };
    visit.close().await;
    match outcome {
        Ok(told) => {
            println!("{}", told.text);
            Ok(ExitCode::from(if told.found { 2 } else { 0 }))
        }
        Err(error) => words::refusal(error),
    }
}

/// What is printed at the end, and whether a check has found something.
struct Told {
    text: String,
    found: bool,
}

async fn carry_out(desk: &Desk<'_>, command: Command) -> anyhow::Result<Told> {
    if let Command::Check(args) = command {
        return check::tell(desk, &args).await;
    }
    let text = tell(desk, command).await?;
    Ok(Told { text, found: false })
}

async fn tell(desk: &Desk<'_>, command: Command) -> anyhow::Result<String> {
    match command {
        Command::Show { key, of } => show::tell(desk, &of, key.as_deref()).await,
        Command::Set {
            key,
            value,
            of,
            remarks,
        } => change(desk, &of, How::Set(&key, &value), remarks).await,
        Command::Add {
            key,
            value,
            of,
            remarks,
        } => change(desk, &of, How::Add(&key, &value), remarks).await,
        Command::Remove {
            key,
            value,
            of,
            remarks,
        } => change(desk, &of, How::Remove(&key, &value), remarks).await,
        Command::Reset { key, of, remarks } => change(desk, &of, How::Reset(&key), remarks).await,
        Command::History {
            key,
            of,
            limit,
            before,
        } => history::tell(desk, &of, key.as_deref(), (before, limit)).await,
        Command::Diff { from, to, of } => past::diff(desk, &of, from, to).await,
        Command::Rollback {
            target,
            of,
            remarks,
            yes,
        } => past::rollback(desk, &of, target, remarks, yes).await,
        Command::Check(args) => Ok(check::tell(desk, &args).await?.text),
        Command::Export { of } => transfer::export(desk, &of).await,
        Command::Import {
            file,
            of,
            remarks,
            map,
            yes,
        } => {
            let file = transfer::File { file, map };
            transfer::import(desk, &of, &file, remarks, yes).await
        }
    }
}
