//! The sizes that Discord allows: messages, embeds, components, reasons, timeouts.

mod embeds;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::simulator::rules::components;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::{Form, wrong};
use crate::simulator::world::message::{AllowedMentions, COMPONENTS_V2, Draft};

/// Characters of a message (Discord's page on messages).
pub(crate) const CONTENT: usize = 2_000;
const NONCE: usize = 25;
/// Files of a message, and bytes of one file in a guild without boosts.
const FILES: usize = 10;
pub(crate) const FILE_BYTES: usize = 10 * 1024 * 1024;
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
    contents(
        &draft.content,
        &draft.embeds,
        &draft.components,
        draft.flags,
    )?;
    let mut form = Form::default();
    let files = draft.attachments.len() + draft.files.len();
    form.too_many("attachments", files, FILES);
    if let Some(allowed) = &draft.allowed_mentions {
        mentions(&mut form, allowed);
    }
    form.finish()?;
    if draft.files.iter().any(|file| file.bytes.len() > FILE_BYTES) {
        return Err(ApiError::BODY_TOO_LARGE);
    }
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
pub(crate) fn contents(
    content: &str,
    embeds: &[Value],
    components: &[Value],
    flags: u64,
) -> Ruling {
    let mut form = Form::default();
    let free = flags & COMPONENTS_V2 != 0;
    for (name, empty) in [
        ("content", content.is_empty()),
        ("embeds", embeds.is_empty()),
    ] {
        if free && !empty {
            let code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
            let message = "The field cannot be used when using MessageFlags.IS_COMPONENTS_V2";
            form.wrong(name, code, message);
        }
    }
    form.too_long("content", content, CONTENT);
    embeds::check(&mut form, embeds);
    components::in_message(&mut form, components, free);
    form.finish()
}

/// Who is named one by one is not allowed as a whole kind as well.
pub(crate) fn mentions(form: &mut Form, allowed: &AllowedMentions) {
    for (name, listed) in [
        ("users", allowed.users.len()),
        ("roles", allowed.roles.len()),
    ] {
        form.too_many(&format!("allowed_mentions.{name}"), listed, 100);
        if listed > 0 && allowed.parse.iter().any(|kind| kind == name) {
            let code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE";
            let message =
                format!("parse:[\"{name}\"] and {name}: [ids...] are mutually exclusive.");
            form.wrong("allowed_mentions", code, message);
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
