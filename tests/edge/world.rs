//! A simulated Discord, the bot's edge to it, and a sink that keeps what is delivered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aimod::actions::discord::{DiscordRest, RestOptions};
use aimod::domain::event::{Event, GuildEvent};
use aimod::domain::ids::GuildId;
use aimod::gateway::{EventSink, Gateway, GatewayError, GatewayOptions};
use aimod::simulator::{Simulator, SimulatorOptions};
use serenity::all::{Context, FullEvent};
use serenity::async_trait;
use serenity::framework::Framework;
use tokio::sync::watch;
use tokio::time::timeout;

pub(crate) const LONG: Duration = Duration::from_secs(30);

/// Keeps what is delivered.
pub(crate) struct Sink {
    events: Mutex<Vec<GuildEvent>>,
    count: watch::Sender<usize>,
}

impl EventSink for Sink {
    fn deliver(&self, event: GuildEvent) {
        self.events.lock().expect("no test panics here").push(event);
        self.count.send_modify(|count| *count += 1);
    }
}

impl Sink {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::default(),
            count: watch::Sender::new(0),
        })
    }

    pub(crate) fn events(&self) -> Vec<GuildEvent> {
        self.events.lock().expect("no test panics here").clone()
    }

    /// Waits until so many events are there and gives them.
    pub(crate) async fn after(&self, events: usize) -> Vec<GuildEvent> {
        let mut count = self.count.subscribe();
        let enough = timeout(LONG, count.wait_for(|count| *count >= events)).await;
        enough.expect("events arrive").expect("the sink lives");
        self.events()
    }

    /// Waits until a message with this text is there.
    pub(crate) async fn heard(&self, text: &str) {
        let said = |event: &GuildEvent| matches!(&event.event, Event::MessagePosted(m) if m.content == text);
        let mut count = self.count.subscribe();
        let heard = async {
            while !self.events().iter().any(said) {
                count.changed().await.expect("the sink lives");
            }
        };
        timeout(LONG, heard).await.expect("the message arrives");
    }

    /// The texts of a guild's messages, in the order of their delivery.
    pub(crate) fn texts(&self, guild: GuildId) -> Vec<String> {
        let events = self.events.lock().expect("no test panics here");
        let of_guild = events.iter().filter(|event| event.guild == guild);
        of_guild
            .filter_map(|event| match &event.event {
                Event::MessagePosted(message) => Some(message.content.clone()),
                _ => None,
            })
            .collect()
    }
}

/// A framework without commands.
struct NoCommands;

#[async_trait]
impl Framework for NoCommands {
    async fn dispatch(&self, _: Context, _: FullEvent) {}
}

pub(crate) async fn simulator(options: SimulatorOptions) -> Simulator {
    Simulator::start(options).await.expect("a free port")
}

pub(crate) fn options(sim: &Simulator, token: &str) -> GatewayOptions {
    GatewayOptions {
        token: token.into(),
        api_base: Some(sim.api_base()),
        shards: None,
        message_content: true,
        guild_members: true,
    }
}

pub(crate) async fn gateway(
    options: GatewayOptions,
    sink: &Arc<Sink>,
) -> Result<Gateway, GatewayError> {
    let sink: Arc<dyn EventSink> = sink.clone();
    Gateway::start(options, NoCommands, sink).await
}

/// A gateway that is ready.
pub(crate) async fn connected(sim: &Simulator) -> (Gateway, Arc<Sink>) {
    let sink = Sink::new();
    let gateway = gateway(options(sim, sim.token()), &sink).await;
    let gateway = gateway.expect("the simulator is there");
    let ready = timeout(LONG, gateway.ready()).await;
    assert_eq!(ready.expect("READY comes"), Ok(()));
    (gateway, sink)
}

/// A REST client that is quick to try again.
pub(crate) fn rest(sim: &Simulator, token: &str) -> DiscordRest {
    let options = RestOptions {
        timeout: Duration::from_secs(5),
        max_attempts: 4,
        deadline: Duration::from_secs(20),
        backoff: Duration::from_millis(5),
        per_second: 100_000,
    };
    DiscordRest::new(&token.into(), Some(&sim.api_base()), options).expect("a client")
}
