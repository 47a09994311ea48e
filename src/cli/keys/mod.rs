//! `aimod keys`: makes encryption keys, tells which of them stored secrets need, and seals those anew with the first.
//!
//! Exit codes: 0 done, 1 failed, 2 where a stored secret opens with none of the keys.

mod check;
mod forget;
mod rotate;

use std::process::ExitCode;

use anyhow::Context as _;
use secrecy::ExposeSecret;

use super::Common;
use super::question::refusal;
use super::visit::Visit;
use crate::settings::Settings;
use crate::vault::Vault;

/// The arguments of `aimod keys`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print a fresh key for ENCRYPTION_KEY. Put it in front of older ones, with a comma between, to change keys.
    Generate,
    /// Count the stored secrets by the key that opens them.
    Check {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Seal every stored secret anew with the first key, also while the bot runs. Start it again after an interruption.
    Rotate,
    /// Give up the secrets in use that no key opens, after a question.
    Forget {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    if matches!(args.command, Command::Generate) {
        println!("{}", Vault::generate_key().expose_secret());
        return Ok(ExitCode::SUCCESS);
    }
    let settings = common.settings(false)?;
    let vault = vault_of(&settings)?;
    let visit = Visit::open(settings).await?;
    let told = match args.command {
        Command::Rotate => rotate::tell(&visit, vault.as_ref()).await,
        Command::Forget { yes } => forget::tell(&visit, vault.as_ref(), yes).await,
        Command::Check { json } => check::tell(&visit, vault.as_ref(), json).await,
        Command::Generate => Ok(Told::default()),
    };
    visit.close().await;
    match told {
        Ok(told) => {
            println!("{}", told.text);
            Ok(ExitCode::from(if told.lost { 2 } else { 0 }))
        }
        Err(error) => refusal(error),
    }
}

/// What is printed at the end, and whether a secret in use opens with no key.
#[derive(Debug, Default)]
struct Told {
    text: String,
    lost: bool,
}

/// The keys of the settings; `None` where none is set.
pub(crate) fn vault_of(settings: &Settings) -> anyhow::Result<Option<Vault>> {
    let keys = settings.vault.encryption_keys.as_ref();
    let vault = keys.map(Vault::from_keys).transpose();
    vault.context("ENCRYPTION_KEY cannot be used")
}

/// `1 secret`, `2 secrets`.
fn secrets(count: u64) -> String {
    match count {
        1 => "1 secret".to_owned(),
        many => format!("{many} secrets"),
    }
}
