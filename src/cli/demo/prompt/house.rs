//! The demo's guild and the real bot in it, which can be stopped and started while the world and the database stay.

use std::time::Duration;

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use super::body::Body;
use crate::app::{App, AppOptions};
use crate::cli::demo::{Args, settings};
use crate::domain::clock::Clock;
use crate::settings::Settings;
use crate::simulator::{Permissions, SimGuild, Simulator, SimulatorOptions};
use crate::store::Database;
use crate::store::tables::ledger::{Ledger, read_ledger};

/// How long things may take to settle.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who is in the guild from the start, beside the administrator.
pub(super) const PEOPLE: [&str; 3] = ["alice", "mallory", "moderator"];

/// The guild, the bot, and what they stand on.
pub(super) struct House {
    pub(super) sim: Simulator,
    pub(super) guild: SimGuild,
    pub(super) clock: Clock,
    settings: Settings,
    options: AppOptions,
    /// The database, which outlives the bot.
    database: Option<Database>,
    body: Option<Body>,
}

impl House {
    pub(super) async fn start(args: &Args) -> anyhow::Result<Self> {
        let clock = Clock::shifted();
        let sim = Simulator::start(SimulatorOptions {
            seed: args.seed,
            clock: clock.clone(),
            ..SimulatorOptions::default()
        })
        .await
        .context("the simulated Discord cannot listen")?;
        let guild = furnish(&sim)?;
        let without = settings(args, &sim, None)?;
        let database = match args.data_dir {
            Some(_) => Database::serve(&without).await?,
            None => Database::throw_away(&without).await?,
        };
        let mut settings = settings(args, &sim, Some(database.url().expose_secret()))?;
        settings.discord.operators = vec![guild.owner()?.id()];
        let options = AppOptions {
            clock: clock.clone(),
            listen: Some(args.listen),
            throw_away_database: args.data_dir.is_none(),
            own_database: true,
        };
        let mut house = Self {
            sim,
            guild,
            clock,
            settings,
            options,
            database: Some(database),
            body: None,
        };
        house.wake().await?;
        Ok(house)
    }

    async fn wake(&mut self) -> anyhow::Result<()> {
        let body = Body::start(&self.settings, &self.options).await?;
        self.body.insert(body).app()?.ready().await?;
        self.sim.bot_ready().await?;
        // Only then does the bot know the guild's channels by name.
        self.settled().await
    }

    /// Stops the bot in order and starts it again.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        self.rest().await?;
        self.wake().await
    }

    /// Kills the bot, as a power cut does, and starts it again.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        if let Some(body) = self.body.take() {
            body.kill().await?;
        }
        self.wake().await
    }

    async fn rest(&mut self) -> anyhow::Result<()> {
        match self.body.take() {
            Some(body) => body.stop().await,
            None => Ok(()),
        }
    }

    pub(super) fn app(&self) -> anyhow::Result<&App> {
        self.body.as_ref().context("the bot does not run")?.app()
    }

    /// Waits until the bot has done everything that follows from what happened so far.
    pub(super) async fn settled(&self) -> anyhow::Result<()> {
        self.sim.drained_to(0).await?;
        // The bot takes everything in order, so its suggestions come when all that was sent before is with the guild.
        let owner = self.guild.owner()?;
        owner.autocompletes("/config show key:").await?;
        let settled = tokio::time::timeout(PATIENCE, self.app()?.settled()).await;
        settled.context("the bot is not done after 30 s")
    }

    /// What the database holds.
    pub(super) async fn ledger(&self) -> anyhow::Result<Ledger> {
        Ok(read_ledger(self.app()?.pool()).await?)
    }

    /// Stops everything. An error names what was left undone.
    pub(super) async fn stop(mut self) -> anyhow::Result<Ledger> {
        self.app()?.rest().await?;
        let ledger = self.ledger().await?;
        self.rest().await?;
        if let Some(database) = self.database.take() {
            database.stop().await;
        }
        self.sim.shutdown().await;
        let undone: i64 = ledger
            .steps
            .iter()
            .filter_map(|(name, count)| name.ends_with(" INTENDED").then_some(*count))
            .sum();
        anyhow::ensure!(undone == 0, "{undone} side effects were left undone");
        match ledger.gaps {
            0 => Ok(ledger),
            1 => anyhow::bail!("case numbers or versions of 1 guild have gaps"),
            gaps => anyhow::bail!("case numbers or versions of {gaps} guilds have gaps"),
        }
    }
}

fn furnish(sim: &Simulator) -> anyhow::Result<SimGuild> {
    let guild = sim.add_guild("Demo");
    let log = guild.add_channel("mod-log");
    tracing::debug!(guild.id = %guild.id(), channel.id = %log, "made the demo's guild");
    for name in PEOPLE {
        guild.add_member(name)?;
    }
    let moderation = Permissions::MODERATE_MEMBERS | Permissions::MANAGE_MESSAGES;
    guild.member("moderator")?.may(moderation)?;
    Ok(guild)
}
