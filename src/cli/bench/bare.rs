//! The reference: serenity on a thread of its own, with a handler that only counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use anyhow::Context as _;
use serenity::all::{ClientBuilder, Context, Event, GatewayIntents, HttpBuilder, RawEventHandler};
use serenity::async_trait;
use tokio_util::sync::CancellationToken;

use crate::simulator::Simulator;

struct Counter(Arc<AtomicU64>);

#[async_trait]
impl RawEventHandler for Counter {
    async fn raw_event(&self, _context: Context, event: Event) {
        if matches!(event, Event::MessageCreate(_)) {
            self.0.fetch_add(1, Ordering::Release);
        }
    }
}

/// serenity, connected.
pub struct Bare {
    messages: Arc<AtomicU64>,
    halt: CancellationToken,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Bare {
    /// Connects to a simulator and waits until every shard is there.
    ///
    /// # Errors
    /// When it cannot connect.
    pub async fn connect(sim: &Simulator) -> anyhow::Result<Self> {
        let messages = Arc::new(AtomicU64::new(0));
        let halt = CancellationToken::new();
        let job = run(
            sim.token().to_owned(),
            sim.api_base(),
            Counter(Arc::clone(&messages)),
            halt.clone(),
        );
        let thread = std::thread::Builder::new()
            .name("serenity".to_owned())
            .spawn(move || {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?
                    .block_on(job)
            })?;
        sim.bot_connected().await?;
        Ok(Self {
            messages,
            halt,
            thread,
        })
    }

    /// How many messages it has received.
    #[must_use]
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Acquire)
    }

    /// Disconnects.
    ///
    /// # Errors
    /// What serenity failed at meanwhile.
    pub fn stop(self) -> anyhow::Result<()> {
        self.halt.cancel();
        let ended = self.thread.join();
        ended.ok().context("serenity's thread panicked")?
    }
}

async fn run(
    token: String,
    base: String,
    counter: Counter,
    halt: CancellationToken,
) -> anyhow::Result<()> {
    let http = HttpBuilder::new(&token)
        .proxy(base)
        .ratelimiter_disabled(true)
        .build();
    let intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT;
    let mut client = ClientBuilder::new_with_http(http, intents)
        .raw_event_handler(counter)
        .await?;
    tokio::select! {
        ended = client.start() => Ok(ended?),
        () = halt.cancelled() => Ok(()),
    }
}
