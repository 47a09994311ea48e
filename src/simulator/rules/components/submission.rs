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
    values(inside(sent), &mut given);
    let mut asked = Vec::new();
    inputs(inside(opened), &mut asked);
    for input in asked {
        let id = input["custom_id"].as_str().unwrap_or_default();
        let found = given.iter().find(|(known, _)| *known == id);
        check(&mut form, id, input, found.map_or("", |(_, text)| text));
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

/// The text inputs of a form, in rows or under labels.
fn inputs<'a>(list: &'a [Value], found: &mut Vec<&'a Value>) {
    for one in list {
        if one["type"] == kind::TEXT_INPUT {
            found.push(one);
        }
        inputs(inside(one), found);
        inputs(
            one.get("component").map_or(&[], std::slice::from_ref),
            found,
        );
    }
}

fn values<'a>(list: &'a [Value], found: &mut Vec<(&'a str, &'a str)>) {
    for one in list {
        if let (Some(id), Some(text)) = (one["custom_id"].as_str(), one["value"].as_str()) {
            found.push((id, text));
        }
        values(inside(one), found);
        values(
            one.get("component").map_or(&[], std::slice::from_ref),
            found,
        );
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
    let values = data["values"].as_array().map_or(&[][..], Vec::as_slice);
    let mut form = Form::default();
    let (least, most) = bounds(found);
    let number = |bound: u64| usize::try_from(bound).unwrap_or(usize::MAX);
    form.between("values", values.len(), (number(least), number(most)));
    let options = found["options"].as_array();
    for (place, value) in values.iter().enumerate() {
        let offered = options.is_none_or(|list| list.iter().any(|one| one["value"] == *value));
        if !offered {
            let message = "The specified option value is not one of the options";
            form.wrong(&format!("values.{place}"), "BASE_TYPE_CHOICES", message);
        }
    }
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
