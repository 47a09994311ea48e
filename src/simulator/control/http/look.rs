//! Control requests that look.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Reply;
use super::ask::{Asked, json as answer};
use crate::simulator::control::Simulator;
use crate::simulator::control::error::ControlError;
use crate::simulator::world::acts::audit_wire;

/// Requests shown unless a limit is given.
const SHOWN: usize = 100;

pub(super) async fn ready(State(sim): State<Simulator>, Asked(_): Asked) -> Reply {
    sim.bot_ready().await?;
    answer(json!({"ready": true, "commands": sim.look(|world| json!(world.commands()))}))
}

pub(super) async fn world(State(sim): State<Simulator>, Asked(_): Asked) -> Reply {
    answer(sim.look(super::super::super::world::World::dump))
}

pub(super) async fn world_file(State(sim): State<Simulator>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], sim.world_file())
}

pub(super) async fn messages(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let guild = ask.guild(&sim)?;
    let channel = ask.channel(&guild)?;
    answer(sim.look(|world| world.dump_messages(channel)))
}

pub(super) async fn dms(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let name = ask.user_name()?;
    let user = sim.look(|world| world.find_user(&name));
    let user = user.ok_or_else(|| ControlError::unknown("user", name))?;
    answer(sim.look(|world| {
        let messages = world.dms(user);
        messages
            .into_iter()
            .map(|message| world.dump_message(message))
            .collect()
    }))
}

pub(super) async fn bans(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let id = ask.guild(&sim)?.id();
    answer(sim.look(|world| {
        world
            .guild(id)
            .map_or(Value::Null, |guild| world.dump_bans(guild))
    }))
}

pub(super) async fn audit(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let id = ask.guild(&sim)?.id();
    answer(sim.look(|world| world.audit_log(id).iter().map(audit_wire).collect()))
}

pub(super) async fn requests(State(sim): State<Simulator>, Asked(ask): Asked) -> Reply {
    let pattern = ask.pattern.as_deref().unwrap_or("*");
    let limit = ask.limit.as_deref().and_then(|text| text.parse().ok());
    let list = sim.requests(pattern);
    let newest = list.len().saturating_sub(limit.unwrap_or(SHOWN));
    let shown: Vec<Value> = list[newest..]
        .iter()
        .map(super::super::RequestEntry::wire)
        .collect();
    let (total, counts) = sim
        .shared
        .read(|state| (state.log.total, state.log.counts()));
    answer(json!({"total": total, "fitting": list.len(), "counts": counts, "requests": shown}))
}

pub(super) async fn events(State(sim): State<Simulator>, Asked(_): Asked) -> Reply {
    let (identified, resumed) = sim.sessions_opened();
    answer(json!({
        "sent": sim.events_sent(), "waiting": sim.backlog(), "identified": identified, "resumed": resumed,
        "refused": sim.connections_refused(),
    }))
}
