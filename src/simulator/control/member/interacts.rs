//! Slash commands, suggestions, buttons, forms and context menus.

use serde_json::{Value, json};

use super::forms::filled;
use super::{SimMember, place_of};
use crate::domain::ids::{ChannelId, MessageId, UserId};
use crate::simulator::control::answer::Pending;
use crate::simulator::control::error::{ControlError, SlashError};
use crate::simulator::control::slash;
use crate::simulator::rules::error::ApiError;
use crate::simulator::world::World;
use crate::simulator::world::command::{Command, ON_MESSAGE, ON_USER};
use crate::simulator::world::interaction::{Call, InteractionKind};
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::interaction::resolved_member;
use crate::simulator::world::wire::message::MessageWire;
use crate::simulator::world::wire::{UserWire, value};

impl SimMember {
    /// Uses a slash command: `/config set key:ENABLED value:false`, or the values in declared order.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when the line fits no registered command or the client would hide it.
    pub fn runs(&self, line: &str) -> Result<Pending, ControlError> {
        self.send_command(line, true)
    }

    /// Uses a slash command although the client would hide it, to see whether the bot checks by itself.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when the line fits no registered command.
    pub fn runs_unchecked(&self, line: &str) -> Result<Pending, ControlError> {
        self.send_command(line, false)
    }

    fn send_command(&self, line: &str, checked: bool) -> Result<Pending, ControlError> {
        self.send(line, |world| {
            let commands = world.commands.visible_in(Some(self.guild.id()));
            let parsed = slash::parse(line, &commands)?;
            if checked {
                self.check_visible(world, parsed.command)?;
            }
            let data = parsed.data(world, Some(self.guild.id()))?;
            let name = parsed.command.spec.name.clone();
            self.prepared(world, InteractionKind::Command, name, data)
        })
    }

    /// What the bot suggests for the option that is being typed, which is the last one of the line.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when the line fits no command, [`ControlError::Timeout`] when no suggestions come.
    pub async fn autocompletes(&self, line: &str) -> Result<Vec<Value>, ControlError> {
        let pending = self.send(line, |world| {
            let commands = world.commands.visible_in(Some(self.guild.id()));
            let parsed = slash::parse(line, &commands)?;
            let data = parsed.partial_data(world, Some(self.guild.id()));
            let name = parsed.command.spec.name.clone();
            self.prepared(world, InteractionKind::Autocomplete, name, data)
        })?;
        Ok(pending.choices().await?)
    }

    /// What the bot suggests in the direct messages with it.
    ///
    /// # Errors
    ///
    /// As [`SimMember::autocompletes`], and [`ControlError::Slash`] where the command is not there outside of guilds.
    pub async fn autocompletes_directly(&self, line: &str) -> Result<Vec<Value>, ControlError> {
        let pending = self.send_directly(line, InteractionKind::Autocomplete)?;
        Ok(pending.choices().await?)
    }

    /// Presses a button.
    ///
    /// # Errors
    ///
    /// [`ControlError::Refused`] when the message is gone, [`ControlError::Unknown`] when it has no such button.
    pub fn presses(&self, message: MessageId, custom_id: &str) -> Result<Pending, ControlError> {
        self.selects(message, custom_id, &[])
    }

    /// Chooses values of a select; a button takes none.
    ///
    /// # Errors
    ///
    /// As [`SimMember::presses`].
    pub fn selects(
        &self,
        message: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Pending, ControlError> {
        self.send(&format!("the press of {custom_id}"), |world| {
            let channel = place_of(world, message)?;
            let found = world.message(channel, message);
            let found = found.ok_or(ApiError::UNKNOWN_MESSAGE)?;
            let kind = component_kind(&found.components, custom_id)
                .ok_or_else(|| ControlError::unknown("button", custom_id))?;
            let guild = found.guild;
            let mut data = json!({"custom_id": custom_id, "component_type": kind});
            if kind != 2 {
                let (values, resolved) = slash::chosen(world, guild, kind, values)?;
                data["values"] = json!(values);
                if !resolved.is_null() {
                    data["resolved"] = resolved;
                }
            }
            Ok(Call {
                kind: InteractionKind::Component,
                guild,
                channel,
                user: self.id,
                name: String::new(),
                source: Some(message),
                data,
            })
        })
    }

    /// Fills in and sends a form that the bot opened: custom ids of its inputs with their texts; a select of several
    /// values is named once for each.
    ///
    /// # Errors
    ///
    /// [`ControlError::Unknown`] when no such form was opened or it has no such input, [`ControlError::Refused`] when it
    /// is not filled in as it asks.
    pub fn submits(
        &self,
        custom_id: &str,
        fields: &[(&str, &str)],
    ) -> Result<Pending, ControlError> {
        self.send(&format!("the form {custom_id}"), |world| {
            let (opener, form) = world
                .open_form(self.id, custom_id)
                .ok_or_else(|| ControlError::unknown("open form", custom_id))?;
            let data = filled(world, opener.guild, form, fields)?;
            Ok(Call {
                kind: InteractionKind::Modal,
                guild: opener.guild,
                channel: opener.channel,
                user: self.id,
                name: String::new(),
                source: opener.source,
                data,
            })
        })
    }

    /// Uses a slash command in the direct messages with the bot.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when the line fits no global command that is there outside of guilds.
    pub fn runs_directly(&self, line: &str) -> Result<Pending, ControlError> {
        self.send_directly(line, InteractionKind::Command)
    }

    fn send_directly(&self, line: &str, kind: InteractionKind) -> Result<Pending, ControlError> {
        let shared = &self.guild.sim.shared;
        let channel = shared.change(|state| state.world.direct_with(self.id));
        self.send(line, |world| {
            let mut commands = world.commands.visible_in(None);
            commands.retain(|command| command.is_direct());
            let parsed = slash::parse(line, &commands)?;
            let data = match kind {
                InteractionKind::Autocomplete => parsed.partial_data(world, None),
                _ => parsed.data(world, None)?,
            };
            Ok(Call {
                kind,
                guild: None,
                channel,
                user: self.id,
                name: parsed.command.spec.name.clone(),
                source: None,
                data,
            })
        })
    }

    /// Uses a command of the context menu of a user.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when it is not registered or the client would hide it.
    pub fn runs_on_user(&self, name: &str, target: UserId) -> Result<Pending, ControlError> {
        self.send(name, |world| {
            let command = context_command(world, self, name, ON_USER)?;
            let user = world.user(target).map(UserWire::of);
            let id = target.to_string();
            let mut resolved = json!({"users": {id.as_str(): value(&user)}});
            let guild = world.guild(self.guild.id());
            if let Some(member) = guild.and_then(|guild| resolved_member(world, guild, target)) {
                resolved["members"] = json!({id.as_str(): member});
            }
            let data = context_data(command, ON_USER, &id, resolved);
            self.prepared(world, InteractionKind::Command, name.to_owned(), data)
        })
    }

    /// Uses a command of the context menu of a message.
    ///
    /// # Errors
    ///
    /// [`ControlError::Slash`] when it is not registered or the client would hide it, [`ControlError::Refused`] when the message is gone.
    pub fn runs_on_message(&self, name: &str, target: MessageId) -> Result<Pending, ControlError> {
        self.send(name, |world| {
            let command = context_command(world, self, name, ON_MESSAGE)?;
            let channel = place_of(world, target)?;
            let message = world.message(channel, target);
            let message = message.map(|message| MessageWire::rest(world, message));
            let id = target.to_string();
            let resolved = json!({"messages": {id.as_str(): value(&message)}});
            let data = context_data(command, ON_MESSAGE, &id, resolved);
            let mut call = self.prepared(world, InteractionKind::Command, name.to_owned(), data)?;
            call.channel = channel;
            Ok(call)
        })
    }

    fn send(
        &self,
        what: &str,
        prepare: impl FnOnce(&World) -> Result<Call, ControlError>,
    ) -> Result<Pending, ControlError> {
        let sim = &self.guild.sim;
        let id = sim.shared.change(|state| {
            let call = prepare(&state.world)?;
            Ok::<_, ControlError>(state.world.call(call)?)
        })?;
        Ok(Pending::new(sim.clone(), id, what.to_owned()))
    }

    fn prepared(
        &self,
        world: &World,
        kind: InteractionKind,
        name: String,
        data: Value,
    ) -> Result<Call, ControlError> {
        if !world.is_member(self.guild.id(), self.id) {
            return Err(ApiError::MISSING_ACCESS.into());
        }
        let channel: ChannelId = self.place(world)?;
        Ok(Call {
            kind,
            guild: Some(self.guild.id()),
            channel,
            user: self.id,
            name,
            source: None,
            data,
        })
    }

    /// Discord's client shows a command to whom its default permissions fit; none at all means administrators.
    fn check_visible(&self, world: &World, command: &Command) -> Result<(), ControlError> {
        let held = world.permissions_in(self.place(world)?, self.id);
        if !held.contains(Permissions::USE_APPLICATION_COMMANDS) {
            return Err(hidden(command, Permissions::USE_APPLICATION_COMMANDS));
        }
        match command.spec.needs() {
            Some(Permissions::NONE) if !held.contains(Permissions::ADMINISTRATOR) => {
                Err(hidden(command, Permissions::ADMINISTRATOR))
            }
            Some(needed) if !held.contains(needed) => Err(hidden(command, needed)),
            _ => Ok(()),
        }
    }
}

fn hidden(command: &Command, needed: Permissions) -> ControlError {
    let name = command.spec.name.clone();
    let needed = needed.names().join(", ");
    SlashError::Hidden { name, needed }.into()
}

/// Discord's number of the component with this custom id.
fn component_kind(components: &[Value], custom_id: &str) -> Option<u64> {
    components.iter().find_map(|one| {
        if one["custom_id"] == custom_id {
            return one["type"].as_u64();
        }
        let inside = one["components"].as_array()?;
        component_kind(inside, custom_id)
    })
}

fn context_command<'a>(
    world: &'a World,
    member: &SimMember,
    name: &str,
    kind: u8,
) -> Result<&'a Command, ControlError> {
    let known = world.commands.visible_in(Some(member.guild.id()));
    let menu: Vec<&Command> = known
        .into_iter()
        .filter(|command| command.spec.kind == kind)
        .collect();
    let found = menu.iter().find(|command| command.spec.name == name);
    let found = found.copied().ok_or_else(|| {
        let names: Vec<&str> = menu.iter().map(|one| one.spec.name.as_str()).collect();
        let (name, known) = (name.to_owned(), names.join(", "));
        SlashError::NoCommand { name, known }
    })?;
    member.check_visible(world, found)?;
    Ok(found)
}

fn context_data(command: &Command, kind: u8, target: &str, resolved: Value) -> Value {
    json!({
        "id": command.id.to_string(), "name": command.spec.name, "type": kind, "options": [],
        "target_id": target, "resolved": resolved,
    })
}
