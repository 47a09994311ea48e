//! Registering commands.

use serde_json::{Map, Value, json};

use crate::domain::ids::GuildId;
use crate::simulator::rules::commands;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::Form;
use crate::simulator::world::World;
use crate::simulator::world::command::{Command, Spec};

impl World {
    /// Replaces all commands of a scope. A command that keeps its name keeps its id.
    pub(crate) fn register_all(&mut self, guild: Option<GuildId>, raw: &[Value]) -> Ruling {
        let specs = commands::list(raw)?;
        let made = specs
            .into_iter()
            .zip(raw)
            .map(|(spec, raw)| self.command(guild, spec, raw))
            .collect();
        *self.commands.scope_mut(guild) = made;
        self.commands.registered = true;
        Ok(())
    }

    /// Registers one command; one of the same name and kind is replaced.
    pub(crate) fn register(&mut self, guild: Option<GuildId>, raw: &Value) -> Ruling<Value> {
        let spec = commands::one(raw)?;
        let others = self.commands.scope(guild).iter().map(|known| &known.spec);
        let mut all: Vec<&Spec> = others.filter(|known| !known.is_same(&spec)).collect();
        all.push(&spec);
        commands::counted(&all)?;
        let made = self.command(guild, spec, raw);
        let wire = Value::Object(made.raw.clone());
        let scope = self.commands.scope_mut(guild);
        scope.retain(|known| known.id != made.id);
        scope.push(made);
        self.commands.registered = true;
        Ok(wire)
    }

    /// Changes a command; what is left out or null stays. It keeps its id, even under a new name.
    pub(crate) fn edit_command(
        &mut self,
        guild: Option<GuildId>,
        id: u64,
        edit: &Value,
    ) -> Ruling<Value> {
        let mut known = self.commands.scope(guild).iter();
        let place = known.position(|one| one.id == id);
        let place = place.ok_or(ApiError::UNKNOWN_COMMAND)?;
        let mut raw = self.commands.scope(guild)[place].raw.clone();
        for (name, value) in edit.as_object().into_iter().flatten() {
            if !value.is_null() {
                raw.insert(name.clone(), value.clone());
            }
        }
        let raw = Value::Object(raw);
        let spec = commands::one(&raw)?;
        let mut others = self.commands.scope(guild).iter().filter(|one| one.id != id);
        if others.any(|other| other.spec.is_same(&spec)) {
            let mut form = Form::default();
            commands::taken(&mut form, "name");
            form.finish()?;
        }
        let mut made = self.command(guild, spec, &raw);
        made.id = id;
        made.raw.insert("id".to_owned(), json!(id.to_string()));
        let wire = Value::Object(made.raw.clone());
        self.commands.scope_mut(guild)[place] = made;
        Ok(wire)
    }

    pub(crate) fn unregister(&mut self, guild: Option<GuildId>, id: u64) -> Ruling {
        let scope = self.commands.scope_mut(guild);
        let before = scope.len();
        scope.retain(|known| known.id != id);
        if scope.len() == before {
            return Err(ApiError::UNKNOWN_COMMAND);
        }
        Ok(())
    }

    fn command(&mut self, guild: Option<GuildId>, spec: Spec, raw: &Value) -> Command {
        let known = self
            .commands
            .scope(guild)
            .iter()
            .find(|known| known.spec.is_same(&spec));
        let id = match known {
            Some(known) => known.id,
            None => self.next_id(),
        };
        let version = self.next_id();
        let mut full = defaults(&spec);
        if let Value::Object(sent) = raw {
            for (name, value) in sent.iter().filter(|(_, value)| !value.is_null()) {
                full.insert(name.clone(), without_nulls(value));
            }
        }
        full.insert("id".to_owned(), json!(id.to_string()));
        full.insert("version".to_owned(), json!(version.to_string()));
        let application = json!(self.bot.application.to_string());
        full.insert("application_id".to_owned(), application);
        if let Some(guild) = guild {
            full.insert("guild_id".to_owned(), json!(guild));
        }
        Command {
            id,
            raw: full,
            spec,
        }
    }
}

/// Discord leaves out what a command was sent as null.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let given = map.iter().filter(|(_, value)| !value.is_null());
            given
                .map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect()
        }
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

fn defaults(spec: &Spec) -> Map<String, Value> {
    let defaults = json!({
        "type": spec.kind, "name": spec.name, "name_localizations": null, "description": "",
        "description_localizations": null, "options": [], "default_member_permissions": null, "dm_permission": true,
        "contexts": null, "integration_types": [0], "nsfw": false,
    });
    match defaults {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
