//! The demo's guilds and their people, and the carrying out of their traffic.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::traffic::{Act, MEMBERS, Traffic};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::{SimGuild, SimMember, Simulator};

/// A guild of the demo.
pub(super) struct Place {
    guild: SimGuild,
    admin: SimMember,
    members: Vec<SimMember>,
    general: ChannelId,
    pub(super) log: ChannelId,
}

/// What was done in a guild, as its people saw it.
#[derive(Clone, Debug, Default)]
pub(super) struct Doings {
    pub(super) messages: u64,
    pub(super) joins: u64,
    /// The scams, with who posted them where.
    pub(super) scams: Vec<(UserId, ChannelId, MessageId)>,
    pub(super) commands: u64,
    /// Commands that asked for a change and were answered that it holds.
    pub(super) changes: u64,
}

/// Builds so many guilds in the simulator.
pub(super) fn build(sim: &Simulator, guilds: usize) -> anyhow::Result<Vec<Place>> {
    (1..=guilds).map(|number| build_one(sim, number)).collect()
}

fn build_one(sim: &Simulator, number: usize) -> anyhow::Result<Place> {
    let guild = sim.add_guild_of(&format!("Guild {number}"), &format!("admin{number}"));
    let log = guild.add_channel("mod-log");
    let general = guild.channel("general")?;
    let members = (1..=MEMBERS)
        .map(|member| guild.add_member(&format!("member{number}-{member}")))
        .collect::<Result<_, _>>()?;
    let admin = guild.owner()?;
    Ok(Place {
        guild,
        admin,
        members,
        general,
        log,
    })
}

impl Place {
    pub(super) fn id(&self) -> GuildId {
        self.guild.id()
    }

    /// Switches bot detection on and names the log channel, as an administrator does first.
    pub(super) async fn open(&self) -> anyhow::Result<Doings> {
        let mut doings = Doings::default();
        let log = format!(
            "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
            self.log
        );
        for line in ["/botdetect enable on:true", log.as_str()] {
            self.command(line, true, &mut doings).await?;
        }
        Ok(doings)
    }

    async fn command(&self, line: &str, changes: bool, doings: &mut Doings) -> anyhow::Result<()> {
        let answer = self.admin.runs(line)?.answer().await?.text();
        doings.commands += 1;
        if changes {
            // A change is acknowledged by saying what holds now; anything else is a refusal or a fault.
            let held = ["is now on", "From now on", "Added", "This is version"];
            anyhow::ensure!(
                held.iter().any(|word| answer.contains(word)),
                "{line} was answered: {answer}"
            );
            doings.changes += 1;
        }
        Ok(())
    }

    async fn act(&self, act: Act, doings: &mut Doings) -> anyhow::Result<()> {
        match act {
            Act::Chat { member, text } => {
                self.members[member % self.members.len()].posts(self.general, &text)?;
                doings.messages += 1;
            }
            Act::Scam { name, text } => {
                let stranger = self.guild.joins(&format!("{name}-{}", self.id()))?;
                let message = stranger.posts(self.general, &text)?;
                doings.joins += 1;
                doings.messages += 1;
                doings.scams.push((stranger.id(), self.general, message));
            }
            Act::Join { name } => {
                self.guild.joins(&format!("{name}-{}", self.id()))?;
                doings.joins += 1;
            }
            Act::Command { line, changes } => self.command(&line, changes, doings).await?,
        }
        Ok(())
    }

    /// Plays the guild's traffic of so many seconds, or until it is told to stop.
    pub(super) async fn play(
        &self,
        traffic: Traffic,
        seconds: Duration,
        stop: &CancellationToken,
    ) -> anyhow::Result<Doings> {
        let begun = Instant::now();
        let mut doings = self.open().await?;
        for (at, act) in traffic.take_while(|(at, _)| *at < seconds) {
            if stop
                .run_until_cancelled(tokio::time::sleep_until(begun + at))
                .await
                .is_none()
            {
                break;
            }
            self.act(act, &mut doings).await?;
        }
        Ok(doings)
    }
}

/// How the run is asked to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) seed: u64,
    /// Acts per second over all guilds.
    pub(super) rate: f64,
    pub(super) length: Duration,
}

/// Plays all guilds side by side and returns what was done in each.
pub(super) async fn play(
    places: &Arc<Vec<Place>>,
    pace: Pace,
    stop: &CancellationToken,
) -> anyhow::Result<Vec<Doings>> {
    let tasks = TaskTracker::new();
    let rate = pace.rate / places.len().max(1) as f64;
    let running: Vec<_> = (0..places.len())
        .map(|number| {
            let (places, stop) = (Arc::clone(places), stop.clone());
            let traffic = Traffic::new(pace.seed, number, rate);
            tasks.spawn(async move { places[number].play(traffic, pace.length, &stop).await })
        })
        .collect();
    let mut all = Vec::with_capacity(running.len());
    for one in running {
        all.push(one.await.context("a guild of the demo panicked")??);
    }
    Ok(all)
}
