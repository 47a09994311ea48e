//! Guilds as the bot runs them, with one more room: it tells when it judges, and when a configuration goes out of force.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aimod::actions::discord::{DiscordRest, RestOptions};
use aimod::actions::{Actions, ActionsOptions};
use aimod::cache::Cache;
use aimod::domain::clock::Clock;
use aimod::domain::event::{Author, Event, GuildEvent, GuildFacts, Message};
use aimod::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use aimod::domain::verdict::Decision;
use aimod::features;
use aimod::guild::config::key::KeySpec;
use aimod::guild::config::loader::Loader;
use aimod::guild::config::registry::Registry;
use aimod::guild::config::snapshot::Values;
use aimod::guild::keys::{self, PREFIX};
use aimod::guild::rule::{Judge, Matter, Rule};
use aimod::guild::{Follower, GuildOptions, Guilds, Services};
use aimod::store::{Pool, PoolOptions};
use aimod::writer::{Writer, WriterOptions};
use anyhow::Context as _;
use secrecy::SecretString;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::ground::Ground;

/// What the room tells.
pub(crate) enum Told {
    /// It was asked about this message.
    Judged(MessageId, Instant),
    /// A configuration with this prefix holds no longer: its guild has another.
    Ended(Box<str>, Instant),
}

struct Probe(UnboundedSender<Told>);

struct ProbeRule {
    told: UnboundedSender<Told>,
    prefix: Box<str>,
}

impl Judge for Probe {
    fn room(&self) -> &'static str {
        "probe"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        &[]
    }

    fn compile(&self, values: &Values) -> Arc<dyn Rule> {
        Arc::new(ProbeRule {
            told: self.0.clone(),
            prefix: values.text(&PREFIX).unwrap_or_default().into(),
        })
    }
}

impl Rule for ProbeRule {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        if let Event::MessagePosted(message) = matter.event {
            // Nobody listens any more at the end of a measurement.
            drop(self.told.send(Told::Judged(message.id, Instant::now())));
        }
        None
    }
}

impl Drop for ProbeRule {
    fn drop(&mut self) {
        let prefix = std::mem::take(&mut self.prefix);
        drop(self.told.send(Told::Ended(prefix, Instant::now())));
    }
}

/// The guilds of one process.
pub(crate) struct Yard {
    pub(crate) guilds: Guilds,
    pub(crate) cache: Cache,
    told: UnboundedReceiver<Told>,
    last_message: AtomicU64,
    writer: Writer,
    stopping: CancellationToken,
    beside: TaskTracker,
}

impl Yard {
    /// Starts with Redis or without, and with guilds that sleep soon or never.
    pub(crate) async fn start(
        ground: &Ground,
        with_redis: bool,
        idle_after: Duration,
    ) -> anyhow::Result<Self> {
        let settings = &ground.settings;
        let pool_options = PoolOptions::from_settings("main", &settings.database);
        let pool = Pool::open(&ground.url(), pool_options)?;
        let writer = Writer::start(pool.clone(), WriterOptions::from(&settings.writer)).await?;
        let cache = Cache::open(&ground.redis(with_redis))?;
        let clock = Clock::system();
        let (told, heard) = unbounded_channel();
        let mut judges = features::judges();
        judges.push(Arc::new(Probe(told)));
        let registry = Arc::new(Registry::new(&keys::ALL, judges));
        let stopping = CancellationToken::new();
        let services = Services {
            loader: Loader::new(pool.clone(), cache.clone(), registry),
            writer: writer.clone(),
            actions: actions(ground, pool, writer.clone(), clock.clone()).await?,
            clock,
            options: GuildOptions {
                idle_after,
                ..GuildOptions::from(&settings.guild)
            },
            tasks: TaskTracker::new(),
            stopping: stopping.clone(),
        };
        let yard = Self {
            guilds: Guilds::start(services).await?,
            cache,
            told: heard,
            last_message: AtomicU64::new(0),
            writer,
            stopping,
            beside: TaskTracker::new(),
        };
        let follower = Follower {
            guilds: yard.guilds.clone(),
            url: ground.url(),
            sweep_every: settings.guild.config_sweep,
            stopping: yard.stopping.clone(),
        };
        yard.beside.spawn(follower.follow());
        Ok(yard)
    }

    /// Tells these guilds of themselves, as Discord does first, and waits until all of them judge.
    pub(crate) async fn open(&mut self, guilds: impl Iterator<Item = u64>) -> anyhow::Result<()> {
        let mut opened = Vec::new();
        for guild in guilds {
            self.deliver(guild, Event::GuildAvailable(Box::<GuildFacts>::default()));
            opened.push(self.posts(guild));
        }
        for _ in opened {
            while !matches!(self.heard().await?, Told::Judged(..)) {}
        }
        Ok(())
    }

    /// Posts a harmless message and gives its id.
    pub(crate) fn posts(&self, guild: u64) -> MessageId {
        let id = MessageId(self.last_message.fetch_add(1, Ordering::Relaxed) + 1);
        let message = Message {
            id,
            channel: ChannelId(2),
            author: Author {
                id: UserId(3),
                name: "member".into(),
                bot: false,
                roles: vec![],
                ..Author::default()
            },
            content: "did anybody see the match last night?".into(),
        };
        self.deliver(guild, Event::MessagePosted(message));
        id
    }

    fn deliver(&self, guild: u64, event: Event) {
        self.guilds.deliver(GuildEvent {
            guild: GuildId(guild),
            received: Instant::now(),
            event,
        });
    }

    /// The next thing that the room tells.
    pub(crate) async fn heard(&mut self) -> anyhow::Result<Told> {
        let heard = tokio::time::timeout(Duration::from_secs(60), self.told.recv()).await;
        heard?.context("the room is gone")
    }

    /// When this message was judged.
    pub(crate) async fn judged(&mut self, message: MessageId) -> anyhow::Result<Instant> {
        loop {
            if let Told::Judged(id, at) = self.heard().await?
                && id == message
            {
                return Ok(at);
            }
        }
    }

    /// When so many configurations with this prefix had gone out of force.
    pub(crate) async fn ended(&mut self, prefix: &str, mut many: usize) -> anyhow::Result<Instant> {
        loop {
            if let Told::Ended(old, at) = self.heard().await?
                && *old == *prefix
            {
                many -= 1;
                if many == 0 {
                    return Ok(at);
                }
            }
        }
    }

    pub(crate) async fn stop(self) {
        self.stopping.cancel();
        self.guilds.stop().await;
        self.beside.close();
        self.beside.wait().await;
        self.writer.drain().await;
    }
}

/// An executor that never has anything to do.
async fn actions(
    ground: &Ground,
    pool: Pool,
    writer: Writer,
    clock: Clock,
) -> anyhow::Result<Actions> {
    let token = SecretString::from("token");
    let discord = DiscordRest::new(&token, Some("http://127.0.0.1:9"), RestOptions::default())?;
    let spool = ground.folder.path().join("actions.jsonl");
    let options = ActionsOptions::from_settings(&ground.settings, spool);
    Ok(Actions::start(pool, writer, discord, clock, options).await)
}
