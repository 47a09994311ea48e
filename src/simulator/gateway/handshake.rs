//! IDENTIFY and RESUME.

use serde::Deserialize;
use serde_json::{Value, json};

use super::starts::Start;
use super::{Gateway, Line, Session};
use crate::domain::ids::GuildId;
use crate::simulator::shared::{Settings, State};
use crate::simulator::world::World;
use crate::simulator::world::event::{Body, Event, intents};
use crate::simulator::world::wire::{UserWire, value};

/// Where clients come back to. Discord sends them to the server that holds their session; `/` takes them as well.
pub(crate) const RESUME_PATH: &str = "/resume";

/// Guilds of one shard at most (Discord's page on sharding).
const GUILDS_PER_SHARD: usize = 2_500;

/// Why the gateway closes a connection; the numbers are Discord's.
pub(crate) type Closing = (u16, &'static str);

pub(crate) const UNKNOWN_OPCODE: Closing = (4001, "Unknown opcode.");
pub(crate) const UNREADABLE: Closing = (4002, "Error while decoding payload.");
pub(crate) const NOT_IDENTIFIED: Closing = (4003, "Not authenticated.");
pub(crate) const WRONG_TOKEN: Closing = (4004, "Authentication failed.");
pub(crate) const IDENTIFIED_TWICE: Closing = (4005, "Already authenticated.");
const INVALID_SEQUENCE: Closing = (4007, "Invalid seq.");
pub(crate) const TOO_FAST: Closing = (4008, "You are being rate limited.");
pub(crate) const NO_HEARTBEAT: Closing = (4009, "Session timed out.");
const WRONG_SHARD: Closing = (4010, "Invalid shard.");
const SHARDING_REQUIRED: Closing = (4011, "Sharding required.");
pub(crate) const WRONG_VERSION: Closing = (4012, "Invalid API version.");
const WRONG_INTENTS: Closing = (4013, "Invalid intent(s).");
const DISALLOWED_INTENTS: Closing = (4014, "Disallowed intent(s).");

/// Whether a session is over with a connection that is closed so: Discord's page on close codes says after which of
/// them a client starts a new one.
pub(crate) const fn ends_session(code: u16) -> bool {
    matches!(code, 1000 | 1001 | 4007 | 4009)
}

#[derive(Debug, Deserialize)]
struct Identify {
    token: String,
    intents: u64,
    #[serde(default)]
    shard: Option<(u32, u32)>,
    #[serde(default)]
    large_threshold: Option<usize>,
    #[serde(default)]
    compress: bool,
}

/// What becomes of an IDENTIFY that the connection survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identified {
    Opened {
        /// Whether the client takes compressed packets.
        compress: bool,
    },
    /// Too many sessions were started within the last seconds; op 9 `false` says so.
    TooSoon,
}

#[derive(Debug, Deserialize)]
struct Resume {
    token: String,
    session_id: String,
    seq: u64,
}

fn is_token(settings: &Settings, given: &str) -> bool {
    given.strip_prefix("Bot ").unwrap_or(given) == settings.token
}

/// Opens a session: READY, then one GUILD_CREATE for each of the shard's guilds.
pub(crate) fn identify(
    state: &mut State,
    settings: &Settings,
    line: Line,
    data: &Value,
) -> Result<Identified, Closing> {
    let asked = Identify::deserialize(data).map_err(|_| UNREADABLE)?;
    check(settings, &asked)?;
    let gateway = &mut state.gateway;
    let shard = asked.shard.map_or(0, |(number, _)| number);
    match gateway.starts.take(shard, state.world.now(), settings) {
        Start::Granted => {}
        Start::TooSoon => return Ok(Identified::TooSoon),
        Start::Exhausted => {
            gateway.end_all(WRONG_TOKEN.0, WRONG_TOKEN.1);
            return Err(WRONG_TOKEN);
        }
    }
    let compress = asked.compress;
    open(state, settings, line, asked)?;
    Ok(Identified::Opened { compress })
}

fn open(
    state: &mut State,
    settings: &Settings,
    line: Line,
    asked: Identify,
) -> Result<(), Closing> {
    let State { world, gateway, .. } = state;
    let shard = asked.shard.unwrap_or((0, 1));
    let mut session = Session::new(world.dice.token(2), shard, asked.intents);
    session.large_threshold = asked.large_threshold.unwrap_or(50).clamp(50, 250);
    session.strange = gateway.strange;
    session.take_up(line);
    let guilds = guilds_of(world, &session);
    if guilds.len() > GUILDS_PER_SHARD {
        return Err(SHARDING_REQUIRED);
    }
    let unavailable: Vec<Value> = guilds
        .iter()
        .map(|id| json!({"id": id, "unavailable": true}))
        .collect();
    let ready = ready(world, settings, &session, &unavailable);
    session.push("READY", &ready.to_string());
    create_guilds(gateway, world, &mut session, &guilds);
    gateway.identified += 1;
    // Who identifies anew for a shard has given up its former session.
    gateway
        .sessions
        .retain(|one| one.line.is_some() || one.shard != shard);
    gateway.sessions.push(session);
    world.strips_content = gateway.strips_content();
    Ok(())
}

fn check(settings: &Settings, asked: &Identify) -> Result<(), Closing> {
    if !is_token(settings, &asked.token) {
        return Err(WRONG_TOKEN);
    }
    if asked.shard.is_some_and(|(number, total)| number >= total) {
        return Err(WRONG_SHARD);
    }
    if asked.intents & !intents::ALL != 0 {
        return Err(WRONG_INTENTS);
    }
    let privileged = asked.intents & intents::PRIVILEGED;
    if privileged & !settings.privileged_intents != 0 {
        return Err(DISALLOWED_INTENTS);
    }
    Ok(())
}

fn guilds_of(world: &World, session: &Session) -> Vec<GuildId> {
    let own = world.guilds.values().filter(|guild| {
        guild.members.contains_key(&world.bot.user) && session.covers(Some(guild.id))
    });
    own.map(|guild| guild.id).collect()
}

fn ready(world: &World, settings: &Settings, session: &Session, guilds: &[Value]) -> Value {
    let flags = application_flags(settings);
    let mut user = value(&world.users.get(&world.bot.user).map(UserWire::of));
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(true);
    user["email"] = Value::Null;
    json!({
        "v": 10, "user": user, "guilds": guilds, "session_id": session.id,
        "resume_gateway_url": format!("{}{RESUME_PATH}", settings.gateway_url), "shard": [session.shard.0, session.shard.1],
        "application": {
            "id": world.bot.application.to_string(), "flags": flags, "flags_new": flags.to_string(),
        },
        "user_settings": {}, "session_type": "normal", "private_channels": [], "relationships": [], "presences": [],
        "guild_join_requests": [], "geo_ordered_rtc_regions": [], "_trace": ["aimod-simulator"],
    })
}

/// The flags that say which privileged intents the application was granted, from Discord's page on applications.
pub(crate) fn application_flags(settings: &Settings) -> u64 {
    let granted = |intent: u64, bit: u64| {
        if settings.privileged_intents & intent != 0 {
            1 << bit
        } else {
            0
        }
    };
    granted(intents::GUILD_PRESENCES, 13)
        | granted(intents::GUILD_MEMBERS, 15)
        | granted(intents::MESSAGE_CONTENT, 19)
}

fn create_guilds(gateway: &mut Gateway, world: &World, session: &mut Session, guilds: &[GuildId]) {
    for id in guilds {
        if !world.bot_hears(*id) {
            continue;
        }
        let event = Event {
            name: "GUILD_CREATE".to_owned(),
            guild: Some(*id),
            intents: intents::GUILDS,
            body: Body::Guild(*id),
        };
        if session.hears(&event) {
            session.push_event(world, &event);
            gateway.events_sent += 1;
        }
    }
}

/// Takes a session up again and replays what it missed. `Ok(false)` is op 9: it must identify anew.
pub(crate) fn resume(
    state: &mut State,
    settings: &Settings,
    line: Line,
    data: &Value,
) -> Result<bool, Closing> {
    let asked = Resume::deserialize(data).map_err(|_| UNREADABLE)?;
    if !is_token(settings, &asked.token) {
        return Err(WRONG_TOKEN);
    }
    let (gateway, now) = (&mut state.gateway, state.world.now());
    gateway.sessions.retain(|one| !one.is_stale(now));
    let mut known = gateway.sessions.iter_mut();
    let found = known.find(|one| one.id == asked.session_id);
    if found.as_ref().is_some_and(|one| asked.seq > one.sequence) {
        gateway.sessions.retain(|one| one.id != asked.session_id);
        return Err(INVALID_SEQUENCE);
    }
    let Some(session) = found.filter(|one| one.can_replay_after(asked.seq)) else {
        gateway.sessions.retain(|one| one.id != asked.session_id);
        return Ok(false);
    };
    session.take_up(line);
    session.replay_after(asked.seq);
    session.push("RESUMED", r#"{"_trace":["aimod-simulator"]}"#);
    gateway.resumed += 1;
    Ok(true)
}
