//! The figures by which guild actors live, from the settings and from Discord's patience.

use std::time::Duration;

use crate::settings::GuildSettings;

/// How guild actors live.
#[derive(Clone, Debug)]
pub struct GuildOptions {
    /// How many letters a guild's mailbox holds.
    pub mailbox_capacity: usize,
    /// After how long without letters an actor sleeps.
    pub idle_after: Duration,
    /// The pause before the first restart; it doubles with each further crash.
    pub restart_pause: Duration,
    /// The longest pause before a restart.
    pub restart_pause_most: Duration,
    /// After so many crashes within the window a guild is parked.
    pub crash_limit: usize,
    /// The window.
    pub crash_window: Duration,
    /// For how long a guild is parked.
    pub parked_for: Duration,
    /// How long an actor waits for the commit of a change before it goes on judging.
    pub commit_within: Duration,
    /// How long a change or a look at a sleeping guild's configuration may take.
    pub answer_within: Duration,
    /// How long an event waits for room in its guild's mailbox, and with it all events of the gateway.
    pub room_within: Duration,
}

impl From<&GuildSettings> for GuildOptions {
    fn from(settings: &GuildSettings) -> Self {
        Self {
            mailbox_capacity: settings.mailbox_capacity,
            idle_after: settings.idle_after,
            restart_pause: settings.restart_backoff_min,
            restart_pause_most: settings.restart_backoff_max,
            crash_limit: usize::try_from(settings.crash_limit).unwrap_or(usize::MAX),
            crash_window: settings.crash_window,
            parked_for: settings.parked_retry,
            // Below Discord's three seconds, so that a person is told in time.
            commit_within: Duration::from_millis(2_000),
            answer_within: Duration::from_millis(2_500),
            room_within: Duration::from_millis(100),
        }
    }
}
