//! The shape that Discord demands of buttons, selects and forms, and of what people send back with them.

mod message;
mod modal;
mod submission;

pub(crate) use message::in_message;
pub(crate) use modal::modal;
pub(crate) use submission::{chosen, filled_in};

use serde_json::Value;

use super::form::Form;

/// Discord's numbers of component kinds.
pub(crate) mod kind {
    pub(crate) const ROW: u64 = 1;
    pub(crate) const BUTTON: u64 = 2;
    pub(crate) const STRING_SELECT: u64 = 3;
    pub(crate) const TEXT_INPUT: u64 = 4;
    pub(crate) const USER_SELECT: u64 = 5;
    pub(crate) const CHANNEL_SELECT: u64 = 8;
    pub(crate) const TEXT_DISPLAY: u64 = 10;
    pub(crate) const LABEL: u64 = 18;
    pub(crate) const FILE_UPLOAD: u64 = 19;
}

/// Options of a select, and values that may be chosen of it (Discord's page on components).
const OPTIONS: usize = 25;

pub(crate) const fn is_select(kind: u64) -> bool {
    kind == kind::STRING_SELECT || (kind >= kind::USER_SELECT && kind <= kind::CHANNEL_SELECT)
}

/// What stands inside a component.
fn inside(one: &Value) -> &[Value] {
    one["components"].as_array().map_or(&[], Vec::as_slice)
}

fn text<'a>(one: &'a Value, name: &str) -> &'a str {
    one[name].as_str().unwrap_or_default()
}

/// A text that must be there, of 1 to `most` characters.
fn needed_text(form: &mut Form, path: &str, value: &Value, most: usize) {
    match value.as_str() {
        None => form.missing(path),
        Some(text) => form.between(path, text.chars().count(), (1, most)),
    }
}

/// A custom id, of which a message or form has each only once.
fn custom_id<'a>(form: &mut Form, path: &str, one: &'a Value, seen: &mut Vec<&'a str>) {
    let path = format!("{path}.custom_id");
    needed_text(form, &path, &one["custom_id"], 100);
    let id = text(one, "custom_id");
    if id.is_empty() {
        return;
    }
    if seen.contains(&id) {
        let message = "Component custom id cannot be duplicated";
        form.wrong(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
    seen.push(id);
}

/// What a select says beside its custom id.
fn select(form: &mut Form, path: &str, one: &Value) {
    let placeholder = format!("{path}.placeholder");
    form.too_long(&placeholder, text(one, "placeholder"), 150);
    let (least, most) = bounds(one);
    form.within(&format!("{path}.min_values"), least, (0, OPTIONS as u64));
    form.within(&format!("{path}.max_values"), most, (1, OPTIONS as u64));
    if least > most {
        let message = "min_values must be less than or equal to max_values";
        let code = "SELECT_COMPONENT_MIN_VALUES_GREATER_THAN_MAX_VALUES";
        form.wrong(&format!("{path}.min_values"), code, message);
    }
    if one["type"] == kind::STRING_SELECT {
        options(form, path, one);
    }
}

/// How many values may be chosen: one, unless the select says otherwise.
fn bounds(select: &Value) -> (u64, u64) {
    let bound = |name: &str| select[name].as_u64().unwrap_or(1);
    (bound("min_values"), bound("max_values"))
}

fn options(form: &mut Form, path: &str, select: &Value) {
    let list = select["options"].as_array().map_or(&[][..], Vec::as_slice);
    let path = format!("{path}.options");
    form.between(&path, list.len(), (1, OPTIONS));
    let mut seen: Vec<&str> = Vec::new();
    for (number, option) in list.iter().enumerate() {
        let own = format!("{path}.{number}");
        for name in ["label", "value"] {
            needed_text(form, &format!("{own}.{name}"), &option[name], 100);
        }
        let description = text(option, "description");
        form.too_long(&format!("{own}.description"), description, 100);
        let value = text(option, "value");
        if !value.is_empty() && seen.contains(&value) {
            form.wrong(
                &format!("{own}.value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
        seen.push(value);
    }
}

#[cfg(test)]
mod tests;
