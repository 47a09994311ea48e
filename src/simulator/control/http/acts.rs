//! Control requests in which somebody does something.

use axum::extract::State;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::ask::{Ask, Body, json as answer, need, text};
use super::{Reply, done};
use crate::simulator::control::{ControlError, Pending, Simulator};
use crate::simulator::world::message::Draft;

/// No account is older than Discord.
fn age(days: i64) -> Result<TimeDelta, ControlError> {
    let age = (0..=10_000).contains(&days).then(|| TimeDelta::days(days));
    age.ok_or_else(|| ControlError::Request(format!("{days} days is no age of an account")))
}

pub(super) async fn join(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let name = ask.user_name()?;
    let member = match (&ask.invite, ask.account_age_days) {
        (Some(code), _) => guild.joins_by(code, &name)?,
        (None, Some(days)) => guild.joins_aged(&name, age(days)?)?,
        (None, None) => guild.joins(&name)?,
    };
    answer(json!({"user_id": member.id()}))
}

pub(super) async fn leave(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    ask.member(&sim)?.leaves()?;
    done()
}

pub(super) async fn write(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    let channel = ask.channel(&guild)?;
    let mut draft = Draft::text(ask.content.clone().unwrap_or_default());
    draft.embeds = ask.embeds.clone().unwrap_or_default();
    draft.reply_to = ask.replied()?;
    for file in ask.attachments.iter().flatten() {
        draft = draft.attachment(&file.filename, file.size, &file.content_type);
    }
    let message = ask.member(&sim)?.posts_draft(channel, draft)?;
    answer(json!({"message_id": message, "channel_id": channel}))
}

pub(super) async fn edit(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    ask.member(&sim)?.edits(ask.message()?, ask.content()?)?;
    done()
}

pub(super) async fn delete(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    ask.member(&sim)?.deletes(ask.message()?)?;
    done()
}

pub(super) async fn dm(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let message = ask.person(&sim)?.writes_to_bot(ask.content()?)?;
    answer(json!({"message_id": message}))
}

pub(super) async fn set_dms(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let member = ask.member(&sim)?;
    if need(ask.open, "open")? {
        member.opens_dms();
    } else {
        member.closes_dms();
    }
    done()
}

async fn awaited(pending: Pending) -> Reply {
    answer(pending.answer().await?.wire())
}

pub(super) async fn command(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let line = need(ask.line.as_deref(), "line")?;
    if ask.direct == Some(true) {
        return awaited(ask.person(&sim)?.runs_directly(line)?).await;
    }
    let member = ask.member(&sim)?;
    let pending = match ask.unchecked {
        Some(true) => member.runs_unchecked(line)?,
        _ => member.runs(line)?,
    };
    awaited(pending).await
}

pub(super) async fn autocomplete(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let line = need(ask.line.as_deref(), "line")?;
    let choices = ask.member(&sim)?.autocompletes(line).await?;
    answer(json!({"choices": choices}))
}

pub(super) async fn press(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    if let Some(label) = &ask.label {
        return awaited(ask.person(&sim)?.clicks(label)?).await;
    }
    let custom_id = need(ask.custom_id.as_deref(), "label or custom_id")?;
    let values = ask.values.clone().unwrap_or_default();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    let member = ask.person(&sim)?;
    awaited(member.selects(ask.message()?, custom_id, &values)?).await
}

pub(super) async fn submit(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let custom_id = need(ask.custom_id.as_deref(), "custom_id")?;
    let fields = ask.fields.clone().unwrap_or_default();
    let texts = |value: &Value| match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    };
    let fields: Vec<(&str, String)> = fields
        .iter()
        .flat_map(|(name, value)| texts(value).into_iter().map(|one| (name.as_str(), one)))
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    awaited(ask.person(&sim)?.submits(custom_id, &fields)?).await
}

pub(super) async fn give_role(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let role = ask.guild(&sim)?.role(&ask.role_name()?)?;
    ask.member(&sim)?.give_role(role)?;
    done()
}

pub(super) async fn take_role(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let role = ask.guild(&sim)?.role(&ask.role_name()?)?;
    ask.member(&sim)?.take_role(role)?;
    done()
}

fn reason(ask: &Ask) -> &str {
    ask.reason.as_deref().unwrap_or_default()
}

pub(super) async fn ban(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let target = ask.target(&sim)?;
    ask.member(&sim)?.bans(target, reason(&ask))?;
    done()
}

pub(super) async fn unban(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let target = ask.target(&sim)?;
    ask.member(&sim)?.unbans(target, reason(&ask))?;
    done()
}

pub(super) async fn kick(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let target = ask.target(&sim)?;
    ask.member(&sim)?.kicks(target, reason(&ask))?;
    done()
}

pub(super) async fn timeout(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let target = ask.target(&sim)?;
    let time = super::trouble::forward(need(ask.seconds, "seconds")?)?;
    ask.member(&sim)?.times_out(target, time, reason(&ask))?;
    let until: Value = sim.look(|world| {
        let guild = ask.guild.as_ref().and_then(Value::as_str);
        let guild = guild.and_then(|name| world.find_guild(name));
        json!(guild.and_then(|guild| world.timeout_until(guild, target)))
    });
    answer(json!({"ok": true, "until": until}))
}
