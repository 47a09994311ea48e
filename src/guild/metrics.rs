//! What Prometheus sees of guild actors and their configuration.

use crate::telemetry::metrics::{SECONDS, metrics};

/// The series that every message touches, looked up once per actor: a look-up each would cost more than the rest of
/// the way.
pub(super) struct MessageMeters {
    pub(super) wait: ::metrics::Histogram,
    pub(super) decision: ::metrics::Histogram,
    pub(super) judged: ::metrics::Counter,
}

impl MessageMeters {
    pub(super) fn new() -> Self {
        Self {
            wait: MAILBOX_WAIT.handle([]),
            decision: MESSAGE_DECISION.handle([]),
            judged: MESSAGES_TOTAL.handle([]),
        }
    }
}

metrics! {
    /// Guilds by the state of their actor: awake, asleep, starting, parked.
    pub(crate) static ACTORS: Gauge<1> = ("aimod_guild_actors", ["state"]);
    /// Guild actors started anew, by why the former one ended: panic or error.
    pub(crate) static RESTARTS_TOTAL: Counter<1> = ("aimod_guild_restarts_total", ["reason"]);
    /// Time an event waited in its guild's mailbox.
    pub(crate) static MAILBOX_WAIT: Histogram<0> = ("aimod_guild_mailbox_wait_seconds", [], buckets SECONDS);
    /// Events and decisions given up: mailbox_full, actions_full.
    pub(crate) static SHED_TOTAL: Counter<1> = ("aimod_guild_shed_total", ["reason"]);
    /// Time from the commit of a change to the moment from which every event is judged by it.
    pub(crate) static RELOAD_SECONDS: Histogram<0> = ("aimod_config_reload_seconds", [], buckets SECONDS);
    /// Configuration changes by their way; outcome is written, unchanged, invalid, outdated or failed.
    pub(crate) static CHANGES_TOTAL: Counter<2> = ("aimod_config_changes_total", ["source", "outcome"]);
    /// Announcements of configuration versions: new to this process, or known.
    pub(crate) static ANNOUNCED_TOTAL: Counter<1> = ("aimod_config_announced_total", ["outcome"]);
    /// Configurations whose new version was found by comparing, because no announcement had come.
    pub(crate) static SWEPT_TOTAL: Counter<0> = ("aimod_config_swept_total", []);
    /// Whether changes that others make are heard: 1 or 0.
    pub(crate) static FOLLOWING: Gauge<0> = ("aimod_config_following", []);
    /// Stored values that did not fit their keys when they were read; the last good ones were kept.
    pub(crate) static MISFITS_TOTAL: Counter<0> = ("aimod_config_misfits_total", []);
    /// Decisions of the rooms.
    pub(crate) static DECISIONS_TOTAL: Counter<2> = ("aimod_decisions_total", ["room", "action"]);
    /// Time from a message's arrival in this process to its judgement, also where nothing follows.
    pub(crate) static MESSAGE_DECISION: Histogram<0> = ("aimod_message_decision_seconds", [], buckets SECONDS);
    /// Messages judged, also where nothing follows.
    pub(crate) static MESSAGES_TOTAL: Counter<0> = ("aimod_messages_judged_total", []);
}
