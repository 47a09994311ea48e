//! What others may leave in Redis under a key of ours, from plain nonsense to what could be ours.

/// One form of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Garbage {
    /// A value of another type.
    Text,
    /// A value of yet another type.
    List,
    /// A version that is no number.
    NoNumber,
    /// JSON that was cut off.
    Truncated,
    /// JSON of another kind.
    NoObject,
    /// A value that its key does not take, in the right form and with the right sum.
    Unfit,
    /// What held before, in the right form and with the right sum.
    Older,
    /// A version that never was, in the right form and with the right sum.
    Invented,
}

/// Bot detection is on: not what holds.
const ON: &str = r#"{"botdetect_config.enabled":true,"botdetect_config.action":"delete"}"#;
/// Writes as AIMod does, whatever it is told.
const FORGE: &str = "redis.call('HSET', KEYS[1], 'version', ARGV[1], 'config', ARGV[2], 'sum', \
                     redis.sha1hex(KEYS[1] .. ' ' .. ARGV[1] .. ' ' .. ARGV[2])) \
                     return redis.call('PEXPIRE', KEYS[1], 300000)";

impl Garbage {
    pub(super) const ALL: [Self; 8] = [
        Self::Text,
        Self::List,
        Self::NoNumber,
        Self::Truncated,
        Self::NoObject,
        Self::Unfit,
        Self::Older,
        Self::Invented,
    ];

    /// The words of the command that leaves it, in a guild that has bot detection switched off at this version.
    pub(super) fn words(self, key: &str, version: i64) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let plain = |version: &str, config: &str| {
            words(&["HSET", key, "version", version, "config", config])
        };
        let forged = |version: i64, config: &str| {
            words(&["EVAL", FORGE, "1", key, &version.to_string(), config])
        };
        match self {
            Self::Text => words(&["SET", key, "garbage"]),
            Self::List => words(&["RPUSH", key, "garbage"]),
            Self::NoNumber => plain("seven", ON),
            Self::Truncated => plain(&version.to_string(), &ON[..30]),
            Self::NoObject => forged(version, "[true]"),
            Self::Unfit => forged(version, r#"{"botdetect_config.enabled":"perhaps"}"#),
            Self::Older => forged(version - 1, ON),
            Self::Invented => forged(version + 1_000, ON),
        }
    }
}
