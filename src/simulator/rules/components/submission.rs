//! What people send: filled in forms and chosen values, which the client holds within what was asked.

use serde_json::Value;

use super::modal::lengths;
use super::{bounds, inside, is_select, kind};
use crate::simulator::rules::error::Ruling;
use crate::simulator::rules::form::{Form, wrong};

/// Whether a form is filled in as it asks: what is required is there, and every text is of the right length.
pub(crate) fn filled_in(opened: &Value, sent: &Value) -> Ruling {
    let mut form = Form::default();
    let mut given = Vec::new();
    named(inside(sent), &mut given);
    let mut asked = Vec::new();
    named(inside(opened), &mut asked);
    for (id, input) in asked {
        let found = given.iter().find(|(known, _)| *known == id);
        let found = found.map_or(&Value::Null, |(_, found)| found);
        match input["type"].as_u64() {
            Some(kind::TEXT_INPUT) => {
                check(&mut form, id, input, found["value"].as_str().unwrap_or(""));
            }
            Some(kind) if is_select(kind) => chosen_of(&mut form, id, input, &found["values"]),
            _ => {}
        }
    }
    form.finish()
}

fn check(form: &mut Form, id: &str, input: &Value, text: &str) {
    let length = text.chars().count();
    // An input that does not say so is required.
    let required = input["required"].as_bool().unwrap_or(true);
    if length == 0 {
        if required {
            form.missing(id);
        }
        return;
    }
    let (least, most) = lengths(input);
    let number = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    form.between(id, length, (number(least), number(most)));
}

/// What has a custom id in a form, in rows or under labels.
fn named<'a>(list: &'a [Value], found: &mut Vec<(&'a str, &'a Value)>) {
    for one in list {
        if let Some(id) = one["custom_id"].as_str() {
            found.push((id, one));
        }
        named(inside(one), found);
        named(
            one.get("component").map_or(&[], std::slice::from_ref),
            found,
        );
    }
}

/// The values of a select: as many as it asks for, and such as it offers.
fn chosen_of(form: &mut Form, path: &str, select: &Value, values: &Value) {
    let values = values.as_array().map_or(&[][..], Vec::as_slice);
    let optional = select["required"] == false;
    if values.is_empty() && optional {
        return;
    }
    let (least, most) = bounds(select);
    let number = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    form.between(path, values.len(), (number(least), number(most)));
    let options = select["options"].as_array();
    for (place, value) in values.iter().enumerate() {
        let offered = options.is_none_or(|list| list.iter().any(|one| one["value"] == *value));
        if !offered {
            let message = "The specified option value is not one of the options";
            form.wrong(&format!("{path}.{place}"), "BASE_TYPE_CHOICES", message);
        }
    }
}

/// Whether a press or a choice is one that the message offers.
pub(crate) fn chosen(components: &[Value], data: &Value) -> Ruling {
    let Some(found) = component(components, &data["custom_id"]) else {
        return Ok(());
    };
    if found["disabled"] == true {
        let message = "Component validation failed";
        return Err(wrong("custom_id", "COMPONENT_VALIDATION_FAILED", message));
    }
    if !found["type"].as_u64().is_some_and(is_select) {
        return Ok(());
    }
    let mut form = Form::default();
    chosen_of(&mut form, "values", found, &data["values"]);
    form.finish()
}

fn component<'a>(list: &'a [Value], custom_id: &Value) -> Option<&'a Value> {
    list.iter().find_map(|one| {
        if one["custom_id"] == *custom_id && !custom_id.is_null() {
            return Some(one);
        }
        let accessory = one.get("accessory").map_or(&[][..], std::slice::from_ref);
        component(inside(one), custom_id).or_else(|| component(accessory, custom_id))
    })
}
