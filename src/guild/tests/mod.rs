//! Guild actors with a room that only writes down what it is asked to judge.

mod changes;
mod counting;
mod degraded;
mod following;
mod interleavings;
mod life;
mod witness;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::apply::Configurator;
use super::config::change::{Change, Edit};
use super::config::key::KeySpec;
use super::config::loader::Loader;
use super::config::registry::Registry;
use super::config::snapshot::Values;
use super::config::value::{Kind, Value};
use super::rule::{Judge, Matter, Rule};
use super::{Changed, GuildError, GuildOptions, Guilds, Services};
use crate::actions::discord::{DiscordRest, RestOptions};
use crate::actions::{Actions, ActionsOptions};
use crate::cache::Cache;
use crate::domain::clock::Clock;
use crate::domain::event::{Author, Event, GuildEvent, GuildFacts, Message};
use crate::domain::ids::{ChannelId, ConfigVersion, GuildId, MessageId, UserId};
use crate::domain::verdict::Decision;
use crate::settings::{DatabaseSettings, GuildSettings, RedisSettings};
use crate::store::tables::config::Source;
use crate::store::{Pool, PoolOptions};
use crate::support::{TestDatabase, TestRedis, database};
use crate::writer::{Writer, WriterOptions};

/// Nothing takes longer in a test.
const LIMIT: Duration = Duration::from_secs(30);

static MARK: KeySpec = KeySpec::row(
    "MARK",
    Kind::Text { least: 1, most: 20 },
    || Some(Value::Text("unset".into())),
    "What the room writes beside everything it sees.",
);

static LIST: KeySpec = KeySpec::row(
    "LIST",
    Kind::Texts {
        entries: 100,
        most: 20,
    },
    || Some(Value::Texts([].into())),
    "A list of texts.",
);

/// What the room was asked to judge, and by which configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    guild: GuildId,
    text: String,
    version: ConfigVersion,
    mark: String,
}

/// The room. It holds its breath over a message `hold` until it is let go.
#[derive(Default)]
struct Probe {
    seen: watch::Sender<Vec<Seen>>,
    held: Mutex<bool>,
    let_go: Condvar,
}

struct ProbeJudge(Arc<Probe>);

struct ProbeRule {
    probe: Arc<Probe>,
    mark: String,
}

impl Judge for ProbeJudge {
    fn room(&self) -> &'static str {
        "probe"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        static KEYS: [&KeySpec; 2] = [&MARK, &LIST];
        &KEYS
    }

    fn compile(&self, values: &Values) -> Arc<dyn Rule> {
        Arc::new(ProbeRule {
            probe: Arc::clone(&self.0),
            mark: values.text(&MARK).unwrap_or_default().to_owned(),
        })
    }
}

impl Rule for ProbeRule {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        let Event::MessagePosted(message) = matter.event else {
            return None;
        };
        if message.content == "hold" {
            self.probe.hold();
        }
        let seen = Seen {
            guild: matter.guild.id,
            text: message.content.clone(),
            version: matter.version,
            mark: self.mark.clone(),
        };
        self.probe.seen.send_modify(|all| all.push(seen));
        None
    }
}

impl Probe {
    /// Keeps the actor's thread until [`Probe::release`].
    fn hold(&self) {
        let held = self.held.lock().expect("no panic under the lock");
        drop(self.let_go.wait_while(held, |held| *held));
    }

    fn close(&self) {
        *self.held.lock().expect("no panic under the lock") = true;
    }

    fn release(&self) {
        *self.held.lock().expect("no panic under the lock") = false;
        self.let_go.notify_all();
    }
}

/// Guilds on a database, with the room as their only one.
struct Yard {
    guilds: Guilds,
    /// Changes configurations past the guilds, as the command line does.
    outside: Configurator,
    probe: Arc<Probe>,
    last_message: AtomicU64,
    _spool: tempfile::TempDir,
}

impl Yard {
    /// On a database of its own, without Redis.
    async fn start(adjust: impl FnOnce(&mut GuildOptions)) -> (Self, TestDatabase) {
        let database = database().await;
        let yard = Self::on(&database.url, None, adjust).await;
        (yard, database)
    }

    async fn on(
        url: &SecretString,
        redis: Option<&TestRedis>,
        adjust: impl FnOnce(&mut GuildOptions),
    ) -> Self {
        Self::reaching(url, redis.map(TestRedis::url), adjust).await
    }

    /// On servers that stand behind links.
    async fn through(url: &SecretString, redis: SecretString) -> Self {
        Self::reaching(url, Some(redis), |_| {}).await
    }

    async fn reaching(
        url: &SecretString,
        redis: Option<SecretString>,
        adjust: impl FnOnce(&mut GuildOptions),
    ) -> Self {
        let options = PoolOptions {
            min_connections: 0,
            max_connections: 4,
            acquire_timeout: Duration::from_millis(300),
            ..PoolOptions::from_settings("guild-tests", &DatabaseSettings::default())
        };
        let pool = Pool::open(url, options).expect("a pool");
        let probe = Arc::new(Probe::default());
        let judge = Arc::new(ProbeJudge(Arc::clone(&probe)));
        Self::with(pool, redis, (probe, judge), adjust).await
    }

    /// On this pool and this Redis, with a room of the test's own.
    async fn with(
        pool: Pool,
        redis: Option<SecretString>,
        (probe, judge): (Arc<Probe>, Arc<dyn Judge>),
        adjust: impl FnOnce(&mut GuildOptions),
    ) -> Self {
        let cache = Cache::open(&RedisSettings {
            url: redis,
            ..RedisSettings::default()
        })
        .expect("a cache");
        let spool = tempfile::tempdir().expect("a folder");
        let services = services(pool, cache, judge, spool.path(), adjust).await;
        Self {
            outside: Configurator::new(services.loader.clone(), services.writer.clone()),
            guilds: Guilds::start(services).await.expect("a supervisor"),
            probe,
            last_message: AtomicU64::new(0),
            _spool: spool,
        }
    }

    /// Tells the guild of itself, as Discord does first.
    fn open(&self, guild: u64) {
        self.deliver(guild, Event::GuildAvailable(Box::<GuildFacts>::default()));
    }

    fn posts(&self, guild: u64, text: &str) {
        let id = self.last_message.fetch_add(1, Ordering::Relaxed) + 1;
        let message = Message {
            id: MessageId(id),
            channel: ChannelId(2),
            author: Author {
                id: UserId(3),
                name: "member".into(),
                bot: false,
                roles: vec![],
                ..Author::default()
            },
            content: text.to_owned(),
        };
        self.deliver(guild, Event::MessagePosted(message));
    }

    fn deliver(&self, guild: u64, event: Event) {
        self.guilds.deliver(GuildEvent {
            guild: GuildId(guild),
            received: Instant::now(),
            event,
        });
    }

    /// Everything judged so far, once it is so many.
    async fn seen(&self, count: usize) -> Vec<Seen> {
        let mut seen = self.probe.seen.subscribe();
        let all = tokio::time::timeout(LIMIT, seen.wait_for(|all| all.len() >= count)).await;
        all.expect("judged in time").expect("the probe").clone()
    }

    fn judged(&self) -> Vec<Seen> {
        self.probe.seen.borrow().clone()
    }

    async fn texts(&self, count: usize) -> Vec<String> {
        let seen = self.seen(count).await;
        seen.into_iter().map(|seen| seen.text).collect()
    }

    async fn change(
        &self,
        guild: u64,
        key: &'static KeySpec,
        edit: Edit,
    ) -> Result<Changed, GuildError> {
        let change = Change::one(key, edit, UserId(9), Source::Command);
        self.guilds.change(GuildId(guild), change).await
    }

    async fn mark(&self, guild: u64, text: &str) -> Result<Changed, GuildError> {
        let edit = Edit::Set(Value::Text(text.into()));
        self.change(guild, &MARK, edit).await
    }

    /// Posts until the guild judges by this mark.
    async fn judges_by(&self, guild: u64, mark: &str) -> Seen {
        let until = async {
            loop {
                let before = self.judged().len();
                self.posts(guild, "which mark?");
                let seen = self.seen(before + 1).await;
                if let Some(found) = seen[before..].iter().find(|seen| seen.mark == mark) {
                    return found.clone();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LIMIT, until)
            .await
            .expect("the mark comes into force")
    }
}

async fn services(
    pool: Pool,
    cache: Cache,
    judge: Arc<dyn Judge>,
    spool: &Path,
    adjust: impl FnOnce(&mut GuildOptions),
) -> Services {
    let mut options = GuildOptions {
        restart_pause: Duration::from_millis(10),
        ..GuildOptions::from(&GuildSettings::default())
    };
    adjust(&mut options);
    let writer = Writer::start(pool.clone(), WriterOptions::default())
        .await
        .expect("a writer");
    // No decision is ever made, so nobody listens.
    let nowhere = Some("http://127.0.0.1:9");
    let token = SecretString::from("token");
    let discord =
        DiscordRest::new(&token, nowhere, RestOptions::default()).expect("a client of nobody");
    let actions = ActionsOptions {
        most_in_flight: 10,
        journal_patience: Duration::from_secs(1),
        spool_path: spool.join("actions.jsonl"),
        spool_max_bytes: 1_000_000,
        retry_pause: Duration::from_secs(1),
        retry_for: Duration::from_secs(60),
        sweep_every: Duration::from_secs(3_600),
        orphaned_after: Duration::from_secs(2 * 3_600),
    };
    let clock = Clock::system();
    let (read, written) = (pool.clone(), writer.clone());
    let actions = Actions::start(read, written, discord, clock.clone(), actions).await;
    let registry = Registry::new(&[], vec![judge]);
    Services {
        loader: Loader::new(pool, cache, Arc::new(registry)),
        writer,
        actions,
        clock,
        options,
        tasks: TaskTracker::new(),
        stopping: CancellationToken::new(),
    }
}

/// Waits until something is so that tells nobody when it comes true.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let waiting = async {
        while !is_so() {
            ticks.tick().await;
        }
    };
    assert!(
        tokio::time::timeout(LIMIT, waiting).await.is_ok(),
        "waited in vain for {what}"
    );
}
