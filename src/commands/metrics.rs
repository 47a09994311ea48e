//! What Prometheus sees of commands.

use crate::telemetry::metrics::{SECONDS, metrics};

metrics! {
    /// Commands that somebody ran; outcome is ok, refused, forbidden or error.
    pub(crate) static COMMANDS_TOTAL: Counter<2> = ("aimod_commands_total", ["command", "outcome"]);
    /// Time from a command's call to its end.
    pub(crate) static COMMAND_SECONDS: Histogram<1> = ("aimod_command_seconds", ["command"], buckets SECONDS);
}
