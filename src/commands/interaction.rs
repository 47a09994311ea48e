//! What is pressed and filled in, from Discord's event to the answer: finds who answers, checks, acknowledges, explains.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use poise::FrameworkContext;
use serenity::all::{
    ComponentInteraction, ComponentInteractionDataKind, CreateAllowedMentions,
    CreateInteractionResponse, CreateInteractionResponseFollowup, CreateInteractionResponseMessage,
    EditInteractionResponse, FullEvent, Interaction, ModalInteraction,
};

use super::components::{Answer, Place, Press, Reaction, rest_of};
use super::forms::{Form, Submission, SubmissionHandler, filled, made_in_time};
use super::permission::{Needs, suffices};
use super::reply::Message;
use super::run::{self, Outcome, Run};
use super::{CommandError, Services, words};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::language::Language;

/// What an unknown custom id counts as.
const UNKNOWN: &str = "unknown button";

/// Sees every event; only presses and forms concern it. Commands and suggestions have been dealt with.
pub(super) async fn dispatch(
    framework: FrameworkContext<'_, Services, CommandError>,
    event: &FullEvent,
) -> Result<(), CommandError> {
    let FullEvent::InteractionCreate { interaction } = event else {
        return Ok(());
    };
    let source = match interaction {
        Interaction::Component(pressed) => Source::Press(pressed),
        Interaction::Modal(sent) => Source::Form(sent),
        _ => return Ok(()),
    };
    let services = framework.user_data;
    let call = Call {
        services,
        serenity: framework.serenity_context,
        source,
        began: Instant::now(),
        time: services.clock.now(),
    };
    call.answer().await;
    Ok(())
}

/// What Discord sent.
#[derive(Clone, Copy)]
enum Source<'a> {
    Press(&'a ComponentInteraction),
    Form(&'a ModalInteraction),
}

/// Who answers, and by what.
struct Found<'a> {
    name: &'static str,
    needs: Needs,
    place: Place,
    reaction: Taken<'a>,
    rest: &'a str,
}

#[derive(Clone, Copy)]
enum Taken<'a> {
    Press(&'a Reaction),
    Form(SubmissionHandler),
}

/// What a press or form is about.
#[derive(Clone, Copy)]
struct About<'a> {
    guild: GuildId,
    rest: &'a str,
    language: Language,
}

struct Call<'a> {
    services: &'a Services,
    serenity: &'a serenity::all::Context,
    source: Source<'a>,
    began: Instant,
    time: DateTime<Utc>,
}

impl<'a> Source<'a> {
    fn custom_id(self) -> &'a str {
        match self {
            Self::Press(pressed) => &pressed.data.custom_id,
            Self::Form(sent) => &sent.data.custom_id,
        }
    }

    fn guild(self) -> Option<GuildId> {
        let guild = match self {
            Self::Press(pressed) => pressed.guild_id,
            Self::Form(sent) => sent.guild_id,
        };
        guild.map(|guild| GuildId(guild.get()))
    }

    fn user(self) -> UserId {
        let user = match self {
            Self::Press(pressed) => pressed.user.id,
            Self::Form(sent) => sent.user.id,
        };
        UserId(user.get())
    }

    /// Discord computes what the member may do and sends it along. In direct messages nobody is a member.
    fn permissions(self) -> Permissions {
        let member = match self {
            Self::Press(pressed) => pressed.member.as_ref(),
            Self::Form(sent) => sent.member.as_ref(),
        };
        let has = member.and_then(|member| member.permissions);
        has.map_or(Permissions::NONE, |has| Permissions(has.bits()))
    }

    /// Whether there is a message that an answer can change: a form that a command opened has none.
    fn has_message(self) -> bool {
        match self {
            Self::Press(_) => true,
            Self::Form(sent) => sent.message.is_some(),
        }
    }
}

impl<'a> Call<'a> {
    async fn answer(&self) {
        let Some(found) = self.find() else {
            return self.refuse_unknown().await;
        };
        let Some((guild, rest)) = self.guild_of(&found) else {
            let text = words::TEXTS.say(Language::En, "commands-server-only", &[]);
            return self.say_at_once(text).await;
        };
        let opens = matches!(found.reaction, Taken::Press(Reaction::Form(_)));
        if !opens {
            self.acknowledge(found.name).await;
        }
        let language = words::language_in(self.services, guild).await;
        let about = About {
            guild,
            rest,
            language,
        };
        let outcome = match self.carry_out(&found, about).await {
            Ok(()) => Outcome::Ok,
            Err(error) => {
                let (outcome, text) = words::explained(error, found.name, language);
                self.explain(text, opens).await;
                outcome
            }
        };
        self.note(guild, found.name, outcome).await;
    }

    fn find(&self) -> Option<Found<'a>> {
        let id = self.source.custom_id();
        match self.source {
            Source::Press(_) => self.services.components.iter().find_map(|one| {
                Some(Found {
                    name: one.name,
                    needs: one.needs,
                    place: one.place,
                    reaction: Taken::Press(&one.reaction),
                    rest: rest_of(id, one.prefix)?,
                })
            }),
            Source::Form(_) => self.services.forms.iter().find_map(|one| {
                Some(Found {
                    name: one.name,
                    needs: one.needs,
                    place: one.place,
                    reaction: Taken::Form(one.handle),
                    rest: rest_of(id, one.prefix)?,
                })
            }),
        }
    }

    /// The server that it is about, and what else the custom id carries.
    fn guild_of(&self, found: &Found<'a>) -> Option<(GuildId, &'a str)> {
        match found.place {
            Place::Guild => Some((self.source.guild()?, found.rest)),
            Place::Direct => {
                let (guild, rest) = found.rest.split_once('/').unwrap_or((found.rest, ""));
                Some((guild.parse().ok()?, rest))
            }
        }
    }

    async fn refuse_unknown(&self) {
        let guild = self.source.guild();
        let language = match guild {
            Some(guild) => words::language_in(self.services, guild).await,
            None => Language::En,
        };
        let text = words::TEXTS.say(language, "commands-older-button", &[]);
        self.say_at_once(text).await;
        if let Some(guild) = guild {
            self.note(guild, UNKNOWN, Outcome::Refused).await;
        }
    }

    /// Discord waits three seconds for a first answer; whatever the room does, it has been answered by then.
    async fn acknowledge(&self, name: &str) {
        let response = if self.source.has_message() {
            CreateInteractionResponse::Acknowledge
        } else {
            CreateInteractionResponse::Defer(
                CreateInteractionResponseMessage::new().ephemeral(true),
            )
        };
        if let Err(error) = self.respond(response).await {
            tracing::warn!(%error, component = name, "a press could not be acknowledged");
        }
    }

    async fn respond(&self, response: CreateInteractionResponse) -> serenity::Result<()> {
        match self.source {
            Source::Press(pressed) => pressed.create_response(self.serenity, response).await,
            Source::Form(sent) => sent.create_response(self.serenity, response).await,
        }
    }

    async fn carry_out(&self, found: &Found<'_>, about: About<'_>) -> Result<(), CommandError> {
        let (user, has) = (self.source.user(), self.source.permissions());
        suffices(self.services, found.needs, user, has)?;
        match found.reaction {
            Taken::Press(Reaction::Answer(handle)) => {
                let press = self.press(about);
                self.send(unwound(found.name, handle(&press)).await?)
                    .await?;
            }
            Taken::Press(Reaction::Form(open)) => {
                let press = self.press(about);
                let made = made_in_time(self.began, unwound(found.name, open(&press)));
                let form: Form = made.await?;
                self.respond(CreateInteractionResponse::Modal(form.to_modal()))
                    .await?;
            }
            Taken::Form(handle) => {
                let filled = self.filled();
                let submission = Submission {
                    services: self.services,
                    guild: about.guild,
                    user,
                    has,
                    rest: about.rest,
                    language: about.language,
                    filled: &filled,
                };
                self.send(unwound(found.name, handle(&submission)).await?)
                    .await?;
            }
        }
        Ok(())
    }

    fn press<'b>(&'b self, about: About<'b>) -> Press<'b> {
        Press {
            services: self.services,
            guild: about.guild,
            user: self.source.user(),
            has: self.source.permissions(),
            rest: about.rest,
            values: match self.source {
                Source::Press(pressed) => chosen(&pressed.data.kind),
                Source::Form(_) => &[],
            },
            language: about.language,
        }
    }

    fn filled(&self) -> Vec<(String, String)> {
        match self.source {
            Source::Press(_) => Vec::new(),
            Source::Form(sent) => filled(&sent.data),
        }
    }

    async fn send(&self, answer: Answer) -> serenity::Result<()> {
        match answer {
            Answer::Update(message) => self.edit(message).await,
            // The deferred answer to a form is all that the person sees.
            Answer::Say(message) if !self.source.has_message() => self.edit(message).await,
            Answer::Say(message) => self.follow_up(message).await,
        }
    }

    async fn edit(&self, message: Message) -> serenity::Result<()> {
        let mut edit = EditInteractionResponse::new()
            .content(message.text.clone())
            .components(message.rows())
            .embeds(message.card.clone().into_iter().collect())
            .allowed_mentions(CreateAllowedMentions::new());
        for file in message.files {
            edit = edit.new_attachment(file);
        }
        match self.source {
            Source::Press(pressed) => pressed.edit_response(self.serenity, edit).await?,
            Source::Form(sent) => sent.edit_response(self.serenity, edit).await?,
        };
        Ok(())
    }

    async fn follow_up(&self, message: Message) -> serenity::Result<()> {
        let followup = CreateInteractionResponseFollowup::new()
            .content(message.text.clone())
            .components(message.rows())
            .embeds(message.card.clone().into_iter().collect())
            .add_files(message.files)
            .ephemeral(true)
            .allowed_mentions(CreateAllowedMentions::new());
        match self.source {
            Source::Press(pressed) => pressed.create_followup(self.serenity, followup).await?,
            Source::Form(sent) => sent.create_followup(self.serenity, followup).await?,
        };
        Ok(())
    }

    /// Says what went wrong to the person who pressed, alone.
    async fn explain(&self, text: String, first_answer: bool) {
        if first_answer {
            return self.say_at_once(text).await;
        }
        if let Err(error) = self.send(Answer::Say(Message::new(text))).await {
            tracing::warn!(%error, "the answer to a press did not arrive");
        }
    }

    async fn say_at_once(&self, text: String) {
        let message = CreateInteractionResponseMessage::new()
            .content(text)
            .ephemeral(true);
        let response = CreateInteractionResponse::Message(message);
        if let Err(error) = self.respond(response).await {
            tracing::warn!(%error, "the answer to a press did not arrive");
        }
    }

    async fn note(&self, guild: GuildId, name: &'static str, outcome: Outcome) {
        let run = Run {
            guild,
            user: self.source.user(),
            command: name.to_owned(),
            called_at: self.time,
            duration: self.began.elapsed(),
            outcome,
        };
        run::note(self.services, name, &run).await;
    }
}

/// What a room's handler gives; its panic is a fault like any other.
async fn unwound<T>(
    name: &str,
    handling: BoxFuture<'_, Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let caught = AssertUnwindSafe(handling).catch_unwind().await;
    caught.map_err(|_| anyhow::anyhow!("{name} panicked"))?
}

fn chosen(kind: &ComponentInteractionDataKind) -> &[String] {
    match kind {
        ComponentInteractionDataKind::StringSelect { values } => values,
        _ => &[],
    }
}
