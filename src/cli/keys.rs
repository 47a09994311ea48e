//! `aimod keys`: makes encryption keys.

use std::process::ExitCode;

use secrecy::ExposeSecret;

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
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Generate => println!("{}", Vault::generate_key().expose_secret()),
    }
    Ok(ExitCode::SUCCESS)
}
