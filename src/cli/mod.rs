//! The command line: one file per subcommand.
//!
//! Exit codes: 0 done, 1 failed (with every reason on standard error), 2 a wrong command line, or what a subcommand
//! refuses or finds wrong.

mod backup;
#[cfg(feature = "simulator")]
pub mod bench;
mod blog;
mod cache;
mod config;
#[cfg(feature = "simulator")]
mod demo;
mod doctor;
mod erase;
mod export;
mod import;
mod keys;
mod migrate;
mod notes;
mod progress;
mod question;
mod run;
#[cfg(feature = "simulator")]
mod simulate;
mod stats;
mod visit;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::{LoadOptions, Settings, SettingsError, process_environment};

/// A self-hosted Discord moderation bot.
#[derive(Debug, Parser)]
#[command(name = "aimod", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every subcommand takes.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// Settings file; config/aimod.toml shows every setting. Variables of the environment beat it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot until SIGTERM or Ctrl-C.
    Run,
    /// Show the real bot on a simulated Discord, without a token.
    #[cfg(feature = "simulator")]
    Demo(demo::Args),
    /// Measure the bot under load on a simulated Discord.
    #[cfg(feature = "simulator")]
    Bench(bench::Args),
    /// Bring the database to this version's schema.
    Migrate(migrate::Args),
    /// Write the whole database into a file, also while the bot runs.
    Backup(backup::Args),
    /// Put the file of a backup into an empty database.
    Restore(backup::RestoreArgs),
    /// Look at guilds' configurations and change them, also while the bot runs elsewhere.
    Config(config::Args),
    /// Take over what the Python bot kept, from its files or from its database.
    Import(import::Args),
    /// Write posts, publish them, and take them back.
    Blog(blog::Args),
    /// Look at the shared cache in Redis, or empty it.
    Cache(cache::Args),
    /// Take away all that is kept of a guild, or what may go of a person, also while the bot runs elsewhere.
    Erase(erase::Args),
    /// Print all that is kept about a person, as the person's own `/mydata export` gives it, however much that is.
    Export(export::Args),
    /// Count a guild's infractions per action and day, also as a picture.
    Stats(stats::Args),
    /// Show all that is noted about a user, in every guild, and what an import brought.
    Notes(notes::Args),
    /// Make encryption keys, see which are needed, and change them.
    Keys(keys::Args),
    /// Run a simulated Discord alone, for curl and for a bot in another process.
    #[cfg(feature = "simulator")]
    Simulate(simulate::SimulateArgs),
    /// Check settings, database, Redis, keys and the Discord account, and tell what to do next.
    Doctor(doctor::Args),
}

impl Common {
    /// Loads the settings from the named file and the process's environment.
    ///
    /// # Errors
    /// All problems at once.
    pub fn settings(&self, token_required: bool) -> Result<Settings, SettingsError> {
        Settings::load(&LoadOptions {
            file: self.config.clone(),
            environment: process_environment(),
            token_required,
        })
    }
}

/// Runs the subcommand and turns its outcome into an exit code. An error is told once, here, with all its reasons.
pub async fn run(cli: Cli) -> ExitCode {
    let common = &cli.common;
    let outcome = match cli.command {
        Command::Run => run::run(common).await.map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "simulator")]
        Command::Demo(args) => demo::run(&args).await.map(|()| ExitCode::SUCCESS),
        #[cfg(feature = "simulator")]
        Command::Bench(args) => bench::run(&args).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate(args) => migrate::run(common, &args).await,
        Command::Backup(args) => backup::run(common, &args).await,
        Command::Restore(args) => backup::restore(common, &args).await,
        Command::Config(args) => config::run(common, args).await,
        Command::Import(args) => import::run(common, &args).await,
        Command::Blog(args) => blog::run(common, args).await,
        Command::Cache(args) => cache::run(common, args).await,
        Command::Erase(args) => erase::run(common, &args).await,
        Command::Export(args) => export::run(common, &args).await,
        Command::Stats(args) => stats::run(common, args).await,
        Command::Notes(args) => notes::run(common, args).await,
        Command::Keys(args) => keys::run(common, &args).await,
        #[cfg(feature = "simulator")]
        Command::Simulate(args) => simulate::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Doctor(args) => doctor::run(common, &args).await,
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("aimod: {error:#}");
        ExitCode::FAILURE
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_settings_file_may_stand_before_and_after_the_subcommand() {
        for words in [
            ["aimod", "--config", "a.toml", "doctor"],
            ["aimod", "doctor", "--config", "a.toml"],
        ] {
            let cli = Cli::try_parse_from(words).expect("a right command line");
            assert_eq!(cli.common.config, Some(PathBuf::from("a.toml")));
        }
    }

    #[test]
    fn what_is_erased_may_be_looked_at_first() {
        for words in [
            ["aimod", "erase", "--user", "1", "--dry-run"],
            ["aimod", "erase", "--guild", "2", "--yes"],
        ] {
            Cli::try_parse_from(words).expect("a right command line");
        }
    }

    #[test]
    fn a_wrong_command_line_is_refused() {
        for words in [
            &["aimod", "nonsense"][..],
            &["aimod", "migrate", "--down", "x"],
            &["aimod", "migrate", "--status", "--down", "1"],
            &["aimod", "migrate", "--status", "--grant", "x"],
            &["aimod", "keys"],
            &["aimod", "backup"],
            &["aimod", "erase"],
            &["aimod", "erase", "--user", "1", "--guild", "2"],
            &["aimod", "erase", "--user", "0"],
            &["aimod", "erase", "--guild", "x"],
        ] {
            let error = Cli::try_parse_from(words).expect_err("wrong");
            assert_eq!(error.exit_code(), 2, "{words:?}");
        }
    }
}
