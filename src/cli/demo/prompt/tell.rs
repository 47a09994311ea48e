//! What happened, in words for the reader of a terminal.

use serde_json::Value;

use super::draw::{self, Shown};
use crate::domain::duration;
use crate::domain::ids::{GuildId, UserId};
use crate::simulator::{Answer, AuditEntry, Happening, Message, What, World};

/// What somebody reads of a happening, line by line; nothing of what they typed themselves.
pub(super) fn tell(world: &World, happening: &Happening) -> Vec<String> {
    let by = happening.by;
    let is_bot = by.is_some_and(|user| world.user(user).is_some_and(|user| user.bot));
    match &happening.what {
        What::Posted(message) if is_bot => posted(world, message, "writes"),
        What::Edited(message) if is_bot => posted(world, message, "changes its message"),
        What::Posted(_) | What::Edited(_) | What::Used(_) => Vec::new(),
        What::Deleted(message) => vec![deleted(world, by, message)],
        What::Joined(user) => vec![format!("  → {} joined", name(world, Some(*user)))],
        What::Left(user) => vec![format!("  ← {} left", name(world, Some(*user)))],
        What::Answered(user, answer) => answered(world, *user, answer),
        What::Moderated(entry) => moderated(world, happening.guild, entry)
            .into_iter()
            .collect(),
        What::Requested(request) if request.status >= 400 => {
            vec![format!(
                "  ! Discord refused {} {} of AIMod with {}",
                request.method, request.route, request.status
            )]
        }
        What::Requested(_) => Vec::new(),
    }
}

fn name(world: &World, user: Option<UserId>) -> String {
    let user = user.and_then(|id| world.user(id));
    user.map_or_else(
        || "somebody".to_owned(),
        |user| user.display_name.as_ref().unwrap_or(&user.name).clone(),
    )
}

fn posted(world: &World, message: &Message, verb: &str) -> Vec<String> {
    let channel = world.channel(message.channel);
    let recipient = channel.and_then(|channel| channel.recipient);
    let place = match recipient {
        Some(user) => format!("to {} by direct message", name(world, Some(user))),
        None => draw::place(world, message.guild, message.channel),
    };
    let author = name(world, Some(message.author));
    let shown = Shown {
        content: &message.content,
        embeds: &message.embeds,
        components: &message.components,
    };
    let mut lines = vec![format!("  ● {author} {verb} {place}")];
    lines.extend(draw::message(world, &shown));
    lines
}

fn answered(world: &World, user: UserId, answer: &Answer) -> Vec<String> {
    let user = name(world, Some(user));
    if let Some(form) = &answer.modal {
        let mut lines = vec![format!("  ● AIMod opens a form for {user}")];
        lines.extend(draw::form(form));
        return lines;
    }
    let head = if answer.ephemeral {
        format!("  ○ AIMod answers {user} (only {user} sees this)")
    } else {
        format!("  ● AIMod answers {user}")
    };
    let shown = Shown {
        content: &answer.content,
        embeds: &answer.embeds,
        components: &answer.components,
    };
    let mut lines = vec![head];
    lines.extend(draw::message(world, &shown));
    for more in &answer.followups {
        let list = |name: &str| more[name].as_array().cloned().unwrap_or_default();
        let (embeds, components) = (list("embeds"), list("components"));
        let shown = Shown {
            content: more["content"].as_str().unwrap_or_default(),
            embeds: &embeds,
            components: &components,
        };
        lines.extend(draw::message(world, &shown));
    }
    lines
}

fn deleted(world: &World, by: Option<UserId>, message: &Message) -> String {
    let actor = name(world, by);
    let whose = match by {
        Some(by) if by == message.author => "their own message".to_owned(),
        _ => format!("{}'s message", name(world, Some(message.author))),
    };
    let place = draw::place(world, message.guild, message.channel);
    let text = draw::readable(world, &message.content);
    let short: String = text.chars().take(50).collect();
    let short = if short.len() < text.len() {
        short + "…"
    } else {
        short
    };
    format!("  ✗ {actor} deleted {whose} {place}: “{short}”")
}

/// An entry of the audit log; deletions are told by the messages that are gone.
fn moderated(world: &World, guild: Option<GuildId>, entry: &AuditEntry) -> Option<String> {
    let target = entry.target.map(UserId);
    let whom = name(world, target);
    let what = match entry.action {
        20 => format!("kicked {whom}"),
        22 => format!("banned {whom}"),
        23 => format!("lifted the ban of {whom}"),
        24 => member_changed(world, guild, entry, &whom),
        25 => format!("changed the roles of {whom}"),
        72 | 73 => return None,
        _ => {
            let channel = entry.target.and_then(|id| world.channel(id.into()));
            let place =
                channel.map_or_else(String::new, |channel| format!(" of #{}", channel.name));
            format!("changed the settings{place}")
        }
    };
    let reason = entry.reason.as_deref();
    let reason = reason.map_or_else(String::new, |reason| {
        format!(" ({})", draw::readable(world, reason))
    });
    Some(format!(
        "  ⚑ {} {what}{reason}",
        name(world, Some(entry.by))
    ))
}

fn member_changed(world: &World, guild: Option<GuildId>, entry: &AuditEntry, whom: &str) -> String {
    let changes = entry.changes.as_array();
    let timeout = changes
        .into_iter()
        .flatten()
        .find(|change| change["key"].as_str() == Some("communication_disabled_until"));
    let Some(change) = timeout else {
        return format!("changed {whom}");
    };
    let target = entry.target.map(UserId);
    let until = guild
        .zip(target)
        .and_then(|(guild, user)| world.timeout_until(guild, user));
    match (
        change
            .get("new_value")
            .filter(|value| **value != Value::Null),
        until,
    ) {
        (Some(_), Some(until)) => {
            let length = (until - entry.at).to_std().unwrap_or_default();
            let length = std::time::Duration::from_secs((length.as_secs_f64() + 0.5) as u64);
            format!("timed {whom} out for {}", duration::format(length))
        }
        (Some(_), None) => format!("timed {whom} out"),
        (None, _) => format!("lifted the timeout of {whom}"),
    }
}
