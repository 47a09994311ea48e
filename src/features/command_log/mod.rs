//! The command log: who ran which command, when, and how it ended. Never the arguments.

mod table;
#[cfg(test)]
mod tests;

use futures_util::future::{BoxFuture, FutureExt as _};

use self::table::NewCommandLog;
use crate::commands::run::{Observer, Run};
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
            if let Err(error) = self.writer.keep(NewCommandLog::from(run)).await {
                tracing::error!(guild.id = %run.guild, command = run.command, %error, "a command was not logged");
            }
        }
        .boxed()
    }
}
