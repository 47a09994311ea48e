//! Reading back: what an application may see of messages and members, page by page.

use aimod::simulator::{Fault, Permissions, SimulatorOptions};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

/// An application that was granted no privileged intent.
async fn unprivileged() -> Bench {
    let options = SimulatorOptions {
        privileged_intents: 0,
        ..SimulatorOptions::default()
    };
    Bench::start_with(options).await
}

/// A bot that may do everything.
async fn mighty() -> Bench {
    let bench = Bench::start().await;
    bench
        .guild
        .set_bot_permissions(Permissions::ADMINISTRATOR)
        .expect("a bot");
    bench
}

fn contents(listed: &Value) -> Vec<&str> {
    let listed = listed.as_array().into_iter().flatten();
    listed
        .filter_map(|message| message["content"].as_str())
        .collect()
}

#[tokio::test]
async fn without_the_content_intent_texts_of_others_are_empty_in_rest_too() {
    let bench = unprivileged().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let secret = owner.posts(general, "a private word").expect("posts");
    let mention = format!("<@{}> help", bench.sim.bot_user_id());
    owner.posts(general, &mention).expect("posts");
    let path = format!("/channels/{general}/messages");
    let reply = json!({"content": "mine", "message_reference": {"message_id": secret}});
    let (status, own) = bench.send(Method::POST, &path, reply).await;
    assert_eq!(status.as_u16(), 200, "{own}");
    let (_, listed) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(contents(&listed), ["mine", mention.as_str(), ""]);
    assert_eq!(listed[0]["referenced_message"]["content"], "a private word");
    let (_, shown) = bench
        .send(Method::GET, &format!("{path}/{secret}"), json!({}))
        .await;
    assert_eq!(shown["content"], "");
}

#[tokio::test]
async fn without_the_members_intent_nobody_is_listed() {
    let bench = unprivileged().await;
    let path = format!("/guilds/{}/members?limit=10", bench.guild.id());
    assert_eq!(
        bench.fails(Method::GET, &path, json!({})).await,
        (403, 50001)
    );
    let bench = Bench::start().await;
    let path = format!("/guilds/{}/members?limit=10", bench.guild.id());
    let (_, listed) = bench.send(Method::GET, &path, json!({})).await;
    assert!(listed.as_array().is_some_and(|listed| listed.len() > 1));
}

#[tokio::test]
async fn a_page_has_its_limits_and_may_lie_around_a_message() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let owner = bench.guild.owner().expect("an owner");
    let ids: Vec<_> = (0..5)
        .map(|number| {
            owner
                .posts(general, &format!("text {number}"))
                .expect("posts")
        })
        .collect();
    let path = |query: &str| format!("/channels/{general}/messages?{query}");
    for wrong in ["limit=0", "limit=101"] {
        let outcome = bench.fails(Method::GET, &path(wrong), json!({})).await;
        assert_eq!(outcome, (400, 50035), "{wrong}");
    }
    let around = path(&format!("around={}&limit=3", ids[2]));
    let (_, listed) = bench.send(Method::GET, &around, json!({})).await;
    assert_eq!(contents(&listed), ["text 3", "text 2", "text 1"]);
    let members = format!("/guilds/{}/members?limit=1001", bench.guild.id());
    let outcome = bench.fails(Method::GET, &members, json!({})).await;
    assert_eq!(outcome, (400, 50035));
}

#[tokio::test]
async fn nothing_is_written_where_nothing_is_said_or_no_text_belongs() {
    let bench = mighty().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let (_, posted) = bench
        .send(Method::POST, &path, json!({"content": "a"}))
        .await;
    let own = format!("{path}/{}", posted["id"].as_str().expect("an id"));
    let emptied = bench
        .fails(Method::PATCH, &own, json!({"content": " "}))
        .await;
    assert_eq!(emptied, (400, 50006));
    let category = format!("/guilds/{}/channels", bench.guild.id());
    let body = json!({"name": "rooms", "type": 4});
    let (_, category) = bench.send(Method::POST, &category, body).await;
    let path = format!(
        "/channels/{}/messages",
        category["id"].as_str().expect("an id")
    );
    let posted = bench
        .fails(Method::POST, &path, json!({"content": "a"}))
        .await;
    assert_eq!(posted, (400, 50008));
}

#[tokio::test]
async fn a_fault_for_no_request_strikes_none() {
    let bench = Bench::start().await;
    bench.sim.fail_next("*", 0, Fault::Status(500));
    let (status, _) = bench.send(Method::GET, "/users/@me", json!({})).await;
    assert_eq!(status.as_u16(), 200);
}

/// What the gateway says next, heartbeats asked for so that there is something in any case.
async fn next_after(socket: &mut Socket, request: &Value) -> Value {
    socket.send(request).await;
    socket.send(&json!({"op": 1, "d": null})).await;
    socket.frame().await
}

#[tokio::test]
async fn members_are_sent_to_those_who_may_ask_and_say_whom() {
    let bench = Bench::start().await;
    let guild = bench.guild.id();
    let mut socket = Socket::open(&bench.sim).await;
    let unprivileged = 1;
    socket
        .identify(&bench.sim, unprivileged, json!([0, 1]))
        .await;
    for told in ["READY", "GUILD_CREATE"] {
        assert_eq!(socket.frame().await["t"], told);
    }
    let ask = |more: Value| {
        let mut d = json!({"guild_id": guild, "limit": 1});
        for (name, value) in more.as_object().into_iter().flatten() {
            d[name] = value.clone();
        }
        json!({"op": 8, "d": d})
    };
    for refused in [
        json!({}),
        json!({"query": ""}),
        json!({"guild_id": "1", "query": "a"}),
    ] {
        let next = next_after(&mut socket, &ask(refused.clone())).await;
        assert_eq!(next["op"], 11, "{refused}: {next}");
    }
    let next = next_after(&mut socket, &ask(json!({"query": "zzz"}))).await;
    assert_eq!(next["t"], "GUILD_MEMBERS_CHUNK", "{next}");
}

#[tokio::test]
async fn a_session_that_was_invalidated_begins_anew_on_the_same_connection() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    for _ in 0..2 {
        socket.identify(&bench.sim, 1, json!([0, 1])).await;
        for told in ["READY", "GUILD_CREATE"] {
            assert_eq!(socket.frame().await["t"], told);
        }
        bench.sim.invalidate_sessions(false);
        let invalid = socket.frame().await;
        assert_eq!((&invalid["op"], &invalid["d"]), (&json!(9), &json!(false)));
    }
}

#[tokio::test]
async fn threads_go_with_their_channel() {
    let bench = mighty().await;
    let channel = bench.guild.add_channel("talk");
    let path = format!("/channels/{channel}/threads");
    let body = json!({"name": "aside", "type": 11});
    let (status, thread) = bench.send(Method::POST, &path, body).await;
    assert_eq!(status.as_u16(), 201, "{thread}");
    let channel = format!("/channels/{channel}");
    bench.send(Method::DELETE, &channel, json!({})).await;
    let thread = format!("/channels/{}", thread["id"].as_str().expect("an id"));
    let gone = bench.fails(Method::GET, &thread, json!({})).await;
    assert_eq!(gone, (404, 10003));
}
