//! The gateway over real sockets, against a Discord that says what it is told.

mod discord;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use serenity::all::{Context, FullEvent};
use serenity::async_trait;
use serenity::framework::Framework;
use serenity::model::gateway::GatewayIntents;
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::{EventSink, Gateway, GatewayError, GatewayOptions, ShardStates};
use crate::domain::event::{Event, GuildEvent};
use crate::domain::ids::{GuildId, UserId};
use discord::{Discord, Manners, TOKEN};

const LONG: Duration = Duration::from_secs(20);

/// Keeps what is delivered.
struct Sink {
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
    fn new() -> Arc<Self> {
        Arc::new(Self {
            events: Mutex::default(),
            count: watch::Sender::new(0),
        })
    }

    async fn after(&self, events: usize) -> Vec<GuildEvent> {
        let mut count = self.count.subscribe();
        let enough = timeout(LONG, count.wait_for(|count| *count >= events)).await;
        enough.expect("events arrive").expect("the sink lives");
        self.events.lock().expect("no test panics here").clone()
    }

    /// The texts of the messages of a guild, once so many events are there.
    async fn texts(&self, guild: u64, events: usize) -> Vec<String> {
        let events = self.after(events).await;
        let of_guild = events
            .into_iter()
            .filter(|event| event.guild == GuildId(guild));
        of_guild
            .filter_map(|event| match event.event {
                Event::MessagePosted(message) => Some(message.content),
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

fn options(discord: &Discord) -> GatewayOptions {
    GatewayOptions {
        token: TOKEN.into(),
        api_base: Some(discord.base()),
        shards: None,
    }
}

async fn start(manners: Manners) -> (Discord, Result<Gateway, GatewayError>, Arc<Sink>) {
    let discord = Discord::start(manners).await;
    let sink = Sink::new();
    let gateway = Gateway::start(options(&discord), NoCommands, sink.clone()).await;
    (discord, gateway, sink)
}

async fn connected() -> (Discord, Gateway, Arc<Sink>) {
    let (discord, gateway, sink) = start(Manners::default()).await;
    let gateway = gateway.expect("Discord is there");
    let ready = timeout(LONG, gateway.ready()).await;
    assert_eq!(ready.expect("READY comes"), Ok(()));
    (discord, gateway, sink)
}

fn message(guild: u64, text: &str) -> Value {
    json!({
        "id": "100", "channel_id": "20", "guild_id": guild.to_string(), "type": 0, "content": text, "tts": false,
        "author": {"id": "5", "username": "mallory", "discriminator": "0", "avatar": null}, "pinned": false,
        "timestamp": "2026-08-01T00:00:00.000000+00:00", "edited_timestamp": null, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "attachments": [], "embeds": []
    })
}

fn post(discord: &Discord, numbers: std::ops::Range<u32>) {
    for number in numbers {
        discord.dispatch("MESSAGE_CREATE", &message(7, &number.to_string()));
    }
}

fn numbered(numbers: std::ops::Range<u32>) -> Vec<String> {
    numbers.map(|number| number.to_string()).collect()
}

async fn stopped(gateway: &Gateway) {
    assert_eq!(gateway.stop(LONG).await, Ok(()));
}

#[tokio::test]
async fn a_shard_connects_with_the_intents_that_are_used() {
    let (discord, gateway, _sink) = connected().await;
    let one = ShardStates {
        connected: 1,
        total: 1,
    };
    assert_eq!(*gateway.shards().borrow(), one);
    let identify = discord.heard().identify;
    assert_eq!(identify["token"], format!("Bot {TOKEN}"));
    assert_eq!(identify["shard"], json!([0, 1]));
    let intents = GatewayIntents::from_bits_retain(identify["intents"].as_u64().expect("bits"));
    assert!(intents.contains(GatewayIntents::MESSAGE_CONTENT | GatewayIntents::GUILD_MEMBERS));
    assert!(!intents.contains(GatewayIntents::GUILD_PRESENCES));
    assert_eq!(gateway.cache().current_user().id.get(), 99);
    assert!(!format!("{gateway:?}").contains(TOKEN));
    stopped(&gateway).await;
    assert_eq!(gateway.shards().borrow().connected, 0);
}

#[tokio::test]
async fn a_guild_becomes_available_with_the_bots_roles() {
    let (discord, gateway, sink) = connected().await;
    let own = json!({"user": {"id": "99", "username": "aimod", "discriminator": "0", "avatar": null},
        "roles": ["32"], "joined_at": "2026-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false, "flags": 0});
    let guild = json!({
        "id": "7", "name": "The Guild", "owner_id": "5", "member_count": 12, "large": false, "unavailable": false,
        "joined_at": "2026-01-01T00:00:00.000000+00:00", "roles": [], "channels": [], "threads": [], "members": [own],
        "emojis": [], "features": [], "stickers": [], "voice_states": [], "presences": [], "stage_instances": [],
        "guild_scheduled_events": [], "afk_timeout": 300, "system_channel_flags": 0, "preferred_locale": "en-US",
        "verification_level": 1, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "nsfw_level": 0, "premium_tier": 0, "premium_progress_bar_enabled": false
    });
    discord.dispatch("GUILD_CREATE", &guild);
    let events = sink.after(1).await;
    let Event::GuildAvailable(facts) = &events[0].event else {
        panic!("{events:?}");
    };
    assert_eq!(
        (facts.bot, facts.bot_roles[0].0, facts.member_count),
        (UserId(99), 32, 12)
    );
    assert!(gateway.cache().guild(7).is_some());
    stopped(&gateway).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_messages_of_a_guild_stay_in_order_while_others_flood() {
    let (discord, gateway, sink) = connected().await;
    for number in 0..10_000 {
        post(&discord, number..number + 1);
        for other in [8, 9] {
            discord.dispatch("MESSAGE_CREATE", &message(other, &number.to_string()));
        }
    }
    assert_eq!(sink.texts(7, 30_000).await, numbered(0..10_000));
    assert_eq!(sink.texts(8, 30_000).await, numbered(0..10_000));
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_reconnect_that_discord_asks_for_loses_and_doubles_nothing() {
    let (discord, gateway, sink) = connected().await;
    post(&discord, 0..50);
    sink.after(50).await;
    discord.say(r#"{"op":7,"d":null}"#);
    post(&discord, 50..100);
    discord.hears(|heard| heard.resumed == 1).await;
    post(&discord, 100..150);
    assert_eq!(sink.texts(7, 150).await, numbered(0..150));
    assert_eq!(discord.heard().identified, 1);
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_cut_line_or_a_passing_close_loses_and_doubles_nothing() {
    let (discord, gateway, sink) = connected().await;
    post(&discord, 0..50);
    discord.cut();
    discord.hears(|heard| heard.resumed == 1).await;
    post(&discord, 50..100);
    sink.after(100).await;
    discord.close(4000);
    discord.hears(|heard| heard.resumed == 2).await;
    post(&discord, 100..150);
    assert_eq!(sink.texts(7, 150).await, numbered(0..150));
    assert_eq!(discord.heard().identified, 1);
    stopped(&gateway).await;
}

#[tokio::test]
async fn what_cannot_be_read_changes_nothing() {
    let (discord, gateway, sink) = connected().await;
    post(&discord, 0..1);
    for nonsense in [
        "",
        "{",
        "null",
        "[]",
        r#"{"op":99}"#,
        r#"{"op":0}"#,
        r#"{"op":0,"s":1}"#,
    ] {
        discord.say(nonsense);
    }
    discord.dispatch("MESSAGE_CREATE", &json!({"id": "x"}));
    discord.dispatch("GUILD_ROLE_DELETE", &json!(7));
    discord.dispatch("NEW_IN_2030", &json!({"guild_id": "7"}));
    post(&discord, 1..3);
    assert_eq!(sink.texts(7, 3).await, numbered(0..3));
    assert_eq!(discord.heard().identified, 1);
    assert_eq!(discord.heard().resumed, 0);
    assert!(gateway.shards().borrow().all_connected());
    stopped(&gateway).await;
}

#[tokio::test]
async fn a_token_that_rest_refuses_is_said_at_once() {
    let manners = Manners {
        gateway_status: 401,
        ..Manners::default()
    };
    let (discord, gateway, _sink) = start(manners).await;
    assert_eq!(gateway.map(drop), Err(GatewayError::InvalidToken));
    assert_eq!(discord.heard().identified, 0);
}

#[tokio::test]
async fn no_session_is_started_beyond_discords_limit() {
    let manners = Manners {
        sessions_left: 0,
        ..Manners::default()
    };
    let (_discord, gateway, _sink) = start(manners).await;
    let error = gateway.map(drop).expect_err("none is left").to_string();
    assert!(error.contains("start again in 2 min"), "{error}");
}

#[tokio::test]
async fn a_final_close_ends_the_gateway_with_a_reason() {
    for (code, expected) in [
        (4004, GatewayError::InvalidToken),
        (4014, GatewayError::DisallowedIntents),
    ] {
        let manners = Manners {
            refuse_with: Some(code),
            ..Manners::default()
        };
        let (_discord, gateway, _sink) = start(manners).await;
        let gateway = gateway.expect("REST accepts the token");
        let closed = timeout(LONG, gateway.closed()).await;
        assert_eq!(closed.expect("it closes"), Err(expected.clone()));
        assert_eq!(gateway.ready().await, Err(expected.clone()));
        assert_eq!(gateway.stop(LONG).await, Err(expected));
    }
}

#[tokio::test]
async fn after_the_stop_nothing_is_delivered_and_the_line_is_closed() {
    let (discord, gateway, sink) = connected().await;
    post(&discord, 0..5);
    sink.after(5).await;
    stopped(&gateway).await;
    discord.hears(|heard| heard.hung_up == 1).await;
    assert_eq!(gateway.closed().await, Ok(()));
    assert_eq!(gateway.ready().await, Err(GatewayError::Stopped));
    stopped(&gateway).await;
    assert_eq!(sink.after(5).await.len(), 5);
}

#[tokio::test]
async fn dropping_the_gateway_hangs_up() {
    let (discord, gateway, _sink) = connected().await;
    let mut shards = gateway.shards();
    drop(gateway);
    let gone = timeout(LONG, discord.hears(|heard| heard.hung_up == 1)).await;
    gone.expect("the line is closed");
    let told = timeout(LONG, shards.wait_for(|shards| shards.connected == 0)).await;
    told.expect("it is told").expect("its last word stays");
}

/// Takes a message as a command, and finishes when it is told to.
struct Patient {
    begun: Arc<Notify>,
    finish: Arc<Notify>,
    finished: Arc<Notify>,
}

#[async_trait]
impl Framework for Patient {
    async fn dispatch(&self, _: Context, event: FullEvent) {
        if matches!(event, FullEvent::Message { .. }) {
            self.begun.notify_one();
            self.finish.notified().await;
            self.finished.notify_one();
        }
    }
}

#[tokio::test]
async fn a_stop_waits_for_the_command_in_hand() {
    let discord = Discord::start(Manners::default()).await;
    let [begun, finish, finished] = [(); 3].map(|()| Arc::new(Notify::new()));
    let patient = Patient {
        begun: Arc::clone(&begun),
        finish: Arc::clone(&finish),
        finished: Arc::clone(&finished),
    };
    let gateway = Gateway::start(options(&discord), patient, Sink::new()).await;
    let gateway = gateway.expect("Discord is there");
    assert_eq!(gateway.ready().await, Ok(()));
    post(&discord, 0..1);
    begun.notified().await;
    let (stop, ()) = tokio::join!(gateway.stop(LONG), async { finish.notify_one() });
    assert_eq!(stop, Ok(()));
    let done = timeout(Duration::ZERO, finished.notified()).await;
    done.expect("the command was finished, not dropped");
}
