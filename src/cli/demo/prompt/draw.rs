//! Messages as text: cards in boxes, buttons in brackets, mentions by name.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::duration;
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::simulator::World;

/// Columns of a card's inside.
const WIDTH: usize = 72;

/// What a message shows: text, cards, buttons.
pub(super) struct Shown<'a> {
    pub(super) content: &'a str,
    pub(super) embeds: &'a [Value],
    pub(super) components: &'a [Value],
}

/// Draws a message line by line.
pub(super) fn message(world: &World, shown: &Shown<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for line in wrapped(&readable(world, shown.content)) {
        lines.push(format!("    {line}"));
    }
    for embed in shown.embeds {
        lines.extend(card(world, embed));
    }
    for row in shown.components {
        lines.extend(buttons(row));
    }
    lines
}

/// A form that the bot opened, its inputs numbered.
pub(super) fn form(form: &Value) -> Vec<String> {
    let mut inputs = Vec::new();
    labels(form, None, &mut inputs);
    let title = form["title"].as_str().unwrap_or("a form");
    let mut lines = vec![top(title)];
    for (number, label) in (1..).zip(inputs) {
        lines.push(format!("    │ {number}. {label}: ____"));
    }
    lines.push(bottom());
    lines.push("    as NAME fill FIRST | SECOND sends it".to_owned());
    lines
}

fn labels(part: &Value, label: Option<&str>, found: &mut Vec<String>) {
    if part["custom_id"].is_string() && part["type"].as_u64() == Some(4) {
        let own = part["label"].as_str().or(label);
        found.push(own.unwrap_or("text").to_owned());
    }
    let label = part["label"].as_str();
    for one in part["components"].as_array().into_iter().flatten() {
        labels(one, None, found);
    }
    if let Some(one) = part.get("component") {
        labels(one, label, found);
    }
}

fn top(title: &str) -> String {
    let title = if title.is_empty() {
        String::new()
    } else {
        format!(" {title} ")
    };
    let rest = WIDTH.saturating_sub(title.chars().count());
    format!("    ╭─{title}{}", "─".repeat(rest))
}

fn bottom() -> String {
    format!("    ╰─{}", "─".repeat(WIDTH))
}

fn card(world: &World, embed: &Value) -> Vec<String> {
    let at = |value: &Value| readable(world, value.as_str().unwrap_or_default());
    let mut texts = vec![at(&embed["author"]["name"]), at(&embed["description"])];
    for field in embed["fields"].as_array().into_iter().flatten() {
        let (name, value) = (at(&field["name"]), at(&field["value"]));
        let blank = name.trim_matches('\u{200b}').is_empty();
        texts.push(if blank {
            value
        } else {
            format!("{name}: {value}")
        });
    }
    texts.push(at(&embed["footer"]["text"]));
    let title = at(&embed["title"]);
    let mut lines = vec![top(&title)];
    let texts = texts.iter().filter(|text| !text.is_empty());
    for line in texts.flat_map(|text| wrapped(text)) {
        lines.push(format!("    │ {line}"));
    }
    lines.push(bottom());
    lines
}

/// The buttons and selects of a row.
fn buttons(row: &Value) -> Option<String> {
    let inside = row["components"].as_array()?;
    let shown: Vec<String> = inside.iter().filter_map(button).collect();
    (!shown.is_empty()).then(|| format!("    {}", shown.join(" ")))
}

fn button(one: &Value) -> Option<String> {
    if let Some(options) = one["options"].as_array() {
        let names: Vec<&str> = options
            .iter()
            .filter_map(|one| one["label"].as_str())
            .collect();
        let hint = one["placeholder"].as_str().unwrap_or("choose");
        return Some(format!("[ {hint} ▾ {} ]", names.join(" · ")));
    }
    let emoji = one["emoji"]["name"].as_str();
    let label = one["label"].as_str().or(emoji)?;
    let off = if one["disabled"] == true {
        " (off)"
    } else {
        ""
    };
    Some(format!("[ {label}{off} ]"))
}

/// Lines of at most [`WIDTH`] columns, broken between words where there are any.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut current = String::new();
        for word in line.split(' ') {
            let length = current.chars().count();
            if length > 0 && length + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::take(&mut current));
            }
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines
}

/// The text as Discord shows it: mentions by name, times as times, no marks of bold type.
pub(super) fn readable(world: &World, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find('>');
        let shown = end.and_then(|end| Some((end, mention(world, &from[1..end])?)));
        if let Some((end, shown)) = shown {
            out.push_str(&shown);
            rest = &from[end + 1..];
        } else {
            out.push('<');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out.replace("**", "").replace('\u{200b}', "")
}

fn mention(world: &World, inside: &str) -> Option<String> {
    if let Some(id) = inside.strip_prefix("@&") {
        let id: RoleId = id.parse().ok()?;
        let mut guilds = world.guilds().into_iter();
        return guilds.find_map(|guild| Some(format!("@{}", guild.roles.get(&id)?.name)));
    }
    if let Some(id) = inside.strip_prefix('@') {
        let id: UserId = id.trim_start_matches('!').parse().ok()?;
        return Some(format!("@{}", world.user(id)?.name));
    }
    if let Some(id) = inside.strip_prefix('#') {
        let id: ChannelId = id.parse().ok()?;
        return Some(format!("#{}", world.channel(id)?.name));
    }
    let (seconds, style) = inside
        .strip_prefix("t:")?
        .split_once(':')
        .unwrap_or((&inside[2..], ""));
    let at = DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
    Some(moment(world.now(), at, style))
}

fn moment(now: DateTime<Utc>, at: DateTime<Utc>, style: &str) -> String {
    if style != "R" {
        return at.format("%Y-%m-%d %H:%M UTC").to_string();
    }
    let apart = (at - now).abs().to_std().unwrap_or_default();
    // Half a minute more or less is the same to a reader, and "9m59s" would be pedantic.
    let apart = if apart.as_secs() > 60 {
        std::time::Duration::from_secs((apart.as_secs() + 30) / 60 * 60)
    } else {
        apart
    };
    let length = duration::format(apart);
    if at >= now {
        format!("in {length}")
    } else {
        format!("{length} ago")
    }
}

/// The name of a guild's channel with its `#`, or that of a direct conversation.
pub(super) fn place(world: &World, guild: Option<GuildId>, channel: ChannelId) -> String {
    let found = world.channel(channel);
    match (guild, found) {
        (Some(_), Some(found)) => format!("in #{}", found.name),
        _ => "by direct message".to_owned(),
    }
}
