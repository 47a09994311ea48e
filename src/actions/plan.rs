//! From a decision to its side effects, in the order in which they are carried out. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::ids::{CaseNumber, ChannelId, MessageId, UserId};
use crate::domain::verdict::{Card, Decision, Punishment, with_case_number};
use crate::store::tables::operations::{NewOperation, NewStep};

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
    /// Sends the member a direct message.
    Notice {
        /// The member.
        user: UserId,
        /// What it says, with the mark for the case number.
        text: String,
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
    /// Bans the member.
    Ban {
        /// The member.
        user: UserId,
        /// How far back their messages are deleted.
        delete_message_secs: u32,
    },
    /// Posts a card in the log channel.
    Card(Card),
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
            Self::Card(_) => "CARD",
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
            Self::Card(_) => "card",
        }
    }

    /// Whether this is the punishment itself, which decides how the case ends.
    #[must_use]
    pub const fn is_punishment(&self) -> bool {
        matches!(
            self,
            Self::TimeOut { .. } | Self::Kick { .. } | Self::Ban { .. }
        )
    }

    /// The call with the case number in its texts; without one (the database is away) a dash stands there.
    #[must_use]
    pub fn with_case(self, case: Option<CaseNumber>) -> Self {
        let fill = |text: &str| match case {
            Some(number) => with_case_number(text, number),
            None => text.replace(crate::domain::verdict::CASE_NUMBER_MARK, "–"),
        };
        match self {
            Self::Notice { user, text } => Self::Notice {
                user,
                text: fill(&text),
            },
            Self::Card(card) => Self::Card(Card {
                title: fill(&card.title),
                fields: card
                    .fields
                    .iter()
                    .map(|(name, value)| (fill(name), fill(value)))
                    .collect(),
                ..card
            }),
            other => other,
        }
    }
}

/// A call as the journal holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is called.
    #[serde(flatten)]
    pub call: Call,
    /// Why, for Discord's audit log.
    pub reason: String,
    /// Why it is not worth trying, where that is known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obstacle: Option<String>,
}

/// The side effects of a decision: the message goes first, then the member is told (afterwards a kicked or banned
/// member cannot be reached), then punished, then the staff reads the card.
///
/// A decision without any side effect of its own gets an empty notice step, which is skipped: the first step is what
/// claims the decision's key.
#[must_use]
pub fn plan(decision: &Decision) -> Vec<Step> {
    let step = |call: Call| Step {
        call,
        reason: decision.reasoning.clone(),
        obstacle: None,
    };
    let user = decision.target;
    let obstacle = decision.standing.obstacle(decision.punishment);
    let mut steps = Vec::with_capacity(4);
    steps.extend(
        decision
            .message
            .map(|(channel, message)| step(Call::DeleteMessage { channel, message })),
    );
    steps.extend(
        decision
            .notice
            .clone()
            .map(|text| step(Call::Notice { user, text })),
    );
    let punishment = match decision.punishment {
        Punishment::Delete | Punishment::Warn => None,
        Punishment::Timeout { duration } => Some(Call::TimeOut {
            user,
            until: decision.decided_at + duration,
        }),
        Punishment::Kick => Some(Call::Kick { user }),
        Punishment::Ban {
            delete_message_secs,
        } => Some(Call::Ban {
            user,
            delete_message_secs,
        }),
    };
    steps.extend(punishment.map(|call| Step {
        obstacle,
        ..step(call)
    }));
    steps.extend(decision.card.clone().map(|card| step(Call::Card(card))));
    if steps.is_empty() {
        let nothing = "nothing is to be done on Discord".to_owned();
        steps.push(Step {
            obstacle: Some(nothing),
            ..step(Call::Notice {
                user,
                text: String::new(),
            })
        });
    }
    steps
}

/// The record that opens a decision's case and journals its steps, without what PostgreSQL cannot hold: a NUL that a
/// member manages to write must not keep the decision about it from being carried out.
///
/// # Errors
/// Never for plain data; the error is serde's.
pub fn operation(mut decision: Decision, steps: &[Step]) -> serde_json::Result<NewOperation> {
    let steps = steps
        .iter()
        .map(|step| {
            let mut payload = serde_json::to_value(step)?;
            strip_nul(&mut payload);
            Ok(NewStep {
                kind: step.call.kind().to_owned(),
                payload,
            })
        })
        .collect::<serde_json::Result<_>>()?;
    for text in [
        &mut decision.rule,
        &mut decision.reasoning,
        &mut decision.target_name,
    ] {
        text.retain(|letter| letter != '\0');
    }
    Ok(NewOperation { decision, steps })
}

fn strip_nul(value: &mut Value) {
    match value {
        Value::String(text) => text.retain(|letter| letter != '\0'),
        Value::Array(values) => values.iter_mut().for_each(strip_nul),
        Value::Object(fields) => fields.values_mut().for_each(strip_nul),
        _ => {}
    }
}

/// What Discord recognises a repeated message by, at most 25 characters: a fingerprint (FNV-1a) of the key and the
/// step. The key itself is too long, and its end is the same for two rooms that judge one message.
#[must_use]
pub fn nonce(key: &str, step: i16) -> String {
    let fingerprint = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{fingerprint:016x}.{step}")
}
