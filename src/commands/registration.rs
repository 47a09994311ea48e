//! Tells Discord which commands there are, until it listens.

use std::time::Duration;

use poise::builtins::create_application_commands;
use serenity::all::Context;
use tokio::time::sleep;

use super::Command;

/// The pause after the first failed attempt; doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Registers the commands for all guilds, however often Discord fails. Meanwhile those of an earlier start work: this
/// belongs beside everything else.
pub(super) fn register(discord: Context, commands: &[Command]) -> impl Future<Output = ()> + use<> {
    let commands = create_application_commands(commands);
    async move {
        let mut pause = FIRST_PAUSE;
        while let Err(error) =
            serenity::all::Command::set_global_commands(&discord, commands.clone()).await
        {
            tracing::error!(%error, "Discord did not take the commands, trying again in {pause:?}");
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        tracing::info!(commands = commands.len(), "Discord knows the commands");
    }
}
