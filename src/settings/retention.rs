//! Settings of retention: how long what AIMod keeps about guilds and people is kept.

use std::time::Duration;

use super::section::section;

section! {
    /// How long what AIMod keeps is kept. A guild's own row and its configuration stay until the guild is purged.
    "retention" => RetentionSettings {
        /// Logged runs of commands. Whole months are dropped, so a run may be kept up to a month longer; 0 keeps them for
        /// ever, days.
        "command_logs_days" => command_logs_days: u32 = 90, 0..=36500;
        /// Everything of a guild that AIMod was removed from; coming back before that keeps it all. An outage of Discord is
        /// no removal. 0 keeps it for ever, days.
        "left_guild_days" => left_guild_days: u32 = 30, 0..=36500;
        /// Infractions, which are a member's record; 0 keeps them for ever, days.
        "infractions_days" => infractions_days: u32 = 0, 0..=36500;
        /// Cases, with the history of their reasons. Those that an infraction refers to stay with it, and so do bans and
        /// timeouts in force; numbers are never given out again. 0 keeps them for ever, days.
        "cases_days" => cases_days: u32 = 0, 0..=36500;
        /// Appeals, from the day they were decided; 0 keeps them for ever, days.
        "appeals_days" => appeals_days: u32 = 0, 0..=36500;
        /// Names, pictures and counters of users without infractions, from the day they were last seen; 0 keeps them for
        /// ever, days.
        "user_data_days" => user_data_days: u32 = 365, 0..=36500;
        /// Moderators' notes, from the day they were written; 0 keeps them for ever, days.
        "notes_days" => notes_days: u32 = 0, 0..=36500;
        /// Moderators' notes that somebody has removed, from that day on; those that count are kept. 0 keeps them for ever,
        /// days.
        "removed_notes_days" => removed_notes_days: u32 = 90, 0..=36500;
        /// Settled entries of the action journal. Those that wait are never touched, nor the card of an open appeal, days.
        "journal_days" => journal_days: u32 = 30, 2..=36500;
        /// Imports of settings that wait for their button, and how far shards listened that no process serves any more,
        /// days.
        "drafts_days" => drafts_days: u32 = 2, 2..=36500;
        /// How often all of this is looked through, by one process at a time, seconds.
        "every_secs" => every: Duration = Duration::from_secs(3600), 60..=604800;
    }
}
