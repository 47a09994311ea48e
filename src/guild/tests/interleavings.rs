//! The reload contract under random interleavings: changes from four sources, lost, doubled and invented announcements,
//! crashes, Redis and the announcements off and on, for moments and for longer, over many guilds at once. Every judged event sees at least the last acknowledged version,
//! versions only grow, and what an event sees is exactly the configuration of its version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use futures_util::StreamExt as _;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::witness::{Sight, Witness};
use super::{LIST, MARK, Probe, Yard, until};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::guild::Follower;
use crate::guild::config::change::{Change, Edit};
use crate::guild::config::value::Value;
use crate::guild::rule::Judge;
use crate::settings::DatabaseSettings;
use crate::store::tables::config::{Source, list_revisions};
use crate::store::{Pool, PoolOptions};
use crate::support::{Link, TestDatabase, TestRedis, database, redis};

/// How many interleavings are driven.
const INTERLEAVINGS: u64 = 10_000;
/// How many guilds are in trouble at the same time.
const AT_ONCE: usize = 100;
/// The weather of the town changes so often.
const SPELL: Duration = Duration::from_millis(100);

/// A process: its guilds, what they saw, and the link over which it hears of changes.
struct Process {
    yard: Yard,
    witness: Arc<Witness>,
    hearing: Link,
}

struct Town {
    database: TestDatabase,
    redis: TestRedis,
    to_redis: Link,
    one: Process,
    other: Process,
    /// How often Redis, and the announcements of the first process, were out for longer.
    outages: [AtomicU64; 2],
    /// Which of them are out now.
    out: [AtomicBool; 2],
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Town {
    async fn start() -> Self {
        let database = database().await;
        // Two processes on the same guilds, which never happens in earnest, come to wait for each other.
        let mut conn = database.pool.acquire().await.expect("a connection");
        let patience = format!(
            "ALTER DATABASE {} SET deadlock_timeout = '10ms'",
            database.name
        );
        conn.batch_execute(&patience).await.expect("a superuser");
        drop(conn);
        let redis = redis().await;
        let to_redis = Link::to_socket(redis.socket()).await;
        let cached = SecretString::from(format!("redis://{}", to_redis.address()));
        let stopping = CancellationToken::new();
        let tasks = TaskTracker::new();
        let process = async || {
            let options = PoolOptions {
                min_connections: 0,
                max_connections: 16,
                ..PoolOptions::from_settings("interleavings", &DatabaseSettings::default())
            };
            let pool = Pool::open(&database.url, options).expect("a pool");
            let witness = Arc::new(Witness::default());
            let judge = Arc::new(Arc::clone(&witness));
            let rooms = (Arc::new(Probe::default()), judge as Arc<dyn Judge>);
            let yard = Yard::with(pool, Some(cached.clone()), rooms, |options| {
                options.idle_after = Duration::from_secs(1);
                options.commit_within = Duration::from_secs(20);
                options.answer_within = Duration::from_secs(25);
                options.crash_limit = 1_000;
            })
            .await;
            let (hearing, url) = Link::to_postgres(&database.url).await;
            let follower = Follower {
                guilds: yard.guilds.clone(),
                url,
                sweep_every: Duration::from_millis(200),
                stopping: stopping.clone(),
            };
            tasks.spawn(follower.follow());
            Process {
                yard,
                witness,
                hearing,
            }
        };
        let (one, other) = (process().await, process().await);
        Self {
            database,
            redis,
            to_redis,
            one,
            other,
            outages: Default::default(),
            out: Default::default(),
            stopping,
            tasks,
        }
    }

    /// One link after the other is out for some spells, whatever the guilds are in the middle of.
    async fn weather(&self) {
        let mut dice = StdRng::seed_from_u64(INTERLEAVINGS);
        let mut spells = tokio::time::interval(SPELL);
        loop {
            spells.tick().await;
            let link = dice.random_range(0..self.out.len());
            let was_out = self.out[link].fetch_not(Ordering::Relaxed);
            if was_out {
                self.heal();
            } else {
                self.outages[link].fetch_add(1, Ordering::Relaxed);
                [&self.to_redis, &self.one.hearing][link].cut();
            }
        }
    }

    /// Lets everything pass that bad weather leaves alone.
    fn heal(&self) {
        for (link, out) in [&self.to_redis, &self.one.hearing].iter().zip(&self.out) {
            if !out.load(Ordering::Relaxed) {
                link.heal();
            }
        }
    }

    async fn sql(&self, statements: &str) {
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        // Two who change the same rows in another order: one of them is told to try again.
        drop(conn.batch_execute(statements).await);
    }
}

/// One guild's troubles. Its events carry the version that they must at least see.
struct Story<'t> {
    town: &'t Town,
    guild: u64,
    seed: u64,
}

impl Story<'_> {
    fn dice(&self, strand: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed * 10 + strand)
    }

    fn post(&self, process: &Process, floor: ConfigVersion) {
        process.yard.posts(self.guild, &floor.to_string());
    }

    fn edit(&self, dice: &mut StdRng, name: &str) -> Change {
        let number = dice.random_range(0..1_000_000_u32);
        let text = || format!("{name} {number}").as_str().into();
        let (key, edit) = match dice.random_range(0..4) {
            0 => (&MARK, Edit::Set(Value::Text(text()))),
            1 => (&MARK, Edit::Clear),
            _ => (&LIST, Edit::Add(Value::Texts([text()].into()))),
        };
        Change::one(key, edit, UserId(9), Source::Command)
    }

    /// An administrator and the members: what comes after an acknowledged change sees it.
    async fn administer(&self, process: &Process, strand: u64) {
        let mut dice = self.dice(strand);
        let mut floor = ConfigVersion(0);
        for _ in 0..3 {
            self.post(process, floor);
            let change = self.edit(&mut dice, "cmd");
            let changed = process
                .yard
                .guilds
                .change(GuildId(self.guild), change)
                .await;
            floor = floor.max(changed.map_or(floor, |changed| changed.version));
            self.post(process, floor);
        }
    }

    /// The operator, by command line and by plain SQL: once the process has it, it never loses it again.
    async fn operate(&self) {
        let (mut dice, process) = (self.dice(7), &self.town.one);
        for _ in 0..2 {
            if dice.random_bool(0.5) {
                let change = self.edit(&mut dice, "cli");
                let changed = process
                    .yard
                    .outside
                    .change(GuildId(self.guild), change)
                    .await;
                let version = changed.expect("nobody keeps it away").version;
                let guilds = &process.yard.guilds;
                let there = || {
                    let held = guilds.find_configuration(GuildId(self.guild));
                    held.is_none_or(|held| held.version() >= version)
                };
                until("the change arrives", there).await;
                if guilds.find_configuration(GuildId(self.guild)).is_some() {
                    self.post(process, version);
                }
            } else {
                let (guild, number) = (self.guild, dice.random_range(0..1_000_000_u32));
                let statements = format!(
                    "INSERT INTO guild_config (guild_id, key, value) \
                         VALUES ({guild}, 'LIST', '[\"sql {number}\"]'), ({guild}, 'MARK', '\"sql {number}\"') \
                         ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value"
                );
                self.town.sql(&statements).await;
            }
        }
    }

    /// Whatever may go wrong.
    async fn trouble(&self) {
        let (mut dice, town, guild) = (self.dice(8), self.town, self.guild);
        for _ in 0..2 {
            match dice.random_range(0..100) {
                0..20 => town.one.yard.guilds.crash(GuildId(guild)),
                20..35 => town.other.yard.guilds.crash(GuildId(guild)),
                35..37 => town.one.hearing.cut(),
                37..40 => town.to_redis.cut(),
                40..60 => {
                    let (old, far) = (dice.random_range(0..4), dice.random_range(5..99));
                    town.sql(&format!(
                        "NOTIFY aimod_config, '{guild} {old}'; NOTIFY aimod_config, '{guild} {far}'; \
                         NOTIFY aimod_config, '{guild} {old}'"
                    ))
                    .await;
                }
                60..75 => {
                    let key = format!("aimod:guild:{guild}:config");
                    drop(town.redis.command(&["SET", &key, "garbage"]).await);
                }
                75..90 => {
                    // What a process that was away for long could have left: an older version than Redis has.
                    let key = format!("aimod:guild:{guild}:config");
                    let script = "if tonumber(redis.call('HGET', KEYS[1], 'version') or 0) > 0 then \
                        redis.call('HSET', KEYS[1], 'version', 0, 'config', '{\"MARK\":\"long ago\"}') end";
                    drop(town.redis.command(&["EVAL", script, "1", &key]).await);
                }
                90..92 => drop(town.redis.command(&["FLUSHALL"]).await),
                _ => {}
            }
            tokio::task::yield_now().await;
            town.heal();
        }
    }

    async fn live(&self) {
        let town = self.town;
        town.one.yard.open(self.guild);
        town.other.yard.open(self.guild);
        tokio::join!(
            self.administer(&town.one, 1),
            self.administer(&town.other, 2),
            self.operate(),
            self.trouble(),
        );
        let states = self.states().await;
        for process in [&town.one, &town.other] {
            self.check(process, &states).await;
        }
    }

    /// What was set at each version, by the revisions: gap-free.
    async fn states(&self) -> BTreeMap<ConfigVersion, (String, Vec<String>)> {
        let mut conn = self
            .town
            .database
            .pool
            .acquire()
            .await
            .expect("a connection");
        let revisions = list_revisions(&mut conn, GuildId(self.guild), None, None, 1_000).await;
        let mut now = ("unset".to_owned(), Vec::new());
        let mut states = BTreeMap::from([(ConfigVersion(0), now.clone())]);
        for revision in revisions.expect("revisions").into_iter().rev() {
            let texts = |json: serde_json::Value| serde_json::from_value(json).expect("texts");
            match (revision.key.as_str(), revision.new) {
                ("MARK", Some(mark)) => now.0 = mark.as_str().expect("a text").to_owned(),
                ("MARK", None) => now.0 = "unset".to_owned(),
                (_, list) => now.1 = list.map(texts).unwrap_or_default(),
            }
            let version = revision.version;
            assert_eq!(version.0, states.len() as i64, "seed {}: no gap", self.seed);
            states.insert(version, now.clone());
        }
        states
    }

    async fn check(
        &self,
        process: &Process,
        states: &BTreeMap<ConfigVersion, (String, Vec<String>)>,
    ) {
        let last = *states.keys().last().expect("version 0");
        let guilds = &process.yard.guilds;
        let arrived = || {
            let held = guilds.find_configuration(GuildId(self.guild));
            held.is_none_or(|held| held.version() >= last)
        };
        until("both processes come to the last version", arrived).await;
        self.post(process, last);
        let is_last = |(floor, _): &(String, Sight)| *floor == last.to_string();
        let judged = || process.witness.seen(self.guild).iter().any(is_last);
        until("the last event is judged", judged).await;
        let mut before = ConfigVersion(0);
        for (floor, (version, mark, list)) in process.witness.seen(self.guild) {
            let seen = format!("seed {}: {version} {mark} {list:?}", self.seed);
            let floor = ConfigVersion(floor.parse().expect("a version"));
            assert!(version >= floor, "{seen} after {floor} was acknowledged");
            assert!(version >= before, "{seen} after {before}");
            assert_eq!(states.get(&version), Some(&(mark, list)), "{seen}");
            before = version;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_sees_the_last_acknowledged_version_and_never_a_mix() {
    let town = Town::start().await;
    let stories = futures_util::stream::iter(0..INTERLEAVINGS).map(|seed| {
        let (town, guild) = (&town, 1_000 + seed);
        async move { Story { town, guild, seed }.live().await }
    });
    let all = tokio::select! {
        all = stories.buffer_unordered(AT_ONCE).count() => all,
        () = town.weather() => unreachable!("the weather changes for ever"),
    };
    assert_eq!(all as u64, INTERLEAVINGS);
    for outages in &town.outages {
        assert!(outages.load(Ordering::Relaxed) > 10, "{outages:?}");
    }
    town.stopping.cancel();
    town.tasks.close();
    town.tasks.wait().await;
}
