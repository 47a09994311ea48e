//! Control requests that break things, and the clock.

use std::time::Duration;

use axum::extract::State;
use chrono::TimeDelta;
use serde_json::json;

use super::ask::{Asked, Body, json as answer, need};
use super::{Reply, done};
use crate::simulator::control::error::ControlError;
use crate::simulator::control::{Fault, Simulator};

pub(super) async fn outage(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let guild = ask.guild(&sim)?;
    if need(ask.on, "on")? {
        guild.outage();
    } else {
        guild.restore();
    }
    done()
}

pub(super) async fn fault(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let pattern = need(ask.pattern.as_deref(), "pattern")?;
    let fault = need(ask.fault.as_ref(), "fault")?;
    let fault = Fault::from_json(fault)
        .ok_or_else(|| ControlError::Request(format!("{fault} is no fault")))?;
    sim.fail_next(pattern, ask.times.unwrap_or(1), fault);
    done()
}

pub(super) async fn clear_faults(State(sim): State<Simulator>, Asked(_): Asked) -> Reply {
    sim.clear_faults();
    done()
}

pub(super) async fn gateway(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    match need(ask.action.as_deref(), "action")? {
        "drop" => sim.drop_connections(),
        "heartbeat" => sim.ask_for_heartbeat(),
        "reconnect" => sim.ask_to_reconnect(),
        "invalidate" => sim.invalidate_sessions(false),
        "resume" => sim.invalidate_sessions(true),
        "close" => sim.close_connections(ask.code.unwrap_or(4000)),
        "duplicate" => sim.duplicate_next_event(),
        "swap" => sim.swap_next_events(),
        "strange" => sim.add_unknown_things(true),
        "known" => sim.add_unknown_things(false),
        "deaf" => sim.ignore_heartbeats(true),
        "hearing" => sim.ignore_heartbeats(false),
        "outage" => sim.begin_outage(ask.seconds.map(forward).transpose()?),
        "restore" => sim.end_outage(),
        "latency" => sim.slow_gateway(Duration::from_millis(need(ask.ms, "ms")?)),
        other => return Err(ControlError::unknown("action", other)),
    }
    done()
}

pub(super) async fn raw(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let event = need(ask.event.as_deref(), "event")?;
    let guild = match ask.guild {
        Some(_) => Some(ask.guild(&sim)?.id()),
        None => None,
    };
    sim.send_raw(guild, event, &ask.data.unwrap_or_default());
    done()
}

/// A time to come; no world turns back.
pub(super) fn forward(seconds: i64) -> Result<TimeDelta, ControlError> {
    let time = TimeDelta::try_seconds(seconds).filter(|time| *time >= TimeDelta::zero());
    time.ok_or_else(|| ControlError::Request(format!("{seconds} is no number of seconds to come")))
}

pub(super) async fn clock(State(sim): State<Simulator>, Body(ask): Body) -> Reply {
    let seconds = need(ask.seconds, "seconds")?;
    if !sim.clock().is_movable() {
        let why = "this simulator runs on the machine's clock, which cannot be moved";
        return Err(ControlError::Request(why.to_owned()));
    }
    sim.advance(forward(seconds)?);
    answer(json!({"now": sim.clock().now()}))
}
