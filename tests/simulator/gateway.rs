//! The gateway's own rules: sessions, resumption, close codes, shards.

use aimod::simulator::SimulatorOptions;
use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::all::{Event, GatewayIntents};

use crate::Bench;
use crate::bot::Bot;
use crate::socket::Socket;

#[tokio::test]
async fn a_torn_connection_is_resumed_without_loss() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    owner.posts(general, "before").expect("posts");
    assert_eq!(bot.hears_message().await.content, "before");
    bench.sim.drop_connections();
    owner.posts(general, "meanwhile").expect("posts");
    bench.sim.bot_reconnected(1, 1).await.expect("resumed");
    owner.posts(general, "after").expect("posts");
    assert_eq!(bot.hears_message().await.content, "meanwhile");
    assert_eq!(bot.hears_message().await.content, "after");
    assert_eq!(bench.sim.sessions_opened(), (1, 1));
    bot.stop().await;
}

#[tokio::test]
async fn a_request_to_reconnect_is_followed() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    bench.sim.ask_to_reconnect();
    bench.sim.bot_reconnected(1, 1).await.expect("resumed");
    bench.sim.close_connections(4000);
    bench.sim.bot_reconnected(2, 1).await.expect("resumed");
    bench.sim.invalidate_sessions(true);
    bench.sim.bot_reconnected(3, 1).await.expect("resumed");
    bot.stop().await;
}

#[tokio::test]
async fn after_an_invalid_session_the_bot_identifies_anew() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let guild = |event: &Event| matches!(event, Event::GuildCreate(_)).then_some(());
    bot.hears("its guild", guild).await;
    bench.sim.invalidate_sessions(false);
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    owner.posts(general, "lost").expect("posts");
    bench.sim.bot_reconnected(0, 2).await.expect("identified");
    bot.hears("its guild once more", guild).await;
    owner.posts(general, "heard").expect("posts");
    assert_eq!(bot.hears_message().await.content, "heard");
    bot.stop().await;
}

#[tokio::test]
async fn a_duplicated_event_arrives_twice() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    bench.sim.duplicate_next_event();
    owner.posts(general, "twice").expect("posts");
    owner.posts(general, "once").expect("posts");
    for expected in ["twice", "twice", "once"] {
        assert_eq!(bot.hears_message().await.content, expected);
    }
    bot.stop().await;
}

#[tokio::test]
async fn guilds_and_their_events_belong_to_one_shard() {
    let options = SimulatorOptions {
        shards: 2,
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let other = bench.sim.add_guild("Other");
    let (one, two) = (bench.guild.id(), other.id());
    let shard_of = |id: aimod::domain::ids::GuildId| (id.0 >> 22) % 2;
    assert_ne!(shard_of(one), shard_of(two));
    for guild in [one, two] {
        let mut socket = Socket::open(&bench.sim).await;
        let shard = json!([shard_of(guild), 2]);
        socket
            .identify(&bench.sim, GatewayIntents::all().bits(), shard)
            .await;
        let ready = socket.dispatch("READY").await;
        assert_eq!(ready["guilds"], json!([{"id": guild, "unavailable": true}]));
        assert_eq!(socket.dispatch("GUILD_CREATE").await["id"], json!(guild));
    }
}

#[tokio::test]
async fn wrong_identifications_are_closed_with_discords_codes() {
    let options = SimulatorOptions {
        privileged_intents: 0,
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let token = bench.sim.token().to_owned();
    let identify = |token: &str, intents: u64, shard: Value| {
        json!({"op": 2, "d": {
            "token": token, "intents": intents, "shard": shard, "properties": {},
        }})
    };
    for (frame, code) in [
        (identify("wrong", 1, json!([0, 1])), 4004),
        (identify(&token, 1, json!([1, 1])), 4010),
        (identify(&token, 1 << 40, json!([0, 1])), 4013),
        (identify(&token, 1 << 15, json!([0, 1])), 4014),
        (json!({"op": 99, "d": null}), 4001),
        (json!({"no": "op"}), 4002),
        (json!({"op": 8, "d": {}}), 4003),
    ] {
        let mut socket = Socket::open(&bench.sim).await;
        socket.send(&frame).await;
        assert_eq!(socket.close_code().await, code, "{frame}");
    }
    let mut socket = Socket::open(&bench.sim).await;
    for _ in 0..2 {
        socket.send(&identify(&token, 1, json!([0, 1]))).await;
    }
    assert_eq!(socket.close_code().await, 4005);
}

#[tokio::test]
async fn too_many_frames_are_closed_with_4008() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    for _ in 0..=120 {
        socket.send(&json!({"op": 1, "d": null})).await;
    }
    assert_eq!(socket.close_code().await, 4008);
}

#[tokio::test]
async fn heartbeats_are_acknowledged_unless_told_otherwise() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    socket.send(&json!({"op": 1, "d": null})).await;
    assert_eq!(socket.frame().await["op"], 11);
    bench.sim.ignore_heartbeats(true);
    socket.send(&json!({"op": 1, "d": null})).await;
    // Frames are answered in order, so READY without anything before it means silence.
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    assert_eq!(socket.frame().await["t"], "READY");
}

#[tokio::test]
async fn an_unknown_session_cannot_be_resumed() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    let resume = json!({"token": bench.sim.token(), "session_id": "gone", "seq": 1});
    socket.send(&json!({"op": 6, "d": resume})).await;
    let answer = socket.frame().await;
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
    // The same connection may identify.
    socket.identify(&bench.sim, 1, json!([0, 1])).await;
    assert_eq!(socket.frame().await["t"], "READY");
}

#[tokio::test]
async fn members_are_sent_in_chunks_when_asked_for() {
    let bench = Bench::start().await;
    for number in 0..1_200 {
        bench
            .guild
            .add_member(&format!("member-{number}"))
            .expect("a member");
    }
    let mut socket = Socket::open(&bench.sim).await;
    let intents = GatewayIntents::all().bits();
    socket.identify(&bench.sim, intents, json!([0, 1])).await;
    let guild = socket.dispatch("GUILD_CREATE").await;
    assert_eq!(guild["large"], true);
    assert_eq!(guild["member_count"], 1_202);
    assert_eq!(guild["members"].as_array().map(Vec::len), Some(50));
    let ask = json!({"guild_id": bench.guild.id(), "query": "", "limit": 0, "nonce": "n"});
    socket.send(&json!({"op": 8, "d": ask})).await;
    let one = socket.dispatch("GUILD_MEMBERS_CHUNK").await;
    let two = socket.dispatch("GUILD_MEMBERS_CHUNK").await;
    let count = |chunk: &Value| chunk["members"].as_array().map(Vec::len);
    assert_eq!((count(&one), count(&two)), (Some(1000), Some(202)));
    assert_eq!(
        (&two["chunk_count"], &two["nonce"]),
        (&json!(2), &json!("n"))
    );
    let nobody = json!({"guild_id": bench.guild.id(), "user_ids": ["1"], "limit": 0});
    socket.send(&json!({"op": 8, "d": nobody})).await;
    let none = socket.dispatch("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(none["not_found"], json!(["1"]));
}

#[tokio::test]
async fn a_client_that_only_reads_gets_a_flood_whole() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    let intents = GatewayIntents::all().bits();
    socket.identify(&bench.sim, intents, json!([0, 1])).await;
    socket.dispatch("GUILD_CREATE").await;
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let general = bench.guild.channel("general").expect("a channel");
    let flood = async {
        for number in 0..20_000 {
            mallory.posts(general, &number.to_string()).expect("posts");
            if number % 1_000 == 0 {
                bench.sim.drained_to(2_000).await.expect("the client reads");
            }
        }
    };
    let read = async {
        for number in 0..20_000 {
            let message = socket.dispatch("MESSAGE_CREATE").await;
            assert_eq!(message["content"], number.to_string());
        }
    };
    tokio::join!(flood, read);
}

#[tokio::test]
async fn the_simulator_stops_with_connections_open() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench.sim).await;
    bench.sim.shutdown().await;
    assert_eq!(socket.close_code().await, 1001);
    let url = format!("{}/api/v10/gateway", bench.sim.api_base());
    bench.http.get(url).send().await.expect_err("closed");
}
