//! `aimod bench`: what the bot does under load, beside a reference from the same run.

pub mod bare;
mod feed;
mod gateway;
mod mix;
mod report;
mod town;

use clap::Subcommand;

/// Measures the bot under load.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Feed messages from a simulated Discord through the whole bot, and through bare serenity for comparison.
    Gateway(gateway::Args),
}

/// Runs the measurement and prints its figures.
///
/// # Errors
/// What could not start, and messages that were lost.
pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.what {
        What::Gateway(args) => gateway::run(args).await,
    }
}
