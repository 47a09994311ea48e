//! The sizes that Discord allows: messages, embeds, components, reasons, timeouts.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::{Form, wrong};
use crate::simulator::world::message::Draft;

/// Characters of a message (Discord's page on messages).
pub(crate) const CONTENT: usize = 2_000;
const EMBEDS: usize = 10;
const EMBED_TOTAL: usize = 6_000;
const EMBED_FIELDS: usize = 25;
const ROWS: usize = 5;
const NONCE: usize = 25;
const REASON: usize = 512;
/// Seconds of history that a ban may delete.
const BAN_HISTORY_SECS: u64 = 604_800;
/// How long a timeout lasts at most (Discord's page on modifying guild members).
const TIMEOUT: TimeDelta = TimeDelta::days(28);
/// How old a message may be to be deleted with others.
pub(crate) const BULK_DELETE_AGE: TimeDelta = TimeDelta::days(14);

/// Whether a message may be posted as far as its size goes.
pub(crate) fn draft(draft: &Draft) -> Ruling {
    if draft.is_empty() {
        return Err(ApiError::EMPTY_MESSAGE);
    }
    contents(&draft.content, &draft.embeds, &draft.components)?;
    match &draft.nonce {
        Some(Value::String(nonce)) if nonce.chars().count() > NONCE => Err(wrong(
            "nonce",
            "NONCE_TYPE_TOO_LONG",
            format!("Nonce must be {NONCE} or fewer in length."),
        )),
        _ => Ok(()),
    }
}

/// Whether text, embeds and components are small enough, for posting and editing.
pub(crate) fn contents(content: &str, embeds: &[Value], components: &[Value]) -> Ruling {
    let mut form = Form::default();
    form.too_long("content", content, CONTENT);
    form.too_many("embeds", embeds.len(), EMBEDS);
    for (index, one) in embeds.iter().enumerate() {
        embed(&mut form, index, one);
    }
    let total: usize = embeds.iter().map(embed_size).sum();
    if total > EMBED_TOTAL {
        form.wrong(
            "embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
            format!("Embed size exceeds maximum size of {EMBED_TOTAL}"),
        );
    }
    rows(&mut form, components);
    form.finish()
}

const EMBED_TEXTS: [(&str, usize); 4] = [
    ("title", 256),
    ("description", 4_096),
    ("footer.text", 2_048),
    ("author.name", 256),
];

fn at<'a>(value: &'a Value, path: &str) -> &'a str {
    let found = path.split('.').fold(value, |node, part| &node[part]);
    found.as_str().unwrap_or_default()
}

fn fields(embed: &Value) -> &[Value] {
    embed["fields"].as_array().map_or(&[], Vec::as_slice)
}

fn embed(form: &mut Form, index: usize, embed: &Value) {
    for (path, most) in EMBED_TEXTS {
        form.too_long(&format!("embeds.{index}.{path}"), at(embed, path), most);
    }
    let fields = fields(embed);
    form.too_many(
        &format!("embeds.{index}.fields"),
        fields.len(),
        EMBED_FIELDS,
    );
    for (number, field) in fields.iter().enumerate() {
        for (part, most) in [("name", 256), ("value", 1_024)] {
            let path = format!("embeds.{index}.fields.{number}.{part}");
            if at(field, part).trim().is_empty() {
                form.missing(&path);
            }
            form.too_long(&path, at(field, part), most);
        }
    }
}

fn embed_size(embed: &Value) -> usize {
    let size = |value: &Value, path: &str| at(value, path).chars().count();
    let own: usize = EMBED_TEXTS.iter().map(|(path, _)| size(embed, path)).sum();
    let fields = fields(embed).iter();
    own + fields
        .map(|field| size(field, "name") + size(field, "value"))
        .sum::<usize>()
}

fn rows(form: &mut Form, components: &[Value]) {
    form.too_many("components", components.len(), ROWS);
    let mut seen = std::collections::HashSet::new();
    for (row, line) in components.iter().enumerate() {
        let inside = line["components"].as_array().map_or(&[][..], Vec::as_slice);
        form.too_many(&format!("components.{row}.components"), inside.len(), 5);
        for (place, one) in inside.iter().enumerate() {
            let path = format!("components.{row}.components.{place}.custom_id");
            let custom_id = at(one, "custom_id");
            form.too_long(&path, custom_id, 100);
            form.too_long(&path.replace("custom_id", "label"), at(one, "label"), 80);
            if !custom_id.is_empty() && !seen.insert(custom_id) {
                form.wrong(
                    &path,
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                );
            }
        }
    }
}

pub(crate) fn reason(reason: &str) -> Ruling {
    let mut form = Form::default();
    form.too_long("reason", reason, REASON);
    form.finish()
}

pub(crate) fn ban_history(seconds: u64) -> Ruling {
    if seconds <= BAN_HISTORY_SECS {
        return Ok(());
    }
    Err(wrong(
        "delete_message_seconds",
        "NUMBER_TYPE_MAX",
        format!("int value should be less than or equal to {BAN_HISTORY_SECS}."),
    ))
}

pub(crate) fn timeout(until: DateTime<Utc>, now: DateTime<Utc>) -> Ruling {
    if until <= now + TIMEOUT {
        return Ok(());
    }
    Err(wrong(
        "communication_disabled_until",
        "GUILD_MEMBER_TIMEOUT_MAX_LENGTH",
        "Timeout cannot be longer than 28 days",
    ))
}

#[cfg(test)]
mod tests;
