//! Buttons and selects of a message.

use serde_json::Value;

use super::{custom_id, inside, is_select, kind, select, text};
use crate::simulator::rules::form::Form;

const ROWS: usize = 5;
const ROW_WIDTH: usize = 5;
/// Components of a message of the second kind, all levels counted.
const COMPONENTS: usize = 40;
/// Discord's number of a button that leads to an address.
const LINK: u64 = 5;
/// Discord's number of a button that sells something.
const PREMIUM: u64 = 6;

/// Whether the components of a message are such as Discord takes. `free` are messages of the second kind, which hold
/// more than rows.
pub(crate) fn in_message(form: &mut Form, components: &[Value], free: bool) {
    let mut seen = Vec::new();
    if free {
        form.too_many("components", counted(components), COMPONENTS);
        anywhere(form, "components", components, &mut seen);
        return;
    }
    form.too_many("components", components.len(), ROWS);
    for (number, row_of) in components.iter().enumerate() {
        let path = format!("components.{number}");
        if row_of["type"] == kind::ROW {
            row(form, &path, row_of, &mut seen);
        } else {
            one_of(form, &path, "(1,)");
        }
    }
}

fn counted(components: &[Value]) -> usize {
    components.iter().map(|one| 1 + counted(inside(one))).sum()
}

fn anywhere<'a>(form: &mut Form, path: &str, list: &'a [Value], seen: &mut Vec<&'a str>) {
    for (number, one) in list.iter().enumerate() {
        let path = format!("{path}.{number}");
        match one["type"].as_u64() {
            None => form.missing(&format!("{path}.type")),
            Some(kind::ROW) => row(form, &path, one, seen),
            Some(_) => anywhere(form, &format!("{path}.components"), inside(one), seen),
        }
        let accessory = &one["accessory"];
        if accessory["type"] == kind::BUTTON {
            button(form, &format!("{path}.accessory"), accessory, seen);
        }
    }
}

fn one_of(form: &mut Form, path: &str, kinds: &str) {
    let message = format!("Value of field \"type\" must be one of {kinds}.");
    form.wrong(&format!("{path}.type"), "UNION_TYPE_CHOICES", message);
}

/// A row holds five buttons, or one select and nothing else.
fn row<'a>(form: &mut Form, path: &str, row: &'a Value, seen: &mut Vec<&'a str>) {
    let held = inside(row);
    form.between(&format!("{path}.components"), held.len(), (1, ROW_WIDTH));
    let mut width = 0;
    for (number, one) in held.iter().enumerate() {
        let path = format!("{path}.components.{number}");
        match one["type"].as_u64() {
            Some(kind::BUTTON) => {
                width += 1;
                button(form, &path, one, seen);
            }
            Some(kind) if is_select(kind) => {
                width += ROW_WIDTH;
                custom_id(form, &path, one, seen);
                select(form, &path, one);
            }
            _ => one_of(form, &path, "(2, 3, 5, 6, 7, 8)"),
        }
        if width > ROW_WIDTH && held.len() <= ROW_WIDTH {
            form.wrong(
                &path,
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            );
        }
    }
}

fn button<'a>(form: &mut Form, path: &str, button: &'a Value, seen: &mut Vec<&'a str>) {
    let style = button["style"].as_u64();
    match style {
        None => form.missing(&format!("{path}.style")),
        Some(style) => form.within(&format!("{path}.style"), style, (1, PREMIUM)),
    }
    form.too_long(&format!("{path}.label"), text(button, "label"), 80);
    match style {
        Some(PREMIUM) => {}
        Some(LINK) => link(form, path, button),
        _ if !button["url"].is_null() => mixed(form, path),
        _ => custom_id(form, path, button, seen),
    }
    let shows = !text(button, "label").is_empty() || button["emoji"].is_object();
    if !shows && style != Some(PREMIUM) {
        let message = "A button must have a label or an emoji";
        form.wrong(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message);
    }
}

fn mixed(form: &mut Form, path: &str) {
    form.wrong(
        path,
        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
        "A custom id and url cannot both be specified",
    );
}

fn link(form: &mut Form, path: &str, button: &Value) {
    if !button["custom_id"].is_null() {
        mixed(form, path);
    }
    let path = format!("{path}.url");
    let Some(url) = button["url"].as_str() else {
        form.missing(&path);
        return;
    };
    form.between(&path, url.chars().count(), (1, 512));
    let scheme = url.split(':').next().unwrap_or_default();
    if !matches!(scheme, "http" | "https" | "discord") {
        let message = format!(
            "Scheme \"{scheme}\" is not supported. Scheme must be one of ('http', 'https', 'discord')."
        );
        form.wrong(&path, "URL_TYPE_INVALID_SCHEME", message);
    }
}
