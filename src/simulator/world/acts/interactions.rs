//! Somebody uses a command, presses a button or asks for suggestions; the bot's first answer.

use serde_json::{Value, json};

use super::answers::Reply;
use crate::domain::ids::{MessageId, UserId};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::{components, limits};
use crate::simulator::world::World;
use crate::simulator::world::event::Event;
use crate::simulator::world::files::NewFile;
use crate::simulator::world::interaction::{
    Call, FIRST_ANSWER, Interaction, InteractionKind, Progress,
};
use crate::simulator::world::message::{Draft, EPHEMERAL, LOADING, Message, Origin};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

/// How many interactions are remembered, so that long runs do not grow.
const REMEMBERED: usize = 10_000;

/// Discord's numbers of interaction answers.
mod answer {
    pub(super) const PONG: u64 = 1;
    pub(super) const MESSAGE: u64 = 4;
    pub(super) const DEFERRED_MESSAGE: u64 = 5;
    pub(super) const DEFERRED_UPDATE: u64 = 6;
    pub(super) const UPDATE: u64 = 7;
    pub(super) const CHOICES: u64 = 8;
    pub(super) const MODAL: u64 = 9;
}

/// The bot's first answer: what kind it is, its data, and the files beside it.
#[derive(Clone, Debug)]
pub(crate) struct First<'a> {
    pub(crate) kind: u64,
    pub(crate) data: &'a Value,
    pub(crate) files: Vec<NewFile>,
}

impl<'a> First<'a> {
    /// An answer without files.
    #[cfg(test)]
    pub(crate) fn of(kind: u64, data: &'a Value) -> Self {
        Self {
            kind,
            data,
            files: Vec::new(),
        }
    }
}

impl World {
    /// Sends an interaction to the bot and remembers it until it is answered.
    ///
    /// What the client would not let through is refused: forms that are not filled in as they ask, choices that the
    /// message does not offer.
    pub(crate) fn call(&mut self, call: Call) -> Ruling<u64> {
        self.may_call(&call)?;
        self.check_sent(&call)?;
        let trigger = self.form_opened(&call).map(origin);
        let interaction = Interaction {
            id: self.next_id(),
            token: self.dice.token(6),
            kind: call.kind,
            guild: call.guild,
            channel: call.channel,
            user: call.user,
            name: call.name,
            at: self.now(),
            source: call.source,
            trigger,
            progress: Progress::Open,
            original: None,
            followups: Vec::new(),
        };
        let id = interaction.id;
        let body = wire::interaction::interaction(self, &interaction, &call.data).to_string();
        self.tokens.insert(interaction.token.clone(), id);
        self.interactions.insert(id, interaction);
        while self.interactions.len() > REMEMBERED {
            if let Some((_, old)) = self.interactions.pop_first() {
                self.tokens.remove(&old.token);
            }
        }
        self.emit(Event::new("INTERACTION_CREATE", call.guild, 0, body));
        Ok(id)
    }

    /// Who acts is there and sees the place; who is silenced presses nothing; what is shown to one alone is that one's.
    fn may_call(&self, call: &Call) -> Ruling {
        if let Some(guild) = call.guild {
            let member = self.member(guild, call.user);
            let member = member.ok_or(ApiError::MISSING_ACCESS)?;
            let pressed = matches!(
                call.kind,
                InteractionKind::Component | InteractionKind::Modal
            );
            if pressed && member.is_timed_out(self.now()) {
                return Err(ApiError::MISSING_PERMISSIONS);
            }
        }
        let held = self.permissions_in(call.channel, call.user);
        if !held.contains(Permissions::VIEW_CHANNEL) {
            return Err(ApiError::MISSING_ACCESS);
        }
        let source = call.source.and_then(|id| self.message(call.channel, id));
        let only = source.and_then(Message::only_for);
        if only.is_some_and(|user| user != call.user) {
            return Err(ApiError::UNKNOWN_MESSAGE);
        }
        Ok(())
    }

    fn check_sent(&self, call: &Call) -> Ruling {
        match call.kind {
            InteractionKind::Modal => match self.form_opened(call).map(|one| &one.progress) {
                Some(Progress::Modal(form)) => components::filled_in(form, &call.data),
                _ => Err(ApiError::UNKNOWN_INTERACTION),
            },
            InteractionKind::Component => {
                let source = call.source.and_then(|id| self.message(call.channel, id));
                source.map_or(Ok(()), |message| {
                    components::chosen(&message.components, &call.data)
                })
            }
            InteractionKind::Command | InteractionKind::Autocomplete => Ok(()),
        }
    }

    /// The interaction that was answered with the form which is sent now.
    fn form_opened(&self, call: &Call) -> Option<&Interaction> {
        let id = call.data["custom_id"].as_str();
        let id = id.filter(|_| call.kind == InteractionKind::Modal)?;
        self.open_form(call.user, id).map(|(opener, _)| opener)
    }

    /// The last form of this name that was opened for the user, with the interaction that opened it.
    pub(crate) fn open_form(
        &self,
        user: UserId,
        custom_id: &str,
    ) -> Option<(&Interaction, &Value)> {
        let newest = self.interactions.values().rev();
        let mut own = newest.filter(|one| one.user == user);
        own.find_map(|one| match &one.progress {
            Progress::Modal(form) if form["custom_id"] == custom_id => Some((one, form)),
            _ => None,
        })
    }

    /// The bot's first answer, within 3 s, once.
    pub(crate) fn answer(&mut self, id: u64, token: &str, first: First<'_>) -> Ruling {
        let now = self.now();
        let found = self.interactions.get(&id);
        let found = found.filter(|found| found.token == token);
        let found = found.ok_or(ApiError::UNKNOWN_INTERACTION)?;
        if found.progress != Progress::Open {
            return Err(ApiError::ALREADY_ANSWERED);
        }
        if now - found.at > FIRST_ANSWER {
            return Err(ApiError::UNKNOWN_INTERACTION);
        }
        fits(found, first.kind)?;
        let found = found.clone();
        let (progress, original) = self
            .first_answer(&found, first)
            .map_err(|error| error.below("data"))?;
        if let Some(stored) = self.interactions.get_mut(&id) {
            stored.progress = progress;
            stored.original = original;
        }
        Ok(())
    }

    fn first_answer(
        &mut self,
        found: &Interaction,
        First { kind, data, files }: First<'_>,
    ) -> Ruling<(Progress, Option<MessageId>)> {
        match kind {
            answer::MESSAGE => {
                let reply = Reply {
                    files,
                    ..Reply::read(data)?
                };
                let original = self.reply(found, reply)?;
                Ok((Progress::Answered, Some(original)))
            }
            answer::DEFERRED_MESSAGE => {
                let flags = data["flags"].as_u64().unwrap_or(0) & EPHEMERAL;
                let thinking = Draft {
                    flags: flags | LOADING,
                    origin: Some(origin(found)),
                    ..Draft::default()
                };
                let bot = self.bot.user;
                let original = self.place_message(bot, found.channel, thinking);
                Ok((Progress::Deferred, Some(original)))
            }
            answer::DEFERRED_UPDATE => Ok((Progress::DeferredUpdate, found.source)),
            answer::UPDATE => {
                let source = found.source.ok_or(ApiError::UNKNOWN_MESSAGE)?;
                let reply = Reply {
                    files,
                    ..Reply::read(data)?
                };
                self.rewrite(found.channel, source, reply.into_edit())?;
                Ok((Progress::Updated, Some(source)))
            }
            answer::CHOICES => {
                let choices = data["choices"].as_array().cloned().unwrap_or_default();
                check_choices(&choices)?;
                Ok((Progress::Choices(choices), None))
            }
            answer::MODAL => {
                components::modal(data)?;
                Ok((Progress::Modal(data.clone()), None))
            }
            _ => Err(unknown_kind()),
        }
    }

    /// Puts the bot's answer into the channel.
    pub(super) fn reply(&mut self, found: &Interaction, reply: Reply) -> Ruling<MessageId> {
        let mut draft = reply.into_draft();
        draft.origin = Some(origin(found));
        limits::draft(&draft)?;
        let bot = self.bot.user;
        Ok(self.place_message(bot, found.channel, draft))
    }
}

fn origin(found: &Interaction) -> Box<Origin> {
    Box::new(Origin {
        id: found.id,
        user: found.user,
        kind: found.kind.code(),
        name: found.name.clone(),
        source: found.source,
        trigger: found.trigger.clone(),
    })
}

/// Which answers fit which interaction.
fn fits(found: &Interaction, answered: u64) -> Ruling {
    let kind = found.kind;
    let fits = match answered {
        answer::MESSAGE | answer::DEFERRED_MESSAGE => kind != InteractionKind::Autocomplete,
        answer::DEFERRED_UPDATE | answer::UPDATE => {
            // A form has a message to change only if a button of it opened the form.
            found.source.is_some()
                && matches!(kind, InteractionKind::Component | InteractionKind::Modal)
        }
        answer::CHOICES => kind == InteractionKind::Autocomplete,
        answer::MODAL => matches!(kind, InteractionKind::Command | InteractionKind::Component),
        answer::PONG => false,
        _ => return Err(unknown_kind()),
    };
    if fits {
        return Ok(());
    }
    Err(wrong(
        "type",
        "INTERACTION_CALLBACK_TYPE_INVALID",
        "Interaction callback type is invalid for this interaction",
    ))
}

fn unknown_kind() -> ApiError {
    let message = "Value must be one of {1, 4, 5, 6, 7, 8, 9, 10, 12}.";
    wrong("type", "BASE_TYPE_CHOICES", message)
}

fn check_choices(choices: &[Value]) -> Ruling {
    let mut form = crate::simulator::rules::form::Form::default();
    form.too_many("choices", choices.len(), 25);
    for (index, choice) in choices.iter().enumerate() {
        let path = format!("choices.{index}");
        match choice["name"].as_str() {
            None | Some("") => form.missing(&format!("{path}.name")),
            Some(name) => form.too_long(&format!("{path}.name"), name, 100),
        }
        if let Some(value) = choice["value"].as_str() {
            form.too_long(&format!("{path}.value"), value, 100);
        }
    }
    form.finish()
}

/// What the answer to `?with_response=true` says.
pub(crate) fn callback_wire(world: &World, id: u64) -> Value {
    let Some(found) = world.interactions.get(&id) else {
        return Value::Null;
    };
    let message = found
        .original
        .and_then(|original| world.message(found.channel, original));
    let mut wire = json!({
        "interaction": {
            "id": id.to_string(), "type": found.kind.code(),
            "response_message_loading": message.is_some_and(|message| message.flags & LOADING != 0),
            "response_message_ephemeral": message.is_some_and(Message::is_ephemeral),
        },
    });
    if let Some(original) = found.original {
        wire["interaction"]["response_message_id"] = json!(original);
    }
    if let Some(message) = message {
        let rendered = wire::value(&wire::message::MessageWire::rest(world, message));
        let kind = match found.progress {
            Progress::Updated => answer::UPDATE,
            _ => answer::MESSAGE,
        };
        wire["resource"] = json!({"type": kind, "message": rendered});
    }
    wire
}
