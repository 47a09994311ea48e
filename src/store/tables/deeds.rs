//! The records' words for what lasts until something ends it, and for what ends it: AIMod's own and those of older programs.

/// What a word of `moderation_logs.action_type` stands for, where it lasts or ends what lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastingDeed {
    /// A ban, in force until somebody lifts it.
    Ban,
    /// A timeout of any length.
    Timeout,
    /// The end of a ban.
    Unban,
    /// The end of a timeout.
    EndTimeout,
}

/// Every timeout's word begins with this, whatever its length is called.
const TIMEOUTS: &str = "TIMEOUT";

impl LastingDeed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ban, Self::Timeout, Self::Unban, Self::EndTimeout];

    /// Its words, in upper case.
    #[must_use]
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Ban => &["BAN", "GLOBAL_BAN", "TEMP_BAN", "SOFTBAN"],
            Self::Timeout => &[TIMEOUTS, "MUTE"],
            Self::Unban => &["UNBAN"],
            Self::EndTimeout => &["END_TIMEOUT", "REMOVE_TIMEOUT", "UNTIMEOUT", "UNMUTE"],
        }
    }

    /// What a word stands for, in any case; `None` where it is over in a moment.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim().to_ascii_uppercase();
        let is = |deed: &Self| {
            deed.words().contains(&word.as_str())
                || (*deed == Self::Timeout && word.starts_with(TIMEOUTS))
        };
        Self::ALL.into_iter().find(is)
    }

    /// The condition that a column holds one of its words.
    #[must_use]
    pub fn holds(self, column: &str) -> String {
        let words = self.words().join("', '");
        let one = format!("upper(trim({column})) IN ('{words}')");
        match self {
            Self::Timeout => format!("({one} OR upper(trim({column})) LIKE '{TIMEOUTS}%')"),
            _ => one,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_one_deed() {
        for deed in LastingDeed::ALL {
            for word in deed.words() {
                assert_eq!(LastingDeed::of(word), Some(deed), "{word}");
            }
        }
        assert_eq!(
            LastingDeed::of(" timeout_long "),
            Some(LastingDeed::Timeout)
        );
        for word in ["WARN", "KICK", "DELETE", "UNKNOWN", ""] {
            assert_eq!(LastingDeed::of(word), None, "{word}");
        }
    }

    #[test]
    fn the_database_knows_the_same_words() {
        assert_eq!(
            LastingDeed::Unban.holds("m.action_type"),
            "upper(trim(m.action_type)) IN ('UNBAN')"
        );
        let timeout = LastingDeed::Timeout.holds("a");
        assert_eq!(
            timeout,
            "(upper(trim(a)) IN ('TIMEOUT', 'MUTE') OR upper(trim(a)) LIKE 'TIMEOUT%')"
        );
    }
}
