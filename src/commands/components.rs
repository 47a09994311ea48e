//! Buttons, selects and forms that outlive the process: their custom ids carry all that is needed.
//!
//! A room declares a [`Component`] by the beginning of its custom ids; the rest of an id, up to Discord's 100 characters,
//! is the room's own. Everything else is as for commands: the permission is part of the declaration and checked here,
//! the press is acknowledged before anything may wait, faults are told in words, runs are counted and logged.

use std::fmt::Display;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use poise::FrameworkContext;
use serenity::all::{
    ComponentInteraction, ComponentInteractionDataKind, CreateAllowedMentions,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    EditInteractionResponse, FullEvent, Interaction,
};

use super::permission::{Needs, suffices};
use super::reply::Message;
use super::run::{self, Outcome, Run};
use super::{CommandError, Services, words};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::language::Language;

/// The most characters of a custom id.
const MOST_ID_CHARACTERS: usize = 100;

/// What an unknown custom id counts as.
const UNKNOWN: &str = "unknown button";

/// A kind of button or select that a room answers.
pub struct Component {
    /// Its name in metrics and in the log of runs.
    pub name: &'static str,
    /// What its custom ids begin with, such as `config/show`; a slash and the room's own part follow.
    pub prefix: &'static str,
    /// Who may press it.
    pub needs: Needs,
    /// What happens then.
    pub handle: Handler,
}

/// Answers a press.
pub type Handler = for<'a> fn(&'a Press<'a>) -> BoxFuture<'a, Result<Answer, CommandError>>;

/// What becomes of a press.
#[derive(Debug)]
pub enum Answer {
    /// The message that was pressed changes into this one.
    Update(Message),
    /// The person who pressed reads this, alone.
    Say(Message),
}

/// Somebody pressed, and may.
pub struct Press<'a> {
    /// What commands work with.
    pub services: &'a Services,
    /// Where.
    pub guild: GuildId,
    /// Who.
    pub user: UserId,
    /// What follows the prefix in the custom id.
    pub rest: &'a str,
    /// What was chosen in a select.
    pub values: &'a [String],
    /// The language of the answer.
    pub language: Language,
}

/// A custom id of a component: its prefix and the parts that its handler needs.
///
/// Longer than Discord takes it cannot be: rooms put numbers and key names into it, and a test presses each.
#[must_use]
pub fn custom_id(prefix: &str, parts: &[&dyn Display]) -> String {
    let id = parts
        .iter()
        .fold(prefix.to_owned(), |id, part| format!("{id}/{part}"));
    debug_assert!(id.chars().count() <= MOST_ID_CHARACTERS, "{id}");
    id
}

/// Sees every event; only presses concern it. Commands and suggestions have been dealt with.
pub(super) async fn dispatch(
    framework: FrameworkContext<'_, Services, CommandError>,
    event: &FullEvent,
) -> Result<(), CommandError> {
    if let FullEvent::InteractionCreate {
        interaction: Interaction::Component(pressed),
    } = event
    {
        let services = framework.user_data;
        let call = Call {
            services,
            serenity: framework.serenity_context,
            pressed,
            began: Instant::now(),
            time: services.clock.now(),
        };
        call.answer().await;
    }
    Ok(())
}

struct Call<'a> {
    services: &'a Services,
    serenity: &'a serenity::all::Context,
    pressed: &'a ComponentInteraction,
    began: Instant,
    time: DateTime<Utc>,
}

impl Call<'_> {
    async fn answer(&self) {
        let Some(guild) = self.pressed.guild_id else {
            let text = words::TEXTS.say(Language::En, "commands-server-only", &[]);
            return self.refuse_at_once(text).await;
        };
        let guild = GuildId(guild.get());
        let id = self.pressed.data.custom_id.as_str();
        let Some((component, rest)) = find(&self.services.components, id) else {
            let language = words::language_in(self.services, guild).await;
            let text = words::TEXTS.say(language, "commands-older-button", &[]);
            self.refuse_at_once(text).await;
            return self.note(guild, UNKNOWN, Outcome::Refused).await;
        };
        self.acknowledge(component).await;
        let language = words::language_in(self.services, guild).await;
        let outcome = match self.carry_out(component, rest, (guild, language)).await {
            Ok(()) => Outcome::Ok,
            Err(error) => self.explain(component, error, language).await,
        };
        self.note(guild, component.name, outcome).await;
    }

    /// Discord waits three seconds for a first answer; whatever the room does, it has been answered by then.
    async fn acknowledge(&self, component: &Component) {
        let acknowledge = CreateInteractionResponse::Acknowledge;
        let sent = self.pressed.create_response(self.serenity, acknowledge);
        if let Err(error) = sent.await {
            tracing::warn!(%error, component = component.name, "a press could not be acknowledged");
        }
    }

    /// Says what went wrong to the person who pressed, alone.
    async fn explain(
        &self,
        component: &Component,
        error: CommandError,
        language: Language,
    ) -> Outcome {
        let (outcome, text) = words::explained(error, component.name, language);
        if let Err(error) = self.send(Answer::Say(Message::new(text))).await {
            tracing::warn!(%error, "the answer to a press did not arrive");
        }
        outcome
    }

    async fn carry_out(
        &self,
        component: &Component,
        rest: &str,
        (guild, language): (GuildId, Language),
    ) -> Result<(), CommandError> {
        let member = self.pressed.member.as_ref();
        // Discord computes what the member may do and sends it with every press.
        let has = member.and_then(|member| member.permissions);
        let has = has.map_or(Permissions::NONE, |has| Permissions(has.bits()));
        suffices(has, component.needs.0)?;
        let press = Press {
            services: self.services,
            guild,
            user: UserId(self.pressed.user.id.get()),
            rest,
            values: chosen(&self.pressed.data.kind),
            language,
        };
        let answer = AssertUnwindSafe((component.handle)(&press))
            .catch_unwind()
            .await
            .map_err(|_| anyhow::anyhow!("{} panicked", component.name))??;
        Ok(self.send(answer).await?)
    }

    async fn send(&self, answer: Answer) -> serenity::Result<()> {
        match answer {
            Answer::Update(message) => {
                let mut edit = EditInteractionResponse::new()
                    .content(message.text.clone())
                    .components(message.rows())
                    .allowed_mentions(CreateAllowedMentions::new());
                for file in message.files {
                    edit = edit.new_attachment(file);
                }
                self.pressed.edit_response(self.serenity, edit).await?;
            }
            Answer::Say(message) => {
                let followup = CreateInteractionResponseFollowup::new()
                    .content(message.text.clone())
                    .components(message.rows())
                    .add_files(message.files)
                    .ephemeral(true)
                    .allowed_mentions(CreateAllowedMentions::new());
                self.pressed
                    .create_followup(self.serenity, followup)
                    .await?;
            }
        }
        Ok(())
    }

    async fn refuse_at_once(&self, text: String) {
        let message = CreateInteractionResponseMessage::new()
            .content(text)
            .ephemeral(true);
        let response = CreateInteractionResponse::Message(message);
        if let Err(error) = self.pressed.create_response(self.serenity, response).await {
            tracing::warn!(%error, "the answer to a press did not arrive");
        }
    }

    async fn note(&self, guild: GuildId, name: &'static str, outcome: Outcome) {
        let run = Run {
            guild,
            user: UserId(self.pressed.user.id.get()),
            command: name.to_owned(),
            called_at: self.time,
            duration: self.began.elapsed(),
            outcome,
        };
        run::note(self.services, name, &run).await;
    }
}

fn chosen(kind: &ComponentInteractionDataKind) -> &[String] {
    match kind {
        ComponentInteractionDataKind::StringSelect { values } => values,
        _ => &[],
    }
}

/// The component that a custom id belongs to, and the id's own part.
fn find<'a>(components: &'a [Component], id: &'a str) -> Option<(&'a Component, &'a str)> {
    components.iter().find_map(|component| {
        let rest = id.strip_prefix(component.prefix)?;
        let rest = rest.strip_prefix('/').or(rest.is_empty().then_some(""))?;
        Some((component, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(prefix: &'static str) -> Component {
        Component {
            name: prefix,
            prefix,
            needs: Needs(Permissions::MANAGE_GUILD),
            handle: |_| Box::pin(async { Ok(Answer::Say(Message::new("x"))) }),
        }
    }

    #[test]
    fn an_id_finds_its_component_and_carries_the_rest() {
        let all = [
            component("a/show"),
            component("a/show-more"),
            component("b"),
        ];
        let found =
            |id: &'static str| find(&all, id).map(|(one, rest)| (one.name, rest.to_owned()));
        assert_eq!(found("a/show/2/x"), Some(("a/show", "2/x".to_owned())));
        assert_eq!(
            found("a/show-more/2"),
            Some(("a/show-more", "2".to_owned()))
        );
        assert_eq!(found("b"), Some(("b", String::new())));
        assert_eq!(found("bb/1"), None);
        assert_eq!(found("a/"), None);
    }

    #[test]
    fn an_id_is_put_together_of_its_parts() {
        assert_eq!(custom_id("a/show", &[&2, &"KEY"]), "a/show/2/KEY");
        assert_eq!(custom_id("b", &[]), "b");
    }
}
