//! The room's keys, and the settings read from them.

use std::time::Duration;

use crate::domain::ids::ChannelId;
use crate::guild::config::key::{KeySpec, unset};
use crate::guild::config::snapshot::Values;
use crate::guild::config::value::{Kind, Value};
use crate::guild::keys::MODERATION_LOG_CHANNEL_ID;

const DAY: u64 = 86_400;

/// What Discord lets somebody write into one field of a form.
pub(super) const MOST_OF_A_FIELD: u64 = 4_000;

/// Whether members may appeal.
pub(super) static ENABLED: KeySpec = KeySpec::row(
    "APPEALS_ENABLED",
    Kind::Bool,
    || Some(Value::Bool(true)),
    "Whether members may appeal against their punishments.",
);

/// Where the staff decides.
pub(super) static CHANNEL_ID: KeySpec = KeySpec::row(
    "APPEALS_CHANNEL_ID",
    Kind::Channel,
    unset,
    "Where appeals are shown to the staff; where unset, MODERATION_LOG_CHANNEL_ID, and without that /appeals list alone.",
);

/// How long a denial holds.
pub(super) static WAIT: KeySpec = KeySpec::row(
    "APPEALS_WAIT",
    Kind::Seconds { most: 365 * DAY },
    || Some(Value::Seconds(7 * DAY)),
    "How long after a denial the same punishment cannot be appealed again.",
);

/// How long a member waits from one appeal to the next.
pub(super) static PAUSE: KeySpec = KeySpec::row(
    "APPEALS_PAUSE",
    Kind::Seconds { most: 28 * DAY },
    unset,
    "How long a member waits from one appeal to the next, whatever they are about; unset means not at all.",
);

/// How long a punishment stands unquestioned.
pub(super) static DELAY: KeySpec = KeySpec::row(
    "APPEALS_DELAY",
    Kind::Seconds { most: 365 * DAY },
    unset,
    "How long after a punishment it cannot be appealed yet; unset means that it can at once.",
);

/// The shortest appeal.
pub(super) static MIN_LENGTH: KeySpec = KeySpec::row(
    "APPEALS_MIN_LENGTH",
    Kind::Number {
        least: 1,
        most: 1_000,
    },
    || Some(Value::Number(20)),
    "How many characters an appeal has at least.",
);

/// The longest appeal.
pub(super) static MAX_LENGTH: KeySpec = KeySpec::row(
    "APPEALS_MAX_LENGTH",
    Kind::Number {
        least: 50,
        most: MOST_OF_A_FIELD,
    },
    || Some(Value::Number(1_000)),
    "How many characters an appeal has at most.",
);

/// All keys of the room.
pub(super) static KEYS: [&KeySpec; 7] = [
    &ENABLED,
    &CHANNEL_ID,
    &WAIT,
    &PAUSE,
    &DELAY,
    &MIN_LENGTH,
    &MAX_LENGTH,
];

/// What holds in a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) enabled: bool,
    /// Where cards are posted; nowhere without one.
    pub(super) channel: Option<ChannelId>,
    pub(super) wait: Duration,
    pub(super) pause: Duration,
    pub(super) delay: Duration,
    pub(super) least: usize,
    pub(super) most: usize,
}

impl Settings {
    /// Reads them from a guild's values.
    pub(super) fn of(values: &Values) -> Self {
        let seconds = |key| Duration::from_secs(values.seconds(key).unwrap_or_default());
        let number = |key| usize::try_from(values.number(key).unwrap_or(1)).unwrap_or(usize::MAX);
        let most = number(&MAX_LENGTH);
        Self {
            enabled: values.bool(&ENABLED),
            channel: values
                .channel(&CHANNEL_ID)
                .or_else(|| values.channel(&MODERATION_LOG_CHANNEL_ID)),
            wait: seconds(&WAIT),
            pause: seconds(&PAUSE),
            delay: seconds(&DELAY),
            // A shortest that is longer than the longest would shut everybody out.
            least: number(&MIN_LENGTH).min(most),
            most,
        }
    }
}

/// Whether nobody could write an appeal that is long and short enough.
pub(super) fn contradict(values: &Values) -> bool {
    values.number(&MIN_LENGTH) > values.number(&MAX_LENGTH)
}
