//! Replies: whom they mention, and what a bot without the content intent reads of them.

use aimod::simulator::Draft;
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// Guilds and their messages, without contents.
const BLIND: u64 = 1 | 1 << 9;

async fn blind(bench: &Bench) -> Socket {
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, BLIND, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    socket
}

#[tokio::test]
async fn a_reply_mentions_whom_it_answers() {
    let bench = Bench::start().await;
    let mut socket = blind(&bench).await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    alice.takes_nick("Al").expect("a nickname");
    let first = alice.posts(general, "ping").expect("posts");
    socket.dispatch("MESSAGE_CREATE").await;
    let answer = Draft::text("pong").reply_to(first);
    mallory.posts_draft(general, answer).expect("posts");
    let heard = socket.dispatch("MESSAGE_CREATE").await;
    let mention = &heard["mentions"][0];
    assert_eq!(mention["id"], json!(alice.id()));
    assert_eq!(mention["member"]["nick"], "Al");
    assert_eq!(heard["content"], "", "not for the bot");
}

#[tokio::test]
async fn a_reply_to_the_bot_keeps_its_content() {
    let bench = Bench::start().await;
    let mut socket = blind(&bench).await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let path = format!("/channels/{general}/messages");
    let (_, own) = bench
        .send(Method::POST, &path, json!({"content": "hi"}))
        .await;
    socket.dispatch("MESSAGE_CREATE").await;
    let own = own["id"].as_str().and_then(|id| id.parse().ok());
    let reply = Draft::text("why?").reply_to(own.expect("an id"));
    mallory.posts_draft(general, reply).expect("posts");
    let heard = socket.dispatch("MESSAGE_CREATE").await;
    assert_eq!(heard["content"], "why?");
}

#[tokio::test]
async fn a_bot_says_whether_its_reply_rings() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let asked = mallory.posts(general, "hello?").expect("posts");
    let path = format!("/channels/{general}/messages");
    for (allowed, rings) in [
        (Value::Null, 1),
        (json!({"parse": []}), 0),
        (json!({"parse": [], "replied_user": true}), 1),
        (json!({"parse": ["users"], "replied_user": false}), 0),
    ] {
        let mut body = json!({"content": "yes", "message_reference": {"message_id": asked}});
        if !allowed.is_null() {
            body["allowed_mentions"] = allowed.clone();
        }
        let (_, posted) = bench.send(Method::POST, &path, body).await;
        let mentions = posted["mentions"].as_array().map(Vec::len);
        assert_eq!(mentions, Some(rings), "{allowed}");
    }
}
