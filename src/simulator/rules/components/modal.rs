//! Forms that the bot opens.

use serde_json::Value;

use super::{custom_id, inside, is_select, kind, needed_text, select, text};
use crate::simulator::rules::error::Ruling;
use crate::simulator::rules::form::Form;

const INPUTS: usize = 5;
const LABEL: usize = 45;
/// Characters of a text input (Discord's page on components).
const INPUT: u64 = 4_000;

/// Whether a form is one that Discord would open.
pub(crate) fn modal(data: &Value) -> Ruling {
    let mut form = Form::default();
    needed_text(&mut form, "custom_id", &data["custom_id"], 100);
    needed_text(&mut form, "title", &data["title"], LABEL);
    let list = inside(data);
    form.between("components", list.len(), (1, INPUTS));
    let mut seen = Vec::new();
    for (number, one) in list.iter().enumerate() {
        let path = format!("components.{number}");
        match one["type"].as_u64() {
            Some(kind::ROW) => row(&mut form, &path, one, &mut seen),
            Some(kind::LABEL) => labelled(&mut form, &path, one, &mut seen),
            Some(kind::TEXT_DISPLAY) => {}
            _ => form.wrong(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                "Value of field \"type\" must be one of (1, 10, 18).",
            ),
        }
    }
    form.finish()
}

/// A row of a form holds one text input, which says itself what it asks.
fn row<'a>(form: &mut Form, path: &str, row: &'a Value, seen: &mut Vec<&'a str>) {
    let held = inside(row);
    form.between(&format!("{path}.components"), held.len(), (1, 1));
    for (number, one) in held.iter().enumerate() {
        let path = format!("{path}.components.{number}");
        if one["type"] == kind::TEXT_INPUT {
            needed_text(form, &format!("{path}.label"), &one["label"], LABEL);
            input(form, &path, one, seen);
        } else {
            let message = "Value of field \"type\" must be one of (4,).";
            form.wrong(&format!("{path}.type"), "UNION_TYPE_CHOICES", message);
        }
    }
}

/// A label says what the one component below it asks.
fn labelled<'a>(form: &mut Form, path: &str, label: &'a Value, seen: &mut Vec<&'a str>) {
    needed_text(form, &format!("{path}.label"), &label["label"], LABEL);
    let description = text(label, "description");
    form.too_long(&format!("{path}.description"), description, 100);
    let one = &label["component"];
    let path = format!("{path}.component");
    match one["type"].as_u64() {
        Some(kind::TEXT_INPUT) => input(form, &path, one, seen),
        Some(kind::FILE_UPLOAD) => custom_id(form, &path, one, seen),
        Some(kind) if is_select(kind) => {
            custom_id(form, &path, one, seen);
            select(form, &path, one);
        }
        _ => form.wrong(
            &format!("{path}.type"),
            "UNION_TYPE_CHOICES",
            "Value of field \"type\" must be one of (3, 4, 5, 6, 7, 8, 19).",
        ),
    }
}

fn input<'a>(form: &mut Form, path: &str, one: &'a Value, seen: &mut Vec<&'a str>) {
    custom_id(form, path, one, seen);
    match one["style"].as_u64() {
        None => form.missing(&format!("{path}.style")),
        Some(style) => form.within(&format!("{path}.style"), style, (1, 2)),
    }
    form.too_long(
        &format!("{path}.placeholder"),
        text(one, "placeholder"),
        100,
    );
    let (least, most) = lengths(one);
    form.within(&format!("{path}.min_length"), least, (0, INPUT));
    form.within(&format!("{path}.max_length"), most, (1, INPUT));
    if least > most {
        let message = "min_length must be less than or equal to max_length";
        let code = "TEXT_INPUT_COMPONENT_MIN_LENGTH_GREATER_THAN_MAX_LENGTH";
        form.wrong(&format!("{path}.min_length"), code, message);
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    form.too_long(&format!("{path}.value"), text(one, "value"), most);
}

/// How long the text of an input may be.
pub(super) fn lengths(input: &Value) -> (u64, u64) {
    let length = |name: &str, usual| input[name].as_u64().unwrap_or(usual);
    (length("min_length", 0), length("max_length", INPUT))
}
