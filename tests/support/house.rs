//! The whole house on a simulated Discord: what scenario tests are told in.

use std::time::Duration;

use aimod::app::{App, AppOptions};
use aimod::domain::clock::Clock;
use aimod::domain::ids::{ChannelId, GuildId};
use aimod::settings::{LoadOptions, Settings};
use aimod::simulator::{ControlError, SimGuild, SimMember, Simulator, SimulatorOptions};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use secrecy::{ExposeSecret as _, SecretString};

use super::postgres::{TestDatabase, database};

/// A running bot in a guild with `#general`, `#mod-log`, an administrator and two members.
pub(crate) struct House {
    pub(crate) sim: Simulator,
    pub(crate) guild: SimGuild,
    pub(crate) general: ChannelId,
    pub(crate) mod_log: ChannelId,
    pub(crate) database: TestDatabase,
    pub(crate) settings: Settings,
    clock: Clock,
    app: Option<App>,
}

impl House {
    /// Starts with a fresh database and the defaults of every setting.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with settings of one's own.
    pub(crate) async fn start_with(adjust: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(unlimited(), adjust).await
    }

    /// Starts on a Discord of one's own making.
    pub(crate) async fn start_on(
        discord: SimulatorOptions,
        adjust: impl FnOnce(&mut Settings),
    ) -> Self {
        let patient = !discord.rate_limits;
        let clock = discord.clock.clone();
        let sim = Simulator::start(discord)
            .await
            .expect("the simulator listens");
        let guild = sim.add_guild_of("The Server", "admin");
        let general = guild.channel("general").expect("every guild has it");
        let mod_log = guild.add_channel("mod-log");
        for name in ["alice", "mallory"] {
            guild.add_member(name).expect("a member");
        }
        let database = database().await;
        let mut settings = settings_for(&sim, database.url.clone());
        if patient {
            settings.discord.requests_per_second = 100_000;
        }
        adjust(&mut settings);
        let mut house = Self {
            sim,
            guild,
            general,
            mod_log,
            database,
            settings,
            clock,
            app: None,
        };
        house.wake().await;
        house
    }

    /// Starts the bot and waits until Discord has told it everything.
    pub(crate) async fn wake(&mut self) {
        let options = AppOptions {
            clock: self.clock.clone(),
            ..AppOptions::default()
        };
        let app = App::start(&self.settings, options)
            .await
            .expect("the bot starts");
        app.ready().await.expect("the shards connect");
        self.sim.bot_ready().await.expect("commands and guilds");
        self.app = Some(app);
    }

    /// Another process on the same Discord and database, with a folder of its own.
    pub(crate) async fn another(&self, folder: &std::path::Path) -> App {
        let mut settings = self.settings.clone();
        settings.places.data_dir = folder.to_owned();
        let app = App::start(&settings, AppOptions::default());
        let app = app.await.expect("a second process");
        app.ready().await.expect("it listens too");
        app
    }

    /// Stops the bot in order.
    pub(crate) async fn rest(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await.expect("the bot stops in time");
        }
    }

    /// The running bot.
    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().expect("the bot runs")
    }

    /// The guild's id.
    pub(crate) fn id(&self) -> GuildId {
        self.guild.id()
    }

    /// A member by name.
    pub(crate) fn member(&self, name: &str) -> SimMember {
        self.guild.member(name).expect("a member of that name")
    }

    /// What the administrator reads after a slash command.
    pub(crate) async fn admin(&self, line: &str) -> String {
        self.says("admin", line).await
    }

    /// What anybody reads after a slash command, also one that Discord would have hidden.
    pub(crate) async fn says(&self, name: &str, line: &str) -> String {
        let call = self
            .member(name)
            .runs_unchecked(line)
            .expect("a command that the bot registered");
        call.answer()
            .await
            .expect("the application responds")
            .text()
    }

    /// Waits until everything that follows from what happened so far is done.
    pub(crate) async fn settled(&self) {
        let settled = async {
            self.sim.drained_to(0).await.expect("all is sent");
            // The bot takes everything in order, so its suggestions come when all that was sent before is with the guild.
            // A session that is being made anew may miss the question.
            let owner = self.guild.owner().expect("an owner");
            while let Err(missed) = owner.autocompletes("/config show key:").await {
                assert!(matches!(missed, ControlError::Timeout(_)), "{missed}");
            }
            self.app().settled().await;
        };
        tokio::time::timeout(Duration::from_secs(30), settled)
            .await
            .expect("everything settles");
    }

    /// A number that the database tells.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = BigInt)]
            value: i64,
        }
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        let row: Row = diesel::sql_query(format!("SELECT ({query})::bigint AS value"))
            .get_result(&mut *conn)
            .await
            .expect("a number");
        row.value
    }

    /// A text that the database tells.
    pub(crate) async fn text(&self, query: &str) -> Option<String> {
        #[derive(QueryableByName)]
        struct Row {
            #[diesel(sql_type = Nullable<Text>)]
            value: Option<String>,
        }
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        let row: Row = diesel::sql_query(format!("SELECT ({query})::text AS value"))
            .get_result(&mut *conn)
            .await
            .expect("a text");
        row.value
    }

    /// Ends a scenario: nothing may be left.
    pub(crate) async fn nothing_is_left(mut self) {
        self.settled().await;
        assert_eq!(
            self.number("SELECT count(*) FROM action_journal WHERE state = 'INTENDED'")
                .await,
            0
        );
        assert_eq!(
            self.number("SELECT count(*) FROM moderation_logs WHERE outcome = 'PENDING'")
                .await,
            0
        );
        self.rest().await;
        self.sim.shutdown().await;
    }
}

/// The settings of a bot on a simulator, with a pool that leaves room for other tests.
fn settings_for(sim: &Simulator, database: SecretString) -> Settings {
    let environment = [
        ("DISCORD_TOKEN", sim.token().to_owned()),
        ("AIMOD__DISCORD__API_BASE", sim.api_base()),
        ("DATABASE_URL", database.expose_secret().to_owned()),
        ("AIMOD__DATABASE__MIN_CONNECTIONS", "1".to_owned()),
        ("AIMOD__DATABASE__MAX_CONNECTIONS", "6".to_owned()),
    ];
    let environment = environment
        .map(|(name, value)| (name.to_owned(), value))
        .into();
    Settings::load(&LoadOptions {
        environment,
        ..LoadOptions::default()
    })
    .expect("good settings")
}

/// A Discord that is patient: scenarios are about the bot, and shorter than a bucket takes to fill.
fn unlimited() -> SimulatorOptions {
    SimulatorOptions {
        rate_limits: false,
        ..SimulatorOptions::default()
    }
}
