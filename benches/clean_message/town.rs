//! A simulated Discord with many guilds, in which somebody talks without end.

use std::time::{Duration, Instant};

use aimod::domain::ids::{ChannelId, GuildId};
use aimod::simulator::{SimMember, Simulator, SimulatorOptions};

/// Everyday talk, nothing that a rule knows.
pub(crate) const TALK: &str =
    "did anybody see the match last night? we should watch the next one together at my place!";

/// A simulated Discord and a talkative member of each of its guilds.
pub(crate) struct Town {
    pub(crate) sim: Simulator,
    talkers: Vec<(SimMember, ChannelId)>,
}

impl Town {
    pub(crate) async fn build(guilds: usize) -> anyhow::Result<Self> {
        let sim = Simulator::start(SimulatorOptions {
            messages_per_channel: 1_000,
            ..SimulatorOptions::default()
        })
        .await?;
        let talkers = (0..guilds)
            .map(|number| {
                let guild = sim.add_guild(&format!("Guild {number}"));
                Ok((guild.add_member("talker")?, guild.channel("general")?))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { sim, talkers })
    }

    pub(crate) fn guilds(&self) -> Vec<GuildId> {
        let ids = self.talkers.iter().map(|(talker, _)| talker.guild().id());
        ids.collect()
    }

    /// Posts so many messages, spread over the guilds, and waits until `arrived` tells that all of them were dealt
    /// with. Gives the messages per second from the first post on.
    pub(crate) async fn talk(
        &self,
        messages: u64,
        arrived: impl Fn() -> u64,
    ) -> anyhow::Result<f64> {
        let goal = arrived() + messages;
        let begun = Instant::now();
        for (posted, (talker, channel)) in (0..messages).zip(self.talkers.iter().cycle()) {
            talker.posts(*channel, TALK)?;
            if posted % 500 == 0 {
                // The simulator's socket and the actors share this runtime.
                tokio::task::yield_now().await;
            }
        }
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        while arrived() < goal {
            looks.tick().await;
        }
        Ok(messages as f64 / begun.elapsed().as_secs_f64())
    }
}
