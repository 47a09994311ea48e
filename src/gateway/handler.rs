//! Receives serenity's events and hands ours over, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use ::metrics::Counter;
use serenity::all::{Context, RawEventHandler, Ready};
use serenity::async_trait;
use serenity::model::event::Event as DiscordEvent;
use tokio::sync::Notify;

use super::EventSink;
use super::kind::{Kind, KindCounters};
use super::metrics::DROPPED;
use super::translate::{Translated, lacks_contents, translate};
use crate::domain::event::{Event, GuildEvent, RollCall};
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
                self.sink.call_roll(roll_of(&event.ready));
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

fn roll_of(ready: &Ready) -> RollCall {
    let (shard, total) = ready
        .shard
        .map_or((0, 1), |shard| (shard.id.0, shard.total));
    RollCall {
        shard,
        total,
        guilds: ready
            .guilds
            .iter()
            .map(|guild| GuildId(guild.id.get()))
            .collect(),
    }
}

#[async_trait]
impl RawEventHandler for Handler {
    async fn raw_event(&self, _context: Context, event: DiscordEvent) {
        self.take(event);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use metrics_exporter_prometheus::PrometheusBuilder;
    use serde_json::{Value, json};
    use serenity::model::event::GatewayEvent;

    use super::*;

    #[derive(Default)]
    struct Sink(Mutex<Vec<GuildEvent>>, Mutex<Vec<RollCall>>);

    impl EventSink for Sink {
        fn call_roll(&self, roll: RollCall) {
            self.1.lock().expect("no test panics here").push(roll);
        }
        fn deliver(&self, event: GuildEvent) {
            self.0.lock().expect("no test panics here").push(event);
        }
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no test panics here").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn event(kind: &str, data: Value) -> DiscordEvent {
        let frame = json!({"op": 0, "s": 1, "t": kind, "d": data}).to_string();
        match serde_json::from_str(&frame).expect("a frame") {
            GatewayEvent::Dispatch(_, event) => event,
            other => panic!("{other:?}"),
        }
    }

    fn message(guild: Value, content: &str) -> DiscordEvent {
        let data = json!({
            "id": "100", "channel_id": "20", "guild_id": guild, "type": 0, "content": content, "tts": false,
            "author": {"id": "5", "username": "mallory", "discriminator": "0", "avatar": null}, "pinned": false,
            "timestamp": "2026-08-01T00:00:00.000000+00:00", "edited_timestamp": null, "mention_everyone": false,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": []
        });
        event("MESSAGE_CREATE", data)
    }

    fn handler() -> (Handler, Arc<Sink>, Arc<Intake>) {
        let (sink, intake) = (Arc::new(Sink::default()), Arc::new(Intake::default()));
        let delivered: Arc<dyn EventSink> = sink.clone();
        let handler = Handler::new(delivered, Arc::clone(&intake), Arc::default());
        (handler, sink, intake)
    }

    fn delivered(sink: &Sink) -> usize {
        sink.0.lock().expect("no test panics here").len()
    }

    #[test]
    fn every_event_is_counted_and_only_those_of_guilds_are_delivered() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let shown = recorder.handle();
        let sink = ::metrics::with_local_recorder(&recorder, || {
            let (handler, sink, intake) = handler();
            handler.take(message(json!("7"), "hello"));
            handler.take(message(Value::Null, "hello"));
            handler.take(event("SOMETHING_NEW", json!({})));
            intake.close();
            handler.take(message(json!("7"), "too late"));
            sink
        });
        assert_eq!(delivered(&sink), 1);
        let shown = shown.render();
        for line in [
            "aimod_gateway_events_total{event=\"message_create\"} 3",
            "aimod_gateway_events_total{event=\"unknown\"} 1",
            "aimod_gateway_dropped_total{reason=\"no_guild\"} 1",
            "aimod_gateway_dropped_total{reason=\"closed\"} 1",
        ] {
            assert!(shown.contains(line), "{line} is missing in\n{shown}");
        }
    }

    #[test]
    fn a_shard_that_connects_tells_its_guilds() {
        let ready = |shard: Value| {
            let user = json!({"id": "1", "username": "AIMod", "discriminator": "0", "avatar": null, "bot": true,
                "verified": true, "mfa_enabled": true, "flags": 0});
            let guilds =
                json!([{"id": "7", "unavailable": true}, {"id": "9", "unavailable": false}]);
            event(
                "READY",
                json!({"v": 10, "user": user, "guilds": guilds, "session_id": "s", "resume_gateway_url": "wss://x",
                    "shard": shard, "application": {"id": "2", "flags": 0}}),
            )
        };
        let (handler, sink, intake) = handler();
        handler.take(ready(json!([3, 16])));
        handler.take(ready(Value::Null));
        intake.close();
        handler.take(ready(json!([4, 16])));
        let rolls = sink.1.lock().expect("no test panics here").clone();
        let roll = |shard, total| RollCall {
            shard,
            total,
            guilds: vec![GuildId(7), GuildId(9)],
        };
        assert_eq!(rolls, [roll(3, 16), roll(0, 1)]);
    }

    #[test]
    fn missing_contents_are_said_once_and_no_text_is_logged() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let (handler, ..) = handler();
            for content in ["a private word", "", ""] {
                handler.take(message(json!("7"), content));
            }
        });
        let log = log.0.lock().expect("no test panics here").clone();
        let log = String::from_utf8(log).expect("text");
        assert_eq!(log.matches("Message Content Intent").count(), 1, "{log}");
        assert!(!log.contains("private"), "{log}");
    }
}
