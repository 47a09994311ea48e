//! Interactions expire by themselves: after 3 s without an answer, and after 15 min with one that was never finished.

use aimod::domain::clock::Clock;
use aimod::simulator::{Pending, SimulatorOptions, Timeout};
use chrono::{DateTime, TimeDelta};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// A command that was used, on a clock that stands.
struct Scene {
    bench: Bench,
    socket: Socket,
}

impl Scene {
    async fn start() -> Self {
        let noon = DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
        Self::start_at(Clock::manual(noon)).await
    }

    async fn start_at(clock: Clock) -> Self {
        let options = SimulatorOptions {
            clock,
            ..SimulatorOptions::default()
        };
        let bench = Bench::start_with(options).await;
        let mut socket = Socket::open(&bench.sim).await;
        socket.identify(&bench.sim, 0, json!([0, 1])).await;
        socket.dispatch("READY").await;
        let path = format!("/applications/{}/commands", bench.sim.application_id());
        let option = json!({
            "type": 3, "name": "what", "description": "What", "required": true, "autocomplete": true,
        });
        let command = json!({"name": "ask", "description": "Asks", "options": [option]});
        let (status, _) = bench.send(Method::PUT, &path, json!([command])).await;
        assert_eq!(status, StatusCode::OK);
        Self { bench, socket }
    }

    /// Uses the command; gives what the person waits for, and the interaction as the bot hears of it.
    async fn ask(&mut self) -> (Pending, Value) {
        let owner = self.bench.guild.owner().expect("an owner");
        let pending = owner.runs("/ask what:x").expect("a command");
        let heard = self.socket.dispatch("INTERACTION_CREATE").await;
        (pending, heard)
    }

    async fn answers(&self, heard: &Value, kind: u64) -> StatusCode {
        let path = format!(
            "/interactions/{}/{}/callback",
            heard["id"].as_str().expect("an id"),
            heard["token"].as_str().expect("a token")
        );
        let body = json!({"type": kind, "data": {"content": "here"}});
        self.bench.send(Method::POST, &path, body).await.0
    }

    /// Waits for the answer while the clock moves on.
    async fn late(&self, pending: &Pending, by: TimeDelta) -> Timeout {
        let moved = async { self.bench.sim.advance(by) };
        let (answer, ()) = tokio::join!(pending.answer(), moved);
        answer.expect_err("nothing comes any more")
    }
}

#[tokio::test]
async fn who_asks_waits_three_seconds_for_the_first_answer() {
    let mut scene = Scene::start().await;
    let (pending, heard) = scene.ask().await;
    let late = scene.late(&pending, TimeDelta::milliseconds(3_001)).await;
    assert_eq!(late.limit.as_secs(), 3);
    assert_eq!(scene.answers(&heard, 4).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_answer_at_the_last_moment_counts() {
    let mut scene = Scene::start().await;
    let (pending, heard) = scene.ask().await;
    scene.bench.sim.advance(TimeDelta::seconds(3));
    assert_eq!(scene.answers(&heard, 4).await, StatusCode::NO_CONTENT);
    scene.bench.sim.advance(TimeDelta::hours(1));
    let answer = pending.answer().await.expect("it stands");
    assert_eq!(answer.content, "here");
}

#[tokio::test]
async fn a_deferred_answer_may_take_fifteen_minutes() {
    let mut scene = Scene::start().await;
    let (pending, heard) = scene.ask().await;
    assert_eq!(scene.answers(&heard, 5).await, StatusCode::NO_CONTENT);
    scene.bench.sim.advance(TimeDelta::minutes(15));
    let edit = json!({"content": "at last"});
    let path = format!(
        "/webhooks/{}/{}/messages/@original",
        scene.bench.sim.application_id(),
        heard["token"].as_str().expect("a token")
    );
    let (status, _) = scene.bench.send(Method::PATCH, &path, edit.clone()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(pending.answer().await.expect("in time").content, "at last");

    let (pending, heard) = scene.ask().await;
    assert_eq!(scene.answers(&heard, 5).await, StatusCode::NO_CONTENT);
    let late = scene.late(&pending, TimeDelta::seconds(15 * 60 + 1)).await;
    assert_eq!(late.limit.as_secs(), 15 * 60);
    let path = format!(
        "/webhooks/{}/{}/messages/@original",
        scene.bench.sim.application_id(),
        heard["token"].as_str().expect("a token")
    );
    let (status, answer) = scene.bench.send(Method::PATCH, &path, edit).await;
    assert_eq!((status.as_u16(), &answer["code"]), (401, &json!(50027)));
}

#[tokio::test]
async fn suggestions_are_waited_for_three_seconds_as_well() {
    let scene = Scene::start().await;
    let owner = scene.bench.guild.owner().expect("an owner");
    let moved = async { scene.bench.sim.advance(TimeDelta::seconds(4)) };
    let (choices, ()) = tokio::join!(owner.autocompletes("/ask what:x"), moved);
    let late = choices.expect_err("nothing comes any more").to_string();
    assert!(late.contains("waited 3 s"), "{late}");
}

#[tokio::test]
async fn on_the_machines_clock_time_passes_by_itself() {
    let mut scene = Scene::start_at(Clock::system()).await;
    let (pending, _) = scene.ask().await;
    let late = pending.answer().await.expect_err("nobody answers");
    assert_eq!(late.limit.as_secs(), 3);
}
