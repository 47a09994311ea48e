//! Receives serenity's events and hands ours over, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use ::metrics::Counter;
use serenity::all::{Context, RawEventHandler};
use serenity::async_trait;
use serenity::model::event::Event as DiscordEvent;
use tokio::sync::Notify;

use super::EventSink;
use super::kind::{Kind, KindCounters};
use super::metrics::DROPPED;
use super::translate::{Translated, lacks_contents, translate};
use crate::domain::event::{Event, GuildEvent};
use crate::domain::ids::{GuildId, UserId};

/// Whether events are still taken.
#[derive(Debug, Default)]
pub(super) struct Intake {
    closed: AtomicBool,
}

impl Intake {
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// The raw event handler. It never awaits, which keeps the order.
pub(super) struct Handler {
    sink: Arc<dyn EventSink>,
    intake: Arc<Intake>,
    /// Told when a shard may have become connected.
    shard_moved: Arc<Notify>,
    /// The bot's own user, 0 before READY.
    bot: AtomicU64,
    contents_missing: AtomicBool,
    events: KindCounters,
    no_guild: Counter,
    after_close: Counter,
}

impl Handler {
    /// Its counters reach the recorder that is installed at this moment.
    pub(super) fn new(
        sink: Arc<dyn EventSink>,
        intake: Arc<Intake>,
        shard_moved: Arc<Notify>,
    ) -> Self {
        Self {
            sink,
            intake,
            shard_moved,
            bot: AtomicU64::new(0),
            contents_missing: AtomicBool::new(false),
            events: KindCounters::new(),
            no_guild: DROPPED.handle(["no_guild"]),
            after_close: DROPPED.handle(["closed"]),
        }
    }

    pub(super) fn take(&self, event: DiscordEvent) {
        let received = Instant::now();
        let kind = Kind::of(&event);
        self.events.count(kind);
        if self.intake.is_closed() {
            self.after_close.increment(1);
            return;
        }
        match &event {
            DiscordEvent::Ready(event) => {
                self.bot.store(event.ready.user.id.get(), Ordering::Relaxed);
                self.shard_moved.notify_one();
            }
            DiscordEvent::Resumed(_) => self.shard_moved.notify_one(),
            DiscordEvent::MessageCreate(event) if lacks_contents(&event.message) => {
                self.warn_of_missing_contents();
            }
            _ => {}
        }
        let bot = UserId(self.bot.load(Ordering::Relaxed));
        match translate(event, bot) {
            Translated::One(guild, event) => self.hand_over(kind, guild, received, event),
            Translated::Many(guild, events) => {
                for event in events {
                    self.hand_over(kind, guild, received, event);
                }
            }
            Translated::NoGuild => self.no_guild.increment(1),
            Translated::Nothing => {}
        }
    }

    fn hand_over(&self, kind: Kind, guild: GuildId, received: Instant, event: Event) {
        let span = tracing::debug_span!("gateway_event", event = kind.label(), guild.id = guild.0);
        let _inside = span.enter();
        self.sink.deliver(GuildEvent {
            guild,
            received,
            event,
        });
    }

    fn warn_of_missing_contents(&self) {
        if !self.contents_missing.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "Discord sends messages without their text; switch on “Message Content Intent” in the developer portal \
                 (Bot, Privileged Gateway Intents), or nothing can be judged"
            );
        }
    }
}

#[async_trait]
impl RawEventHandler for Handler {
    async fn raw_event(&self, _context: Context, event: DiscordEvent) {
        self.take(event);
    }
}
