//! Turning the text of an option into its value, with the things that ids stand for beside it.

use serde_json::{Map, Value, json};

use super::line::Given;
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::control::error::{ControlError, SlashError};
use crate::simulator::world::World;
use crate::simulator::world::command::{OptionSpec, option};
use crate::simulator::world::wire::interaction::resolved_member;
use crate::simulator::world::wire::{self, UserWire, value};

/// Discord's numbers of the selects that it fills itself.
mod select {
    pub(super) const USER: u64 = 5;
    pub(super) const ROLE: u64 = 6;
    pub(super) const MENTIONABLE: u64 = 7;
    pub(super) const CHANNEL: u64 = 8;
}

/// Converts values and collects the `resolved` field.
pub(super) struct Resolver<'a> {
    world: &'a World,
    guild: Option<GuildId>,
    resolved: Map<String, Value>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(world: &'a World, guild: Option<GuildId>) -> Self {
        Self {
            world,
            guild,
            resolved: Map::new(),
        }
    }

    pub(super) fn resolved(self) -> Value {
        Value::Object(self.resolved)
    }

    pub(super) fn convert(&mut self, given: &Given<'_>) -> Result<Value, SlashError> {
        let Given { option, text } = given;
        let value = self
            .value(option, text)
            .map_err(|expected| SlashError::WrongValue {
                option: option.name.clone(),
                expected,
                given: text.clone(),
            })?;
        Ok(json!({"name": option.name, "type": option.kind, "value": value}))
    }

    fn value(&mut self, spec: &OptionSpec, text: &str) -> Result<Value, String> {
        if !spec.choices.is_empty() {
            return choice(spec, text);
        }
        match spec.kind {
            option::STRING => string(spec, text),
            option::INTEGER => {
                let number: i64 = text.parse().map_err(|_| "a whole number".to_owned())?;
                // Discord's integers stay within what JavaScript holds exactly, so the bounds are exact as floats.
                #[expect(clippy::cast_precision_loss, reason = "bounds are small numbers")]
                bounds(spec, number as f64)?;
                Ok(json!(number))
            }
            option::NUMBER => {
                let number: f64 = text.parse().map_err(|_| "a number".to_owned())?;
                bounds(spec, number)?;
                Ok(json!(number))
            }
            option::BOOLEAN => boolean(text),
            option::USER => self.user(text),
            option::CHANNEL => self.channel(text),
            option::ROLE => self.role(text),
            option::MENTIONABLE => self.user(text).or_else(|_| self.role(text)),
            option::ATTACHMENT => Ok(self.attachment(text)),
            _ => Err("nothing that is known here".to_owned()),
        }
    }

    fn keep(&mut self, kind: &str, id: u64, thing: Value) {
        let list = self.resolved.entry(kind).or_insert_with(|| json!({}));
        list[id.to_string()] = thing;
    }

    fn user(&mut self, text: &str) -> Result<Value, String> {
        let found = self.world.find_user(text);
        let id: UserId = found.ok_or("a user: name, mention or id")?;
        let user = self.world.user(id).map(UserWire::of);
        self.keep("users", id.0, value(&user));
        let guild = self.guild.and_then(|id| self.world.guild(id));
        if let Some(member) = guild.and_then(|guild| resolved_member(self.world, guild, id)) {
            self.keep("members", id.0, member);
        }
        Ok(json!(id))
    }

    fn channel(&mut self, text: &str) -> Result<Value, String> {
        let found = self
            .guild
            .and_then(|guild| self.world.find_channel(guild, text));
        let id: ChannelId = found.ok_or("a channel: #name, mention or id")?;
        if let Some(place) = self.world.channel(id) {
            let mut thing = wire::channel(self.world, place);
            thing["permissions"] = json!(self.world.permissions_in(id, self.world.bot.user));
            self.keep("channels", id.0, thing);
        }
        Ok(json!(id))
    }

    fn role(&mut self, text: &str) -> Result<Value, String> {
        let guild = self.guild.and_then(|id| self.world.guild(id));
        let name = text.trim_start_matches("<@&").trim_end_matches('>');
        let name = name.trim_start_matches('@');
        let found = guild.and_then(|guild| {
            let id = name.parse::<RoleId>().ok();
            let by_id = id.and_then(|id| guild.roles.get(&id));
            by_id
                .or_else(|| guild.role_named(name))
                .or_else(|| guild.role_named(text))
        });
        let role = found.ok_or("a role: @name, mention or id")?;
        let (id, thing) = (role.id, wire::role(role));
        self.keep("roles", id.0, thing);
        Ok(json!(id))
    }

    /// The file that was uploaded under this name; without one, a file of which only the facts exist.
    fn attachment(&mut self, name: &str) -> Value {
        if let Some(facts) = self.world.files.find_upload(name) {
            let id = facts["id"].clone();
            let number = id.as_str().and_then(|id| id.parse().ok());
            self.keep("attachments", number.unwrap_or(0), facts.clone());
            return id;
        }
        let id = 1 + self
            .resolved
            .get("attachments")
            .map_or(0, |list| list.as_object().map_or(0, Map::len) as u64);
        let url = format!("https://cdn.example.invalid/attachments/{id}/{name}");
        let facts = json!({
            "id": id.to_string(), "filename": name, "size": 1024, "url": url, "proxy_url": url, "ephemeral": true,
        });
        self.keep("attachments", id, facts);
        json!(id.to_string())
    }
}

/// The values of a select and what they stand for: those of texts as they are, of the others ids for names.
pub(crate) fn chosen(
    world: &World,
    guild: Option<GuildId>,
    kind: u64,
    values: &[&str],
) -> Result<(Vec<Value>, Value), ControlError> {
    let mut resolver = Resolver::new(world, guild);
    let mut ids = Vec::new();
    for text in values {
        let found = match kind {
            select::USER => resolver.user(text),
            select::ROLE => resolver.role(text),
            select::MENTIONABLE => resolver.user(text).or_else(|_| resolver.role(text)),
            select::CHANNEL => resolver.channel(text),
            _ => Ok(json!(text)),
        };
        ids.push(found.map_err(|_| ControlError::unknown("choice", *text))?);
    }
    let resolved = resolver.resolved();
    let any = resolved.as_object().is_some_and(|map| !map.is_empty());
    Ok((ids, if any { resolved } else { Value::Null }))
}

fn choice(spec: &OptionSpec, text: &str) -> Result<Value, String> {
    // Numbers are chosen by how they are written.
    let written = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let mut choices = spec.choices.iter();
    let found = choices
        .find(|choice| choice.name.eq_ignore_ascii_case(text) || written(&choice.value) == text);
    found.map(|choice| choice.value.clone()).ok_or_else(|| {
        let names: Vec<&str> = spec.choices.iter().map(|one| one.name.as_str()).collect();
        format!("one of {}", names.join(", "))
    })
}

fn string(spec: &OptionSpec, text: &str) -> Result<Value, String> {
    let length = text.chars().count();
    let (least, most) = (
        spec.min_length.unwrap_or(0),
        spec.max_length.unwrap_or(6000),
    );
    if (least..=most).contains(&length) {
        Ok(json!(text))
    } else {
        Err(format!("{least} to {most} characters"))
    }
}

fn bounds(spec: &OptionSpec, number: f64) -> Result<(), String> {
    let least = spec.min_value.unwrap_or(f64::MIN);
    let most = spec.max_value.unwrap_or(f64::MAX);
    if (least..=most).contains(&number) {
        Ok(())
    } else {
        Err(format!("a number from {least} to {most}"))
    }
}

fn boolean(text: &str) -> Result<Value, String> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "on" => Ok(json!(true)),
        "false" | "no" | "off" => Ok(json!(false)),
        _ => Err("true or false".to_owned()),
    }
}
