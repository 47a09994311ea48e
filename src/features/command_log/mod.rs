//! The command log: who ran which command, when, and how it ended. Never the arguments.

mod table;
#[cfg(test)]
mod tests;

use futures_util::future::{BoxFuture, FutureExt as _};

use self::table::NewCommandLog;
use crate::commands::run::{Observer, Run};
use crate::domain::ids::UserId;
use crate::features::my_data;
use crate::writer::Writer;

/// Writes a row for every run.
pub struct CommandLog {
    writer: Writer,
}

impl CommandLog {
    /// A log that writes through `writer`.
    #[must_use]
    pub const fn new(writer: Writer) -> Self {
        Self { writer }
    }
}

impl Observer for CommandLog {
    fn note<'a>(&'a self, run: &'a Run) -> BoxFuture<'a, ()> {
        async move {
            // Who has just been forgotten is not named again by having asked for it.
            let nobody = (run.command == my_data::FORGETTING).then(|| Run {
                user: UserId(0),
                ..run.clone()
            });
            let run = nobody.as_ref().unwrap_or(run);
            if let Err(error) = self.writer.keep(NewCommandLog::from(run)).await {
                tracing::error!(guild.id = %run.guild, command = run.command, %error, "a command was not logged");
            }
        }
        .boxed()
    }
}
