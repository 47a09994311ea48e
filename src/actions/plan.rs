//! From a decision or an errand to its side effects, in the order in which they are carried out. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::call::Call;
use super::errand::Errand;
use crate::domain::ids::UserId;
use crate::domain::verdict::{Decision, Punishment};
use crate::store::tables::operations::{NewErrand, NewOperation, NewStep};

/// Why a step that only holds a place is skipped.
const NOTHING: &str = "nothing is to be done on Discord";

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
    /// The operation that it tells of and waits for, where that is not its own: see [`Errand::after`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Step {
    fn new(call: Call, reason: &str) -> Self {
        Self {
            call,
            reason: reason.to_owned(),
            obstacle: None,
            after: None,
        }
    }

    /// Stands where nothing is to be done on Discord: the first step is what claims an operation's key.
    fn nothing(reason: &str) -> Self {
        let call = Call::Notice {
            user: UserId(0),
            text: String::new(),
            buttons: Vec::new(),
            undone: None,
        };
        Self {
            obstacle: Some(NOTHING.to_owned()),
            ..Self::new(call, reason)
        }
    }

    /// Whether it only holds a place.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.obstacle.as_deref() == Some(NOTHING)
    }
}

/// The side effects of a decision: the message goes first, then the member is told (afterwards a kicked or banned
/// member cannot be reached), then punished, then the staff reads the card. Of what was done by hand only the card.
///
/// A decision without any side effect of its own gets an empty notice step, which is skipped: the first step is what
/// claims the decision's key.
#[must_use]
pub fn plan(decision: &Decision) -> Vec<Step> {
    let step = |call: Call| Step::new(call, &decision.reasoning);
    let mut steps = Vec::with_capacity(4);
    if decision.by_hand.is_none() {
        let message = decision.message;
        steps.extend(
            message.map(|(channel, message)| step(Call::DeleteMessage { channel, message })),
        );
        steps.extend(decision.notice.clone().map(|text| {
            step(Call::Notice {
                user: decision.target,
                text,
                buttons: decision.notice_buttons.clone(),
                undone: None,
            })
        }));
        steps.extend(punishment(decision).map(|call| Step {
            obstacle: decision.standing.obstacle(decision.punishment),
            ..step(call)
        }));
    }
    steps.extend(decision.card.clone().map(|card| step(Call::Card(card))));
    or_nothing(steps, &decision.reasoning)
}

fn punishment(decision: &Decision) -> Option<Call> {
    let user = decision.target;
    match decision.punishment {
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
        Punishment::EndTimeout => Some(Call::EndTimeout { user }),
        Punishment::Unban => Some(Call::Unban { user }),
    }
}

/// The side effects of an errand, in its own order.
#[must_use]
pub fn plan_errand(errand: &Errand) -> Vec<Step> {
    let calls = errand.calls.iter().cloned();
    let steps = calls.map(|call| Step {
        after: errand.after.clone(),
        ..Step::new(call, &errand.reason)
    });
    let steps = steps.collect();
    or_nothing(steps, &errand.reason)
}

fn or_nothing(mut steps: Vec<Step>, reason: &str) -> Vec<Step> {
    if steps.is_empty() {
        steps.push(Step::nothing(reason));
    }
    steps
}

/// The record that opens a decision's case and journals its steps, without what PostgreSQL cannot hold: a NUL that a
/// member manages to write must not keep the decision about it from being carried out.
///
/// # Errors
/// Never for plain data; the error is serde's.
pub fn operation(mut decision: Decision, steps: &[Step]) -> serde_json::Result<NewOperation> {
    let steps = journaled(steps)?;
    for text in [
        &mut decision.rule,
        &mut decision.reasoning,
        &mut decision.target_name,
    ] {
        text.retain(|letter| letter != '\0');
    }
    Ok(NewOperation { decision, steps })
}

/// The record that journals an errand's steps, without NUL like [`operation`].
///
/// # Errors
/// Never for plain data; the error is serde's.
pub fn new_errand(
    errand: Errand,
    given_at: DateTime<Utc>,
    steps: &[Step],
) -> serde_json::Result<NewErrand> {
    Ok(NewErrand {
        guild: errand.guild,
        key: errand.key,
        given_at,
        steps: journaled(steps)?,
    })
}

fn journaled(steps: &[Step]) -> serde_json::Result<Vec<NewStep>> {
    let journaled = steps.iter().map(|step| {
        let mut payload = serde_json::to_value(step)?;
        strip_nul(&mut payload);
        Ok(NewStep {
            kind: step.call.kind().to_owned(),
            payload,
        })
    });
    journaled.collect()
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
