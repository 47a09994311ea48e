//! Tells Discord which commands there are, until it listens.

use std::sync::Arc;
use std::time::Duration;

use poise::builtins::create_application_commands;
use serenity::all::{CreateCommand, Http};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Command;

/// The pause after the first failed attempt; doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Registers the commands for all guilds beside whatever else happens: those of an earlier start work meanwhile, so that
/// a Discord that fails here must not silence them.
pub(super) fn begin(http: Arc<Http>, commands: &[Command], stopping: CancellationToken) {
    let commands = create_application_commands(commands);
    tokio::spawn(async move {
        stopping
            .run_until_cancelled(register(&http, &commands))
            .await
    });
}

async fn register(http: &Http, commands: &[CreateCommand]) {
    let mut pause = FIRST_PAUSE;
    while let Err(error) =
        serenity::all::Command::set_global_commands(http, commands.to_vec()).await
    {
        tracing::error!(%error, "Discord did not take the commands, trying again in {pause:?}");
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    tracing::info!(commands = commands.len(), "Discord knows the commands");
}
