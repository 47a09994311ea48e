//! Subscribing to what happens, from Rust and over HTTP, and clicking in a user's words.

use std::time::Duration;

use aimod::simulator::{SimulatorOptions, What};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Bench;
use crate::bot::Bot;

const LONG: Duration = Duration::from_secs(30);

fn kinds(list: &Value) -> Vec<&str> {
    let list = list["happenings"].as_array().expect("a list").iter();
    list.filter_map(|one| one["kind"].as_str()).collect()
}

#[tokio::test]
async fn what_happens_is_told_in_order_with_who_did_it() {
    let bench = Bench::start().await;
    let mut happenings = bench.sim.happenings();
    let admin = bench.guild.owner().expect("an owner");
    let mallory = bench.guild.joins("mallory").expect("joins");
    let message = mallory.says("free nitro").expect("posts");
    mallory.edits(message, "free nitro!").expect("edits");
    admin.deletes(message).expect("deletes");
    admin.bans(mallory.id(), "scam").expect("bans");
    let told = happenings.so_far();
    let words: Vec<_> = told.iter().map(|one| (one.what.kind(), one.by)).collect();
    let (mallory, admin) = (Some(mallory.id()), Some(admin.id()));
    let expected = [
        ("joined", mallory),
        ("posted", mallory),
        ("edited", mallory),
        ("deleted", admin),
        ("moderated", admin),
        ("moderated", admin),
    ];
    assert_eq!(words, expected);
    let What::Deleted(gone) = &told[3].what else {
        panic!("a deletion");
    };
    assert_eq!(gone.content, "free nitro!");
    assert!(happenings.so_far().is_empty());
    bench.guild.joins("alice").expect("joins");
    let next = timeout(LONG, happenings.next()).await.expect("in time");
    let wire = bench.sim.look(|world| next.wire(world));
    assert_eq!(
        (&wire["kind"], &wire["user"]),
        (&json!("joined"), &json!("alice"))
    );
    assert_eq!(
        (&wire["guild"], &wire["bot"]),
        (&json!("Demo"), &json!(false))
    );
}

#[tokio::test]
async fn answers_and_requests_of_the_bot_are_told() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let mut happenings = bench.sim.happenings();
    let admin = bench.guild.owner().expect("an owner");
    let pending = admin.runs("/config set ENABLED false").expect("a command");
    let answer = pending.answer().await.expect("an answer");
    let answered = async {
        loop {
            if let What::Answered(user, told) = happenings.next().await.what {
                return (user, told.content);
            }
        }
    };
    let told = timeout(LONG, answered).await.expect("in time");
    assert_eq!(told, (admin.id(), answer.content));
    let asked = async { while !matches!(happenings.next().await.what, What::Requested(_)) {} };
    timeout(LONG, asked).await.expect("in time");
    bot.stop().await;
}

#[tokio::test]
async fn a_poll_answers_what_is_there_or_waits_for_it() {
    let bench = Bench::start().await;
    let nothing = bench.ask("happenings").await;
    assert_eq!(nothing, json!({"last": 0, "happenings": []}));
    bench.told("join", json!({"user": "mallory"})).await;
    bench
        .told("post", json!({"user": "mallory", "content": "one"}))
        .await;
    let both = bench.ask("happenings?after=0").await;
    assert_eq!(kinds(&both), ["joined", "posted"]);
    let last = both["last"].as_u64().expect("a number");
    let path = format!("happenings?after={last}&kinds=posted&wait=30");
    let post = bench.told("post", json!({"user": "mallory", "content": "two"}));
    let (two, _) = tokio::join!(bench.ask(&path), post);
    assert_eq!(two["happenings"][0]["message"]["content"], "two");
    assert_eq!(two["happenings"][0]["by"], "mallory");
}

#[tokio::test]
async fn a_stream_sends_an_event_for_each_kind_that_is_wanted() {
    let bench = Bench::start().await;
    let url = format!("{}/_sim/stream?kinds=posted,left", bench.sim.api_base());
    let response = bench.http.get(url).send().await.expect("an answer");
    let kind = response.headers()["content-type"].to_str().expect("text");
    assert_eq!(kind, "text/event-stream");
    let mallory = bench.guild.joins("mallory").expect("joins");
    mallory.says("hello").expect("posts");
    mallory.leaves().expect("leaves");
    let mut text = String::new();
    let mut stream = response.bytes_stream();
    let read = async {
        while text.matches("\n\n").count() < 2 {
            let part = stream.next().await.expect("more").expect("bytes");
            text.push_str(&String::from_utf8_lossy(&part));
        }
    };
    timeout(LONG, read).await.expect("in time");
    let events: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("event"))
        .collect();
    assert_eq!(events, ["event: posted", "event: left"]);
    assert!(text.contains("id: 2\n"), "{text}");
    assert!(text.contains("\"content\":\"hello\""), "{text}");
}

#[tokio::test]
async fn a_button_is_clicked_by_its_label_by_whom_it_is_shown() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let row = |label: &str, id: &str| {
        let button = json!({"type": 2, "style": 1, "label": label, "custom_id": id});
        json!({"content": label, "components": [{"type": 1, "components": [button]}]})
    };
    let path = format!("/channels/{general}/messages");
    for (label, id) in [("Appeal", "old"), ("Appeal", "new"), ("Undo", "undo")] {
        let (status, sent) = bench.send(Method::POST, &path, row(label, id)).await;
        assert!(status.is_success(), "{sent}");
    }
    let mut happenings = bench.sim.happenings();
    let admin = bench.guild.owner().expect("an owner");
    admin.clicks("appeal").expect("a button");
    let used = happenings.so_far();
    assert!(matches!(used[0].what, What::Used(_)));
    let none = admin.clicks("Nothing").expect_err("no such button");
    assert_eq!(none.to_string(), "there is no button \"Nothing\" here");
}

#[tokio::test]
async fn the_clock_is_put_forward_where_it_can_be() {
    let fixed = Bench::start().await;
    let (status, told) = fixed.tell("clock", json!({"seconds": 60})).await;
    assert_eq!(status, 400, "{told}");
    let movable = Bench::start_with(SimulatorOptions {
        clock: aimod::domain::clock::Clock::shifted(),
        ..SimulatorOptions::default()
    })
    .await;
    let before = movable.sim.clock().now();
    movable.told("clock", json!({"seconds": 3_600})).await;
    assert!((movable.sim.clock().now() - before).num_minutes() >= 60);
}
