//! Waiting for the bot's answer to an interaction.

use std::time::Duration;

use serde_json::{Value, json};

use super::error::Timeout;
use super::run::Simulator;
use super::wait::LIMIT;
use crate::domain::ids::{ChannelId, MessageId};
use crate::simulator::shared::State;
use crate::simulator::world::World;
use crate::simulator::world::interaction::{FIRST_ANSWER, Interaction, Progress};
use crate::simulator::world::message::{LOADING, Message};

/// What the bot answered.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The text.
    pub content: String,
    /// The embeds in Discord's form.
    pub embeds: Vec<Value>,
    /// The rows of buttons and selects in Discord's form.
    pub components: Vec<Value>,
    /// Whether only the asking person sees it.
    pub ephemeral: bool,
    /// The answering message, to press its buttons; none for suggestions and forms.
    pub message: Option<MessageId>,
    /// Where it stands.
    pub channel: ChannelId,
    /// The form that the bot opened.
    pub modal: Option<Value>,
    /// The answers that came after the first one, in order.
    pub followups: Vec<Value>,
    /// The whole message in Discord's form.
    pub raw: Value,
}

impl Answer {
    /// Everything that a person reads in it: text, then titles, descriptions, fields and footers of the embeds, line
    /// by line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.content.clone()];
        for embed in &self.embeds {
            lines.extend(embed_lines(embed));
        }
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// The custom ids of its buttons and selects.
    #[must_use]
    pub fn custom_ids(&self) -> Vec<&str> {
        let rows = self.components.iter();
        let inside = rows
            .filter_map(|row| row["components"].as_array())
            .flatten();
        inside.filter_map(|one| one["custom_id"].as_str()).collect()
    }

    pub(crate) fn wire(&self) -> Value {
        json!({
            "content": self.content, "text": self.text(), "ephemeral": self.ephemeral, "message_id": self.message,
            "channel_id": self.channel, "embeds": self.embeds, "components": self.components, "modal": self.modal,
            "followups": self.followups,
        })
    }
}

fn embed_lines(embed: &Value) -> Vec<String> {
    let at = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![
        at(&embed["author"]["name"]),
        at(&embed["title"]),
        at(&embed["description"]),
    ];
    for field in embed["fields"].as_array().into_iter().flatten() {
        lines.push(format!("{}: {}", at(&field["name"]), at(&field["value"])));
    }
    lines.push(at(&embed["footer"]["text"]));
    lines
}

/// An interaction that the bot has been sent.
#[derive(Debug)]
pub struct Pending {
    sim: Simulator,
    id: u64,
    what: String,
}

impl Pending {
    pub(crate) fn new(sim: Simulator, id: u64, what: String) -> Self {
        Self { sim, id, what }
    }

    /// The final answer: a deferred one counts when it is filled in. Waits 30 s at most, and no longer than the bot may
    /// take in the world's time: 3 s to its first answer, 15 min to the last.
    ///
    /// # Errors
    ///
    /// [`Timeout`]: "the application did not respond".
    pub async fn answer(&self) -> Result<Answer, Timeout> {
        self.answer_when(|_| true).await
    }

    /// Waits until the answer, follow-ups and edits included, is as expected.
    ///
    /// # Errors
    ///
    /// [`Timeout`] after 30 s.
    pub async fn answer_when(
        &self,
        is_so: impl Fn(&Answer) -> bool + Sync,
    ) -> Result<Answer, Timeout> {
        self.within(LIMIT, &is_so).await
    }

    /// The final answer within a time of one's own.
    ///
    /// # Errors
    ///
    /// [`Timeout`].
    pub async fn answer_within(&self, limit: Duration) -> Result<Answer, Timeout> {
        self.within(limit, &|_| true).await
    }

    async fn within(
        &self,
        limit: Duration,
        is_so: &(dyn Fn(&Answer) -> bool + Sync),
    ) -> Result<Answer, Timeout> {
        let what = format!("the answer to {}", self.what);
        self.found(&what, limit, |state, found| {
            finished(&state.world, found).filter(|answer| is_so(answer))
        })
        .await
    }

    /// Waits for something of the interaction until it expires.
    async fn found<T>(
        &self,
        what: &str,
        limit: Duration,
        find: impl Fn(&State, &Interaction) -> Option<T>,
    ) -> Result<T, Timeout> {
        let shared = &self.sim.shared;
        let look = |state: &State| {
            let found = state.world.interactions.get(&self.id)?;
            let late = || found.expired_after(state.world.now()).map(Err);
            find(state, found).map(Ok).or_else(late)
        };
        // The machine's clock moves without ringing.
        let nudge = async {
            tokio::time::sleep(FIRST_ANSWER.to_std().unwrap_or_default()).await;
            shared.ring();
            std::future::pending().await
        };
        let looked = tokio::select! {
            looked = shared.wait(what, limit, look) => looked?,
            never = nudge => never,
        };
        looked.map_err(|limit| Timeout {
            what: what.to_owned(),
            limit,
        })
    }

    pub(crate) async fn choices(&self) -> Result<Vec<Value>, Timeout> {
        let what = format!("suggestions for {}", self.what);
        self.found(&what, LIMIT, |_, found| match &found.progress {
            Progress::Choices(choices) => Some(choices.clone()),
            _ => None,
        })
        .await
    }
}

/// The answer, if it is complete.
pub(super) fn finished(world: &World, found: &Interaction) -> Option<Answer> {
    let at = |id: MessageId| world.message(found.channel, id);
    let followups: Vec<&Message> = found.followups.iter().filter_map(|id| at(*id)).collect();
    let original = found.original.and_then(at);
    let first = match &found.progress {
        Progress::Open | Progress::Choices(_) => return None,
        Progress::Modal(form) => {
            return Some(Answer {
                modal: Some(form.clone()),
                channel: found.channel,
                raw: form.clone(),
                ..Answer::default()
            });
        }
        // A button's message that is still to be edited says nothing yet; a follow-up does.
        Progress::DeferredUpdate => None,
        _ => original.filter(|message| message.flags & LOADING == 0),
    };
    let loading = original.is_some_and(|message| message.flags & LOADING != 0);
    let (first, later) = match first {
        Some(first) => (first, followups.as_slice()),
        None if loading => return None,
        None => {
            let (first, later) = followups.split_first()?;
            (*first, later)
        }
    };
    let raw = world.dump_message(first);
    Some(Answer {
        content: first.content.clone(),
        embeds: first.embeds.clone(),
        components: first.components.clone(),
        ephemeral: first.is_ephemeral(),
        message: Some(first.id),
        channel: found.channel,
        modal: None,
        followups: later
            .iter()
            .map(|message| world.dump_message(message))
            .collect(),
        raw,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_what_a_person_reads() {
        let answer = Answer {
            content: "Done.".to_owned(),
            embeds: vec![json!({
                "author": {"name": "AIMod"}, "title": "Case 7", "description": "A ban",
                "fields": [{"name": "Who", "value": "mallory"}, {"name": "Why", "value": "scam"}],
                "footer": {"text": "today"},
            })],
            ..Answer::default()
        };
        assert_eq!(
            answer.text(),
            "Done.\nAIMod\nCase 7\nA ban\nWho: mallory\nWhy: scam\ntoday"
        );
        assert_eq!(Answer::default().text(), "");
    }

    #[test]
    fn buttons_and_selects_are_found_by_their_ids() {
        let answer = Answer {
            components: vec![
                json!({"type": 1, "components": [
                    {"type": 2, "custom_id": "yes"}, {"type": 2, "url": "https://example.invalid"},
                ]}),
                json!({"type": 1, "components": [{"type": 3, "custom_id": "which"}]}),
            ],
            ..Answer::default()
        };
        assert_eq!(answer.custom_ids(), ["yes", "which"]);
    }
}
