//! Sessions that end, wait and are taken up again, and events that come strangely.

use aimod::domain::clock::Clock;
use aimod::simulator::{SimMember, SimulatorOptions};
use chrono::{DateTime, TimeDelta};
use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::all::{Event, GatewayIntents};

use crate::Bench;
use crate::bot::Bot;
use crate::socket::Socket;

/// A session on a bare connection, with somebody who writes.
struct Scene {
    bench: Bench,
    clock: Clock,
    owner: SimMember,
    socket: Socket,
    ready: Value,
}

impl Scene {
    async fn start() -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).expect("a time"));
        let bench = Bench::start_with(SimulatorOptions {
            clock: clock.clone(),
            ..SimulatorOptions::default()
        })
        .await;
        let mut socket = Socket::open(&bench.sim).await;
        let intents = GatewayIntents::all().bits();
        socket.identify(&bench.sim, intents, json!([0, 1])).await;
        let ready = socket.dispatch("READY").await;
        socket.dispatch("GUILD_CREATE").await;
        Self {
            owner: bench.guild.owner().expect("an owner"),
            bench,
            clock,
            socket,
            ready,
        }
    }

    fn posts(&self, text: &str) {
        let general = self.bench.guild.channel("general").expect("a channel");
        self.owner.posts(general, text).expect("the owner may");
    }

    /// A new connection at the address that READY named, which asks to go on after `seq`.
    async fn resumes_after(&self, seq: u64) -> Socket {
        let address = self.ready["resume_gateway_url"].as_str();
        let mut socket = Socket::open_at(address.expect("an address")).await;
        let id = &self.ready["session_id"];
        let resume = json!({"token": self.bench.sim.token(), "session_id": id, "seq": seq});
        socket.send(&json!({"op": 6, "d": resume})).await;
        socket
    }
}

/// Asserts that the answer is op 9 `false`.
async fn is_refused(socket: &mut Socket) {
    let answer = socket.frame().await;
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
}

#[tokio::test]
async fn ready_names_the_address_where_a_session_is_resumed_with_all_it_missed() {
    let mut scene = Scene::start().await;
    scene.posts("read");
    let read = loop {
        let frame = scene.socket.frame().await;
        if frame["t"] == "MESSAGE_CREATE" {
            break frame["s"].as_u64().expect("a number");
        }
    };
    scene.bench.sim.drop_connections();
    scene.posts("one");
    scene.posts("two");
    let mut socket = scene.resumes_after(read).await;
    for (at, text) in (read + 1..).zip(["one", "two"]) {
        let frame = socket.frame().await;
        assert_eq!(
            (&frame["s"], &frame["d"]["content"]),
            (&json!(at), &json!(text))
        );
    }
    assert_eq!(socket.frame().await["t"], "RESUMED");
    scene.posts("three");
    assert_eq!(socket.frame().await["d"]["content"], "three");
}

#[tokio::test]
async fn a_client_that_says_good_bye_cannot_resume_and_one_that_stumbles_can() {
    let mut scene = Scene::start().await;
    scene.socket.close(4000).await;
    while scene.socket.next().await.is_some() {}
    let mut socket = scene.resumes_after(2).await;
    assert_eq!(socket.frame().await["t"], "RESUMED");
    socket.close(1000).await;
    while socket.next().await.is_some() {}
    is_refused(&mut scene.resumes_after(2).await).await;
}

#[tokio::test]
async fn a_session_waits_for_some_minutes() {
    let scene = Scene::start().await;
    scene.bench.sim.drop_connections();
    scene.clock.advance(TimeDelta::minutes(2));
    let mut socket = scene.resumes_after(2).await;
    assert_eq!(socket.frame().await["t"], "RESUMED");
    scene.bench.sim.drop_connections();
    scene.clock.advance(TimeDelta::minutes(4));
    is_refused(&mut scene.resumes_after(3).await).await;
}

#[tokio::test]
async fn a_session_that_missed_too_much_must_begin_anew() {
    let scene = Scene::start().await;
    scene.bench.sim.drop_connections();
    for number in 0..20_001 {
        scene.posts(&number.to_string());
    }
    is_refused(&mut scene.resumes_after(2).await).await;
}

#[tokio::test]
async fn a_session_moves_to_the_connection_that_resumes_it() {
    let mut scene = Scene::start().await;
    let mut socket = scene.resumes_after(2).await;
    assert_eq!(socket.frame().await["t"], "RESUMED");
    while scene.socket.next().await.is_some() {}
    scene.posts("here");
    assert_eq!(socket.frame().await["d"]["content"], "here");
}

#[tokio::test]
async fn two_events_change_places_and_arrive() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    bench.sim.swap_next_events();
    for text in ["one", "two", "three"] {
        owner.posts(general, text).expect("posts");
    }
    for expected in ["two", "one", "three"] {
        assert_eq!(bot.hears_message().await.content, expected);
    }
    bot.stop().await;
}

#[tokio::test]
async fn a_real_client_reads_on_when_unknown_things_come() {
    let bench = Bench::start().await;
    bench.sim.add_unknown_things(true);
    let bot = Bot::connect(&bench.sim).await;
    bot.hears("its guild", |event| {
        matches!(event, Event::GuildCreate(_)).then_some(())
    })
    .await;
    let mallory = bench.guild.joins("mallory").expect("she may");
    bot.hears("her", |event| {
        matches!(event, Event::GuildMemberAdd(_)).then_some(())
    })
    .await;
    let general = bench.guild.channel("general").expect("a channel");
    mallory.posts(general, "one").expect("posts");
    assert_eq!(bot.hears_message().await.content, "one");
    let echo = bench.guild.owner().expect("an owner").runs("/echo two");
    let answer = echo.expect("a command").answer().await.expect("answered");
    assert_eq!(answer.content, "two");
    bench.sim.drop_connections();
    mallory.posts(general, "three").expect("posts");
    bench.sim.bot_reconnected(1, 1).await.expect("resumed");
    bench.sim.add_unknown_things(false);
    mallory.posts(general, "four").expect("posts");
    loop {
        let heard = bot.hears_message().await.content;
        match heard.as_str() {
            // The answer to the command is a message as well.
            "two" => {}
            "three" => break,
            other => panic!("{other}"),
        }
    }
    assert_eq!(bot.hears_message().await.content, "four");
    bot.stop().await;
}
