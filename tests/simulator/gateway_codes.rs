//! Why the gateway closes connections or lets nobody in: Discord's codes and limits.

use std::time::Duration;

use aimod::domain::clock::Clock;
use aimod::simulator::SimulatorOptions;
use chrono::{DateTime, TimeDelta};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// A simulator whose clock stands.
async fn timeless(options: SimulatorOptions) -> (Bench, Clock) {
    let clock = Clock::manual(DateTime::from_timestamp(1_780_000_000, 0).expect("a time"));
    let options = SimulatorOptions {
        clock: clock.clone(),
        ..options
    };
    (Bench::start_with(options).await, clock)
}

async fn beat(socket: &mut Socket, times: usize) {
    for _ in 0..times {
        socket.send(&json!({"op": 1, "d": null})).await;
        assert_eq!(socket.frame().await["op"], 11);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_closed_with_4002() {
    let bench = Bench::start().await;
    let large = json!({"op": 1, "d": "x".repeat(4096)}).to_string();
    for text in ["no json", "[]", r#"{"op":"2"}"#, r#"{"op":-1}"#, &large] {
        let mut socket = Socket::open(&bench.sim).await;
        socket.send_text(text).await;
        assert_eq!(socket.close_code().await, 4002, "{text:.20}");
    }
    let mut socket = Socket::open(&bench.sim).await;
    socket.send(&json!({"op": 2, "d": {"token": 5}})).await;
    assert_eq!(socket.close_code().await, 4002, "an IDENTIFY without form");
    let mut socket = Socket::open(&bench.sim).await;
    socket.send(&json!({"op": 6, "d": null})).await;
    assert_eq!(socket.close_code().await, 4002, "a RESUME without form");
}

#[tokio::test]
async fn who_is_nobody_yet_is_closed_with_4003() {
    let bench = Bench::start().await;
    for op in [3, 4, 8, 31] {
        let mut socket = Socket::open(&bench.sim).await;
        socket.send(&json!({"op": op, "d": {}})).await;
        assert_eq!(socket.close_code().await, 4003, "{op}");
    }
}

#[tokio::test]
async fn a_sequence_from_the_future_is_closed_with_4007() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    let session = socket.dispatch("READY").await["session_id"].take();
    let mut socket = Socket::open(&bench.sim).await;
    let resume = json!({"token": bench.sim.token(), "session_id": session, "seq": 1_000});
    socket.send(&json!({"op": 6, "d": resume})).await;
    assert_eq!(socket.close_code().await, 4007);
    let mut socket = Socket::open(&bench.sim).await;
    let resume = json!({"token": "wrong", "session_id": session, "seq": 1});
    socket.send(&json!({"op": 6, "d": resume})).await;
    assert_eq!(socket.close_code().await, 4004);
}

#[tokio::test]
async fn a_hundred_and_twenty_frames_a_minute_are_the_most() {
    let (bench, clock) = timeless(SimulatorOptions::default()).await;
    let mut socket = Socket::open(&bench.sim).await;
    beat(&mut socket, 120).await;
    clock.advance(TimeDelta::seconds(61));
    beat(&mut socket, 120).await;
    socket.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(socket.close_code().await, 4008);
}

#[tokio::test]
async fn a_silent_client_is_closed_with_4009_and_a_beating_one_is_not() {
    let bench = Bench::start_with(SimulatorOptions {
        heartbeat: Duration::from_millis(200),
        ..SimulatorOptions::default()
    })
    .await;
    let mut alive = Socket::open(&bench.sim).await;
    let mut silent = Socket::open(&bench.sim).await;
    let beating = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
            beat(&mut alive, 1).await;
        }
    };
    tokio::select! {
        code = silent.close_code() => assert_eq!(code, 4009),
        () = beating => unreachable!("it beats without end"),
    }
    beat(&mut alive, 1).await;
}

#[tokio::test]
async fn more_guilds_than_a_shard_holds_are_closed_with_4011() {
    let bench = Bench::start().await;
    for number in 0..2_500 {
        drop(bench.sim.add_guild(&format!("Guild {number}")));
    }
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    assert_eq!(socket.close_code().await, 4011);
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 2])).await;
    let guilds = socket.dispatch("READY").await["guilds"].take();
    assert!(guilds.as_array().is_some_and(|list| list.len() <= 1_251));
}

#[tokio::test]
async fn another_version_is_closed_with_4012_and_another_language_with_4002() {
    let bench = Bench::start().await;
    let address = bench.sim.address();
    let mut socket = Socket::dial(&format!("ws://{address}/?v=6&encoding=json")).await;
    assert_eq!(socket.close_code().await, 4012);
    let mut socket = Socket::dial(&format!("ws://{address}/?v=10&encoding=etf")).await;
    assert_eq!(socket.close_code().await, 4002);
    let url = format!("ws://{address}/?v=10&compress=brotli");
    let refused = tokio_tungstenite::connect_async(url).await;
    let said = refused.expect_err("refused").to_string();
    assert!(said.contains("400"), "{said}");
}

#[tokio::test]
async fn sessions_started_too_fast_are_invalid_until_five_seconds_are_over() {
    let (bench, clock) = timeless(SimulatorOptions {
        max_concurrency: 2,
        starts_at_once: 1,
        ..SimulatorOptions::default()
    })
    .await;
    let mut others = Vec::new();
    for shard in [0, 1] {
        let mut one = Socket::open(&bench.sim).await;
        one.identify(&bench.sim, 1, json!([shard, 4])).await;
        assert_eq!(one.frame().await["t"], "READY");
        others.push(one);
    }
    let mut two = Socket::open(&bench.sim).await;
    two.identify(&bench.sim, 1, json!([2, 4])).await;
    let refused = two.frame().await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
    clock.advance(TimeDelta::seconds(5));
    two.identify(&bench.sim, 1, json!([2, 4])).await;
    assert_eq!(two.frame().await["t"], "READY");
}

#[tokio::test]
async fn when_no_session_start_is_left_everything_ends_until_the_next_day() {
    let (bench, clock) = timeless(SimulatorOptions {
        session_starts: 2,
        ..SimulatorOptions::default()
    })
    .await;
    let limit = async || {
        let (status, answer) = bench.send(Method::GET, "/gateway/bot", Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        let limit = &answer["session_start_limit"];
        (limit["remaining"].as_u64(), limit["reset_after"].as_u64())
    };
    assert_eq!(limit().await, (Some(2), Some(0)));
    let mut sockets = Vec::new();
    for left in [1, 0] {
        let mut socket = Socket::open(&bench.sim).await;
        socket.identify(&bench.sim, 1, json!([0, 1])).await;
        socket.dispatch("GUILD_CREATE").await;
        assert_eq!(limit().await, (Some(left), Some(86_400_000)));
        sockets.push(socket);
    }
    let mut late = Socket::open(&bench.sim).await;
    late.identify(&bench.sim, 1, json!([0, 1])).await;
    assert_eq!(late.close_code().await, 4004);
    for mut socket in sockets {
        assert_eq!(socket.close_code().await, 4004, "all sessions end");
    }
    clock.advance(TimeDelta::days(1));
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    assert_eq!(socket.frame().await["t"], "READY");
    assert_eq!(limit().await, (Some(1), Some(86_400_000)));
}
