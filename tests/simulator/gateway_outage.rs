//! Outages of the whole gateway, slow lines, and closes after which a session is over.

use std::time::Duration;

use aimod::domain::clock::Clock;
use aimod::simulator::SimulatorOptions;
use chrono::{DateTime, TimeDelta};
use serde_json::json;
use tokio::time::Instant;
use tokio_tungstenite::connect_async;

use crate::Bench;
use crate::bot::Bot;
use crate::socket::Socket;

/// The intents for guilds and their messages.
const INTENTS: u64 = 1 | 1 << 9 | 1 << 15;

async fn refused(bench: &Bench) -> bool {
    let url = format!("ws://{}/?v=10&encoding=json", bench.sim.address());
    match connect_async(url).await {
        Ok(_) => false,
        Err(problem) => {
            assert!(problem.to_string().contains("503"), "{problem}");
            true
        }
    }
}

#[tokio::test]
async fn in_an_outage_connections_break_and_none_is_let_in_until_its_time_is_over() {
    let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).expect("a time"));
    let bench = Bench::start_with(SimulatorOptions {
        clock: clock.clone(),
        ..SimulatorOptions::default()
    })
    .await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, INTENTS, json!([0, 1])).await;
    let ready = socket.dispatch("READY").await;
    let mut nobody = Socket::open(&bench.sim).await;
    bench.sim.begin_outage(Some(TimeDelta::seconds(30)));
    while socket.next().await.is_some() {}
    nobody.identify(&bench.sim, INTENTS, json!([0, 1])).await;
    assert!(
        nobody.next().await.is_none(),
        "it came in before the outage"
    );
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    owner.posts(general, "unheard").expect("posts");
    assert!(refused(&bench).await);
    clock.advance(TimeDelta::seconds(29));
    assert!(refused(&bench).await);
    assert_eq!(bench.sim.connections_refused(), 2);
    clock.advance(TimeDelta::seconds(1));
    let mut socket = Socket::open(&bench.sim).await;
    let resume = json!({"token": bench.sim.token(), "session_id": ready["session_id"], "seq": 2});
    socket.send(&json!({"op": 6, "d": resume})).await;
    let heard = socket.dispatch("MESSAGE_CREATE").await;
    assert_eq!(heard["content"], "unheard", "the session has waited");
}

#[tokio::test]
async fn an_outage_is_begun_and_ended_over_http() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    bench.told("gateway", json!({"action": "outage"})).await;
    bench.sim.bot_refused(1).await.expect("it tries");
    assert!(refused(&bench).await);
    assert!(bench.ask("events").await["refused"].as_u64() >= Some(2));
    bench.told("gateway", json!({"action": "restore"})).await;
    bench.sim.bot_connected().await.expect("it is back");
    bot.stop().await;
}

#[tokio::test]
async fn frames_are_so_long_on_their_way_and_stay_in_order() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, INTENTS, json!([0, 1])).await;
    socket.dispatch("GUILD_CREATE").await;
    let late = json!({"action": "latency", "ms": 150});
    bench.told("gateway", late).await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let said = Instant::now();
    for text in ["one", "two"] {
        owner.posts(general, text).expect("posts");
    }
    bench.sim.slow_gateway(Duration::ZERO);
    owner.posts(general, "three").expect("posts");
    for text in ["one", "two", "three"] {
        let heard = socket.dispatch("MESSAGE_CREATE").await;
        assert_eq!(heard["content"], text);
        assert!(said.elapsed() >= Duration::from_millis(150), "{text}");
    }
    owner.posts(general, "four").expect("posts");
    assert_eq!(socket.dispatch("MESSAGE_CREATE").await["content"], "four");
    bench.sim.drained_to(0).await.expect("all is written");
}

#[tokio::test]
async fn what_is_on_its_way_when_the_line_breaks_is_replayed() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    bench.sim.slow_gateway(Duration::from_secs(60));
    owner.posts(general, "lost on the way").expect("posts");
    bench.sim.slow_gateway(Duration::ZERO);
    bench.sim.drop_connections();
    bench.sim.bot_reconnected(1, 1).await.expect("resumed");
    assert_eq!(bot.hears_message().await.content, "lost on the way");
    bot.stop().await;
}

#[tokio::test]
async fn after_some_closes_a_session_is_over_and_after_others_it_waits() {
    let bench = Bench::start().await;
    for (code, over) in [
        (4000, false),
        (4003, false),
        (4005, false),
        (4007, true),
        (4009, true),
    ] {
        let mut socket = Socket::open(&bench.sim).await;
        socket.identify(&bench.sim, INTENTS, json!([0, 1])).await;
        let ready = socket.dispatch("READY").await;
        bench.sim.close_connections(code);
        assert_eq!(socket.close_code().await, code);
        let mut socket = Socket::open(&bench.sim).await;
        let resume =
            json!({"token": bench.sim.token(), "session_id": ready["session_id"], "seq": 1});
        socket.send(&json!({"op": 6, "d": resume})).await;
        let answer = socket.frame().await;
        assert_eq!(answer["op"] == 9, over, "{code}: {answer}");
    }
}
