//! The form that a member sends: what the bot asked for, with what was typed and chosen.

use serde_json::{Map, Value, json};

use crate::domain::ids::GuildId;
use crate::simulator::control::error::ControlError;
use crate::simulator::control::slash;
use crate::simulator::rules::components::{is_select, kind};
use crate::simulator::world::World;

/// The `data` of a submission, made after the form that was opened: rows and labels stand as they stood there. A
/// field that the form has not is refused.
pub(super) fn filled(
    world: &World,
    guild: Option<GuildId>,
    form: &Value,
    fields: &[(&str, &str)],
) -> Result<Value, ControlError> {
    let mut pen = Pen {
        world,
        guild,
        fields,
        resolved: Map::new(),
        known: Vec::new(),
        next: 1,
    };
    let components = pen.list(form)?;
    let strange = fields.iter().find(|(id, _)| !pen.known.contains(id));
    if let Some((id, _)) = strange {
        return Err(ControlError::unknown("input of the form", *id));
    }
    let mut data = json!({"custom_id": form["custom_id"], "components": components});
    if !pen.resolved.is_empty() {
        data["resolved"] = Value::Object(pen.resolved);
    }
    Ok(data)
}

struct Pen<'a> {
    world: &'a World,
    guild: Option<GuildId>,
    fields: &'a [(&'a str, &'a str)],
    resolved: Map<String, Value>,
    /// The fields that the form has.
    known: Vec<&'a str>,
    /// The number of the next component, as Discord counts those that have none.
    next: u64,
}

impl Pen<'_> {
    fn list(&mut self, holder: &Value) -> Result<Vec<Value>, ControlError> {
        let inside = holder["components"].as_array().into_iter().flatten();
        inside.map(|one| self.component(one)).collect()
    }

    fn component(&mut self, asked: &Value) -> Result<Value, ControlError> {
        let id = asked["id"].as_u64().unwrap_or(self.next);
        self.next += 1;
        let mut sent = json!({"type": asked["type"], "id": id});
        if asked["components"].is_array() {
            sent["components"] = Value::Array(self.list(asked)?);
        }
        if asked["component"].is_object() {
            sent["component"] = self.component(&asked["component"])?;
        }
        if let Some(name) = asked["custom_id"].as_str() {
            sent["custom_id"] = json!(name);
            self.fill(&mut sent, name, asked["type"].as_u64().unwrap_or_default())?;
        }
        Ok(sent)
    }

    fn fill(&mut self, sent: &mut Value, name: &str, of: u64) -> Result<(), ControlError> {
        let own = self.fields.iter().filter(|(id, _)| *id == name);
        let own: Vec<(&str, &str)> = own.copied().collect();
        self.known.extend(own.first().map(|(id, _)| *id));
        let values: Vec<&str> = own.into_iter().map(|(_, text)| text).collect();
        if of == kind::TEXT_INPUT {
            sent["value"] = json!(values.last().unwrap_or(&""));
            return Ok(());
        }
        if !is_select(of) {
            sent["values"] = json!(values);
            return Ok(());
        }
        let (values, resolved) = slash::chosen(self.world, self.guild, of, &values)?;
        sent["values"] = json!(values);
        if let Value::Object(resolved) = resolved {
            for (list, things) in resolved {
                merge(
                    self.resolved.entry(list).or_insert_with(|| json!({})),
                    things,
                );
            }
        }
        Ok(())
    }
}

fn merge(into: &mut Value, things: Value) {
    if let (Value::Object(into), Value::Object(things)) = (into, things) {
        into.extend(things);
    }
}
