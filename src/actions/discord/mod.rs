//! Discord's REST API as far as the house acts through it: one method per side effect, in order per rate-limit bucket.
//!
//! Calls of one bucket go one after another, because parallel calls into a bucket only collect answers of 429, and all
//! of them together keep below Discord's global limit. A call
//! waits as Discord tells it to, repeats what failed on the way, and gives up at its deadline with an error that says
//! whether trying again later makes sense ([`RestError::is_final`]).
//!
//! A repeated call is harmless: deleting, banning, timing out and what takes that back are idempotent, and a message
//! carries a nonce, so that posting it again returns the first one.

mod answer;
mod audit;
mod download;
mod error;
mod kept;
mod lanes;
mod limits;
mod look;
mod member;
mod messages;
mod metrics;
mod pace;
mod post;
mod punish;
mod rest;
mod send;

pub use audit::{AuditPage, KeptEntry};
pub use error::{RestError, SetupError, codes};
pub use kept::PAGE;
pub use limits::{BULK_BAN, MAX_DELETE_MESSAGE_SECS, NONCE_CHARS};
pub use look::GuildLook;
pub use member::{Application, MEMBERS_PAGE, MemberState};
pub use punish::BulkBanned;
pub use rest::{DiscordRest, RestOptions};

use crate::telemetry::metrics::Metric;

/// The metrics of the REST calls, for the list that is described at the start.
#[must_use]
pub fn metrics() -> &'static [&'static dyn Metric] {
    metrics::METRICS
}

#[cfg(test)]
mod tests;
