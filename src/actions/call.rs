//! One call to Discord as plain data: what the journal holds and what is filled in before it is made.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{CaseNumber, ChannelId, MessageId, UserId};
use crate::domain::verdict::{
    Button, CASE_NUMBER_MARK, Card, Punishment, Undone, with_case_number,
};

/// One call to Discord, complete enough to be made by another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Deletes the judged message.
    DeleteMessage {
        /// Where it stands.
        channel: ChannelId,
        /// Which.
        message: MessageId,
    },
    /// Sends a user a direct message.
    Notice {
        /// The user.
        user: UserId,
        /// What it says, with the mark for the case number.
        text: String,
        /// What may be pressed under it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<Button>,
        /// What it says instead where the punishment was not carried out, with the same mark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undone: Option<String>,
    },
    /// Times the member out.
    TimeOut {
        /// The member.
        user: UserId,
        /// Until when: a fixed time, so that doing it again does not lengthen it.
        until: DateTime<Utc>,
    },
    /// Kicks the member.
    Kick {
        /// The member.
        user: UserId,
    },
    /// Bans the user.
    Ban {
        /// The user.
        user: UserId,
        /// How far back their messages are deleted.
        delete_message_secs: u32,
    },
    /// Ends the member's time-out.
    EndTimeout {
        /// The member.
        user: UserId,
    },
    /// Lifts the user's ban.
    Unban {
        /// The user.
        user: UserId,
    },
    /// Posts a card.
    Card(Card),
    /// Writes a card of the bot's own anew, its buttons included.
    EditCard {
        /// Where it stands; the new card's own channel does not count.
        channel: ChannelId,
        /// The message that shows it.
        message: MessageId,
        /// What it shows from now on.
        card: Card,
    },
    /// The same with a card that another operation posts, now or later: it waits until that card stands somewhere.
    EditPosted {
        /// The key of that operation.
        posted_by: String,
        /// What the card shows from now on; its own channel does not count.
        card: Card,
    },
}

impl Call {
    /// The journal's word for it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DeleteMessage { .. } => "DELETE_MESSAGE",
            Self::Notice { .. } => "NOTICE",
            Self::TimeOut { .. } => "TIMEOUT",
            Self::Kick { .. } => "KICK",
            Self::Ban { .. } => "BAN",
            Self::EndTimeout { .. } => "END_TIMEOUT",
            Self::Unban { .. } => "UNBAN",
            Self::Card(_) => "CARD",
            Self::EditCard { .. } | Self::EditPosted { .. } => "EDIT_CARD",
        }
    }

    /// The metric label.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::DeleteMessage { .. } => "delete_message",
            Self::Notice { .. } => "notice",
            Self::TimeOut { .. } => "timeout",
            Self::Kick { .. } => "kick",
            Self::Ban { .. } => "ban",
            Self::EndTimeout { .. } => "end_timeout",
            Self::Unban { .. } => "unban",
            Self::Card(_) => "card",
            Self::EditCard { .. } | Self::EditPosted { .. } => "edit_card",
        }
    }

    /// Whether this is the punishment itself, or takes it back, which decides how the case ends.
    #[must_use]
    pub const fn is_punishment(&self) -> bool {
        matches!(
            self,
            Self::TimeOut { .. }
                | Self::Kick { .. }
                | Self::Ban { .. }
                | Self::EndTimeout { .. }
                | Self::Unban { .. }
        )
    }

    /// Whether it writes anew what stands there already.
    #[must_use]
    pub const fn is_edit(&self) -> bool {
        matches!(self, Self::EditCard { .. } | Self::EditPosted { .. })
    }

    /// The call where the punishment that it tells of was not carried out, for this reason.
    #[must_use]
    pub fn undone(self, why: &str) -> Self {
        match self {
            Self::Notice {
                user,
                text,
                buttons,
                undone,
            } => Self::Notice {
                user,
                text: undone.unwrap_or(text),
                buttons,
                undone: None,
            },
            other => other.with_card(|card| card.undone(why)),
        }
    }

    fn with_card(self, change: impl FnOnce(Card) -> Card) -> Self {
        match self {
            Self::Card(card) => Self::Card(change(card)),
            Self::EditCard {
                channel,
                message,
                card,
            } => Self::EditCard {
                channel,
                message,
                card: change(card),
            },
            Self::EditPosted { posted_by, card } => Self::EditPosted {
                posted_by,
                card: change(card),
            },
            other => other,
        }
    }

    /// Whom it is about and what takes it back, where something does.
    #[must_use]
    pub const fn contrary(&self) -> Option<(UserId, Punishment)> {
        let ban = Punishment::Ban {
            delete_message_secs: 0,
        };
        let timeout = Punishment::Timeout {
            duration: Duration::ZERO,
        };
        match self {
            Self::Ban { user, .. } => Some((*user, Punishment::Unban)),
            Self::Unban { user } => Some((*user, ban)),
            Self::TimeOut { user, .. } => Some((*user, Punishment::EndTimeout)),
            Self::EndTimeout { user } => Some((*user, timeout)),
            _ => None,
        }
    }

    /// The call with the case number in its texts; without one (the database is away, or it belongs to no case) a dash
    /// stands there.
    #[must_use]
    pub fn with_case(self, case: Option<CaseNumber>) -> Self {
        match self {
            Self::Notice {
                user,
                text,
                buttons,
                undone,
            } => Self::Notice {
                user,
                text: fill(&text, case),
                buttons: buttons_with_case(buttons, case),
                undone: undone.map(|text| fill(&text, case)),
            },
            other => other.with_card(|card| card_with_case(card, case)),
        }
    }
}

fn fill(text: &str, case: Option<CaseNumber>) -> String {
    match case {
        Some(number) => with_case_number(text, number),
        None => text.replace(CASE_NUMBER_MARK, "–"),
    }
}

fn card_with_case(card: Card, case: Option<CaseNumber>) -> Card {
    Card {
        channel: card.channel,
        title: fill(&card.title, case),
        fields: card
            .fields
            .iter()
            .map(|(name, value)| (fill(name, case), fill(value, case)))
            .collect(),
        buttons: buttons_with_case(card.buttons, case),
        undone: card.undone.map(|undone| Undone {
            title: undone.title.map(|title| fill(&title, case)),
            field: undone.field,
        }),
    }
}

/// A button whose id wants the number of a case that has none yet is left out: it would lead nowhere.
fn buttons_with_case(buttons: Vec<Button>, case: Option<CaseNumber>) -> Vec<Button> {
    buttons
        .into_iter()
        .filter(|button| case.is_some() || !button.id.contains(CASE_NUMBER_MARK))
        .map(|button| Button {
            id: fill(&button.id, case),
            label: fill(&button.label, case),
            style: button.style,
        })
        .collect()
}
