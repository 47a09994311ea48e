//! Actions in the few groups that a picture can tell apart by colour.

/// A kind of action. Older programs had several words for one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    Delete,
    Warn,
    Timeout,
    Kick,
    Ban,
    Notify,
    Other,
}

/// How many groups there are.
pub(crate) const GROUPS: usize = 7;

impl Group {
    /// All of them, in the order in which they are stacked and listed.
    pub(crate) const ALL: [Self; GROUPS] = [
        Self::Delete,
        Self::Warn,
        Self::Timeout,
        Self::Kick,
        Self::Ban,
        Self::Notify,
        Self::Other,
    ];

    /// The group of an action as the table has it.
    pub(crate) fn of(action: &str) -> Self {
        match action.trim().to_ascii_uppercase().as_str() {
            "DELETE" | "DELETE_MESSAGE" => Self::Delete,
            "WARN" | "WARNING" => Self::Warn,
            word if word.starts_with("TIMEOUT") => Self::Timeout,
            "MUTE" => Self::Timeout,
            "KICK" => Self::Kick,
            "BAN" | "GLOBAL_BAN" => Self::Ban,
            "NOTIFY_MODS" | "SUICIDAL" => Self::Notify,
            _ => Self::Other,
        }
    }

    /// Its word, as cases have it; the rest has none.
    pub(crate) const fn word(self) -> Option<&'static str> {
        match self {
            Self::Delete => Some("DELETE"),
            Self::Warn => Some("WARN"),
            Self::Timeout => Some("TIMEOUT"),
            Self::Kick => Some("KICK"),
            Self::Ban => Some("BAN"),
            Self::Notify => Some("NOTIFY"),
            Self::Other => None,
        }
    }
}
