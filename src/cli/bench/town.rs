//! The simulated guilds of a load run, and what is posted in them.

use chrono::{DateTime, Utc};

use super::mix::{Kind, Lines};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::{SimGuild, SimMember, Simulator, SimulatorOptions};

/// Discord's number of a timeout in the audit log. What a bot deletes is in no log.
const TIMED_OUT: u16 = 24;

struct Place {
    guild: SimGuild,
    general: ChannelId,
    talker: SimMember,
}

/// A scam, and when it was posted.
struct Scam {
    guild: GuildId,
    author: UserId,
    place: (ChannelId, MessageId),
    at: DateTime<Utc>,
}

/// A simulated Discord with people in each guild.
pub(super) struct Town {
    pub(super) sim: Simulator,
    places: Vec<Place>,
    lines: Lines,
    posted: u64,
    scams: Vec<Scam>,
}

impl Town {
    /// Builds so many guilds, with one talker in each.
    pub(super) async fn build(guilds: u32, lines: Lines) -> anyhow::Result<Self> {
        let sim = Simulator::start(SimulatorOptions {
            // A flood must not fill the memory that is measured.
            messages_per_channel: 1_000,
            // The bot is measured, not Discord's patience of 50 requests a second.
            rate_limits: false,
            ..SimulatorOptions::default()
        })
        .await?;
        let place = |number| {
            let guild = sim.add_guild(&format!("Guild {number}"));
            Ok(Place {
                general: guild.channel("general")?,
                talker: guild.add_member("talker")?,
                guild,
            })
        };
        let places = (1..=guilds).map(place).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            sim,
            places,
            lines,
            posted: 0,
            scams: Vec::new(),
        })
    }

    pub(super) fn guilds(&self) -> impl Iterator<Item = GuildId> {
        self.places.iter().map(|place| place.guild.id())
    }

    pub(super) const fn posted(&self) -> u64 {
        self.posted
    }

    pub(super) const fn scams(&self) -> usize {
        self.scams.len()
    }

    /// Posts the next message, guild after guild. Every scam is somebody else's, for who was punished cannot write.
    pub(super) fn post(&mut self) -> anyhow::Result<()> {
        let index = usize::try_from(self.posted)? % self.places.len();
        let place = &self.places[index];
        let (kind, text) = self.lines.next();
        if kind == Kind::Scam {
            let name = format!("scammer-{}", self.scams.len());
            let scammer = place.guild.add_member(&name)?;
            let at = self.sim.clock().now();
            self.scams.push(Scam {
                guild: place.guild.id(),
                author: scammer.id(),
                place: (place.general, scammer.posts(place.general, text)?),
                at,
            });
        } else {
            place.talker.posts(place.general, text)?;
        }
        self.posted += 1;
        Ok(())
    }

    /// How many scams are gone.
    pub(super) fn deleted(&self) -> usize {
        self.sim.look(|world| {
            let is_gone = |scam: &&Scam| world.message(scam.place.0, scam.place.1).is_none();
            self.scams.iter().filter(is_gone).count()
        })
    }

    /// How long each scammer went unpunished, as the world saw it, in milliseconds, the shortest first.
    pub(super) fn punishments_ms(&self) -> Vec<f64> {
        let mut times: Vec<f64> = self.sim.look(|world| {
            let punished = |scam: &Scam| {
                let log = world.audit_log(scam.guild).iter();
                let mut timeouts = log.filter(|entry| entry.action == TIMED_OUT);
                let found = timeouts.find(|entry| entry.target == Some(scam.author.0))?;
                let micros = (found.at - scam.at).num_microseconds()?;
                Some(micros as f64 / 1_000.0)
            };
            self.scams.iter().filter_map(punished).collect()
        });
        times.sort_by(f64::total_cmp);
        times
    }
}
