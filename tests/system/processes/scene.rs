//! What the two processes stand in: one database, one Redis, one simulated Discord, a guild for each, and ways to change.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use aimod::cache::Cache;
use aimod::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use aimod::features;
use aimod::guild::config::apply::Configurator;
use aimod::guild::config::change::{Change, Edit};
use aimod::guild::config::loader::Loader;
use aimod::guild::config::registry::Registry;
use aimod::guild::config::value::Value;
use aimod::guild::keys;
use aimod::settings::RedisSettings;
use aimod::simulator::{SimGuild, Simulator, SimulatorOptions};
use aimod::store::tables::config::Source;
use aimod::writer::{Writer, WriterOptions};
use secrecy::ExposeSecret as _;
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};
use tokio_util::task::TaskTracker;

use super::bot::Bot;
use super::garbage::Garbage;
use crate::support::{TestDatabase, TestRedis, database, redis};

/// Nothing takes longer in a test.
pub(super) const LIMIT: Duration = Duration::from_secs(30);
/// The guilds by their shard: each is served by the process of that number.
pub(super) const BOTH: [usize; 2] = [0, 1];

/// Who changes a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// An administrator, on Discord.
    Command,
    /// The operator, by `aimod config`.
    CommandLine,
    /// Another process with AIMod in it.
    Process,
    /// Somebody at the database.
    Sql,
}

impl Way {
    const ALL: [Self; 4] = [Self::Command, Self::CommandLine, Self::Process, Self::Sql];
}

/// A guild and what was posted in it.
struct Place {
    guild: SimGuild,
    general: ChannelId,
    posted: u32,
    /// Scams that were posted while bot detection was off.
    spared: Vec<MessageId>,
}

pub(super) struct Scene {
    pub(super) redis: TestRedis,
    sim: Simulator,
    database: TestDatabase,
    places: [Place; 2],
    bots: [Bot; 2],
    outside: Configurator,
    sql: Client,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// Two processes that listen, with bot detection on in both guilds.
    pub(super) async fn start() -> Self {
        let sim = Simulator::start(SimulatorOptions {
            shards: 2,
            rate_limits: false,
            ..SimulatorOptions::default()
        });
        let sim = sim.await.expect("the simulator listens");
        let places = Place::on_both_shards(&sim);
        let (database, redis) = tokio::join!(database(), redis());
        let folder = tempfile::tempdir().expect("a folder");
        let bot = async |shard: usize| {
            let spool = folder.path().join(shard.to_string());
            let shards = format!("{shard}..{}/2", shard + 1);
            Bot::start(&variables(
                &sim,
                &database,
                &redis,
                [
                    ("AIMOD__DISCORD__SHARDS", shards),
                    ("AIMOD__DATABASE__DATA_DIR", spool.display().to_string()),
                ],
            ))
            .await
        };
        let bots = tokio::join!(bot(0), bot(1)).into();
        sim.bot_ready().await.expect("both shards connect");
        let registered = sim.requested("PUT /applications/*/commands", 2).await;
        registered.expect("both register their commands");
        let outside = configurator(&database, &redis).await;
        let scene = Self {
            outside,
            sql: bare(database.url.expose_secret()).await,
            redis,
            sim,
            database,
            places,
            bots,
            _folder: folder,
        };
        for guild in BOTH {
            scene.admin(guild, "/botdetect action action:delete").await;
            scene.switch(guild, Way::Command, true).await;
        }
        scene
    }

    /// What the guild's administrator reads after a command.
    async fn admin(&self, guild: usize, line: &str) -> String {
        let admin = self.places[guild].guild.member("admin").expect("the owner");
        let call = admin.runs_unchecked(line).expect("a registered command");
        call.answer().await.expect("an answer").text()
    }

    /// Switches bot detection, and returns when the guild's process must judge by it.
    async fn switch(&self, guild: usize, way: Way, on: bool) {
        let id = self.places[guild].guild.id();
        match way {
            Way::Command => {
                let line = format!("/botdetect enable on:{on}");
                let answer = self.admin(guild, &line).await;
                assert!(answer.contains("is now"), "{answer}");
                return;
            }
            Way::CommandLine => {
                let said = self.command_line(id, on).await;
                assert!(said.contains("judges the next message by it"), "{said}");
            }
            Way::Process => {
                let registry = self.outside.loader().registry();
                let key = registry.find("BOTDETECT_ENABLED").expect("a key");
                let edit = Edit::Set(Value::Bool(on));
                let change = Change::one(key, edit, UserId(0), Source::Cli);
                let changed = self.outside.change(id, change).await;
                assert!(changed.expect("committed").written());
            }
            Way::Sql => self.switch_by_sql(id, on).await,
        }
        self.in_force(guild, on).await;
    }

    /// What the operator reads.
    async fn command_line(&self, guild: GuildId, on: bool) -> String {
        let (guild, on) = (guild.to_string(), on.to_string());
        let output = Command::new(env!("CARGO_BIN_EXE_aimod"))
            .args(["config", "set", "BOTDETECT_ENABLED", &on, "--guild", &guild])
            .env_clear()
            .env("DATABASE_URL", self.database.url.expose_secret())
            .env("REDIS_URL", self.redis.url().expose_secret())
            .stdin(Stdio::null())
            .output()
            .await
            .expect("it runs");
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{wrong}");
        String::from_utf8(output.stdout).expect("a text")
    }

    async fn switch_by_sql(&self, guild: GuildId, on: bool) {
        let statement = "INSERT INTO botdetect_config (guild_id, enabled) VALUES ($1, $2) \
                         ON CONFLICT (guild_id) DO UPDATE SET enabled = EXCLUDED.enabled";
        let written = self.sql.execute(statement, &[&guild.as_i64(), &on]).await;
        assert_eq!(written.expect("committed"), 1);
    }

    /// Asks the guild's process until it says so itself: nobody else hears of a change that came from elsewhere.
    async fn in_force(&self, guild: usize, on: bool) {
        let state = if on { "is **on**" } else { "is **off**" };
        let asking =
            async { while !self.admin(guild, "/botdetect status").await.contains(state) {} };
        let said = tokio::time::timeout(LIMIT, asking).await;
        assert!(said.is_ok(), "guild {guild} does not hear that it {state}");
    }

    /// Somebody new posts a scam; returns when the guild's process has judged it.
    async fn scam(&mut self, guild: usize) -> MessageId {
        let place = &mut self.places[guild];
        place.posted += 1;
        let name = format!("scammer-{guild}-{}", place.posted);
        let scammer = place.guild.joins(&name).expect("anybody may join");
        let scam = scammer.posts(place.general, "claim your FREE NITRO now");
        let judged = "aimod_messages_judged_total";
        self.bots[guild]
            .counts(judged, f64::from(place.posted))
            .await;
        scam.expect("members may write")
    }

    /// The next message is deleted.
    async fn catches(&mut self, guild: usize) {
        let scam = self.scam(guild).await;
        let general = self.places[guild].general;
        let is_gone = |world: &aimod::simulator::World| world.message(general, scam).is_none();
        let deleted = self.sim.wait_until("the scam to be deleted", is_gone);
        deleted
            .await
            .expect("it is judged by the new configuration");
    }

    /// The next message stays, to the end of the test.
    async fn spares(&mut self, guild: usize) {
        let scam = self.scam(guild).await;
        self.places[guild].spared.push(scam);
    }

    /// Each guild is switched off and on again by every way, while the other one stays as it is.
    pub(super) async fn changes_by_every_way(&mut self) {
        for way in Way::ALL {
            for guild in BOTH {
                self.switch(guild, way, false).await;
                self.spares(guild).await;
                self.catches(1 - guild).await;
                self.switch(guild, way, true).await;
                self.catches(guild).await;
                self.all_spared_are_there();
            }
        }
    }

    /// Waits until both guilds sleep, and switches both off by plain SQL: nobody reads that before they wake.
    pub(super) async fn switched_off_asleep(&self) {
        for bot in &self.bots {
            bot.counts(r#"aimod_guild_actors{state="asleep"}"#, 1.0)
                .await;
        }
        for guild in BOTH {
            self.switch_by_sql(self.places[guild].guild.id(), false)
                .await;
        }
    }

    /// The very message that wakes a guild is judged by what holds.
    pub(super) async fn wakes_switched_off(&mut self) {
        for guild in BOTH {
            self.spares(guild).await;
        }
    }

    /// Switches both guilds on again, and then changes by every way.
    pub(super) async fn goes_on(&mut self) {
        for guild in BOTH {
            self.switch(guild, Way::Sql, true).await;
            self.catches(guild).await;
        }
        self.changes_by_every_way().await;
    }

    fn key(&self, guild: usize) -> String {
        format!("aimod:guild:{}:config", self.places[guild].guild.id())
    }

    async fn version(&self, guild: usize) -> i64 {
        let id = self.places[guild].guild.id().as_i64();
        let statement = "SELECT config_version FROM guild_settings WHERE guild_id = $1";
        let row = self.sql.query_one(statement, &[&id]).await.expect("a row");
        row.get(0)
    }

    /// Leaves garbage in the place of a guild's configuration.
    pub(super) async fn put(&self, guild: usize, garbage: Garbage) {
        let key = self.key(guild);
        let words = garbage.words(&key, self.version(guild).await);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for command in [&["DEL", &key][..], &words] {
            self.redis.command(command).await.expect("Redis obeys");
        }
    }

    /// What holds is in Redis again; only what claims to be newer stays until its time is over, and is not believed.
    pub(super) async fn is_repaired(&self, guild: usize, garbage: Garbage) {
        if garbage == Garbage::Invented {
            return;
        }
        let words = ["HGET", &self.key(guild), "version"];
        let version = self.version(guild).await.to_string().into_bytes();
        let repaired = async {
            while self.redis.command(&words).await
                != Ok(::redis::Value::BulkString(version.clone()))
            {}
        };
        let repaired = tokio::time::timeout(LIMIT, repaired).await;
        assert!(repaired.is_ok(), "{garbage:?} is not repaired");
    }

    fn all_spared_are_there(&self) {
        self.sim.look(|world| {
            for place in &self.places {
                let is_there = |scam| world.message(place.general, scam).is_some();
                assert!(place.spared.iter().copied().all(is_there));
            }
        });
    }

    /// Stops both processes: each judged its own guild alone, heard of everything, and owes nothing.
    pub(super) async fn nothing_is_left(self) {
        self.all_spared_are_there();
        for (bot, place) in self.bots.into_iter().zip(&self.places) {
            let judged = bot.metric("aimod_messages_judged_total").await;
            assert_eq!(judged, f64::from(place.posted));
            assert_eq!(bot.metric("aimod_config_swept_total").await, 0.0);
            bot.counts(r#"aimod_config_announced_total{outcome="new"}"#, 1.0)
                .await;
            bot.stop().await;
        }
        let left = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
        let left = self.sql.query_one(left, &[]).await.expect("a number");
        assert_eq!(left.get::<_, i64>(0), 0);
        self.sim.shutdown().await;
    }
}

impl Place {
    /// Two guilds that Discord gives to different shards: the bits above the 22nd decide.
    fn on_both_shards(sim: &Simulator) -> [Self; 2] {
        let mut places = ["One", "Two"].map(|name| {
            let guild = sim.add_guild_of(name, "admin");
            Self {
                general: guild.channel("general").expect("every guild has it"),
                guild,
                posted: 0,
                spared: vec![],
            }
        });
        let shard = |place: &Self| (place.guild.id().0 >> 22) % 2;
        places.sort_by_key(shard);
        assert_eq!(places.each_ref().map(shard), [0, 1]);
        places
    }
}

/// What both processes are told, and what only one.
pub(super) fn variables(
    sim: &Simulator,
    database: &TestDatabase,
    redis: &TestRedis,
    own: [(&'static str, String); 2],
) -> Vec<(&'static str, String)> {
    let shared = [
        ("DISCORD_TOKEN", sim.token().to_owned()),
        ("AIMOD__DISCORD__API_BASE", sim.api_base()),
        ("AIMOD__DISCORD__REQUESTS_PER_SECOND", "100000".to_owned()),
        ("DATABASE_URL", database.url.expose_secret().to_owned()),
        ("AIMOD__DATABASE__MIN_CONNECTIONS", "1".to_owned()),
        ("AIMOD__DATABASE__MAX_CONNECTIONS", "6".to_owned()),
        ("REDIS_URL", redis.url().expose_secret().to_owned()),
        // Guilds fall asleep while the test looks on, and no sweep helps to find changes.
        ("AIMOD__GUILD__IDLE_AFTER_SECS", "1".to_owned()),
        ("AIMOD__GUILD__CONFIG_SWEEP_SECS", "3600".to_owned()),
    ];
    shared.into_iter().chain(own).collect()
}

async fn configurator(database: &TestDatabase, redis: &TestRedis) -> Configurator {
    let pool = database.pool.clone();
    let redis = RedisSettings {
        url: Some(redis.url()),
        ..RedisSettings::default()
    };
    let cache = Cache::open(&redis).expect("an address");
    let registry = Arc::new(Registry::new(&keys::ALL, features::judges()));
    let writer = Writer::start(pool.clone(), WriterOptions::default());
    let writer = writer.await.expect("a writer");
    Configurator::new(Loader::new(pool, cache, registry), writer)
}

/// A connection without anything of ours, as `psql` has one.
pub(super) async fn bare(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("it answers");
    // The connection does the talking until the client is dropped.
    TaskTracker::new().spawn(connection);
    client
}
