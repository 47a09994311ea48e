//! How a simulator is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::clock::Clock;
use crate::simulator::world::event::intents;

/// How a simulator is started. The default listens on a free port of the loopback address.
#[derive(Clone, Debug)]
pub struct SimulatorOptions {
    /// Where REST, gateway and control listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The bot's token.
    pub token: String,
    /// Fixes tokens and session ids.
    pub seed: u64,
    /// The time in the world. With a manual clock, time limits pass only when it is advanced.
    pub clock: Clock,
    /// How many shards `GET /gateway/bot` recommends.
    pub shards: u32,
    /// How often clients must send a heartbeat.
    pub heartbeat: Duration,
    /// Which privileged intents the application was granted; a client that wants others is closed with 4014.
    pub privileged_intents: u64,
    /// By which number shards are told apart: those whose numbers leave the same remainder start one after another.
    pub max_concurrency: u32,
    /// How many sessions of one remainder may be started within five seconds. Discord grants one; the default lets
    /// tests start a bot again at once.
    pub starts_at_once: u32,
    /// How many sessions may be started in a day.
    pub session_starts: u32,
    /// How many messages of a channel are kept.
    pub messages_per_channel: usize,
    /// How many users who are not members each guild may ban.
    pub non_member_bans: u32,
    /// Whether Discord's rate limits are enforced: 50 requests a second in all, buckets per route, and the block after
    /// too many refusals. Off for runs that measure the bot rather than Discord's patience.
    pub rate_limits: bool,
    /// A file with the world to begin with (see [`Simulator::save`](super::Simulator::save)); an empty world if none.
    pub world: Option<PathBuf>,
}

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            token: "MTA.simulated.token".to_owned(),
            seed: 1,
            clock: Clock::system(),
            shards: 1,
            heartbeat: Duration::from_millis(41_250),
            privileged_intents: intents::PRIVILEGED,
            max_concurrency: 16,
            starts_at_once: 16,
            session_starts: 1_000,
            messages_per_channel: 100_000,
            non_member_bans: 2_000,
            rate_limits: true,
            world: None,
        }
    }
}
