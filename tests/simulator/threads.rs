//! Threads: what one may do in them, who sees the private ones, and who is in them.

use aimod::simulator::{
    ApiError, ChannelKind, ControlError, Draft, Overwrite, OverwriteTarget, Permissions,
};
use poise::serenity_prelude::{ChannelType, Event, MessageType};
use reqwest::Method;
use serde_json::{Value, json};

use crate::Bench;
use crate::socket::Socket;

fn code<T: std::fmt::Debug>(outcome: Result<T, ControlError>) -> u32 {
    match outcome {
        Err(ControlError::Refused(ApiError { code, .. })) => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn everyone(bench: &Bench, allow: Permissions, deny: Permissions) -> Overwrite {
    Overwrite {
        target: OverwriteTarget::Role(bench.guild.id().everyone_role()),
        allow,
        deny,
    }
}

const WITH_PRIVATE: Permissions = Permissions(
    Permissions::MODERATION_BOT.0 & !Permissions::MANAGE_THREADS.0
        | Permissions::CREATE_PRIVATE_THREADS.0,
);

/// A guild whose members may start private threads; the bot manages no threads.
async fn bench() -> Bench {
    let bench = Bench::unlimited().await;
    let general = bench.guild.channel("general").expect("a channel");
    let open = everyone(
        &bench,
        Permissions::CREATE_PRIVATE_THREADS,
        Permissions::NONE,
    );
    bench.guild.overwrite(general, open).expect("set");
    bench
        .guild
        .set_bot_permissions(WITH_PRIVATE)
        .expect("the bot");
    bench
}

#[tokio::test]
async fn in_threads_the_right_to_write_in_threads_brings_embeds_and_files() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let thread = alice
        .starts_thread(general, "talk", false)
        .expect("a thread");
    let quiet = everyone(&bench, Permissions::NONE, Permissions::SEND_MESSAGES);
    bench.guild.overwrite(general, quiet).expect("set");
    let rich = || {
        Draft::text("x")
            .embed(json!({"title": "t"}))
            .file("a.txt", "text/plain", *b"a")
    };
    assert_eq!(code(alice.posts_draft(general, rich())), 50013);
    alice
        .posts_draft(thread, rich())
        .expect("a thread is another matter");
    let still = everyone(
        &bench,
        Permissions::NONE,
        Permissions::SEND_MESSAGES_IN_THREADS,
    );
    bench.guild.overwrite(general, still).expect("set");
    alice
        .posts_draft(general, rich())
        .expect("the channel is open");
    assert_eq!(code(alice.posts(thread, "x")), 50013);
    let held = bench
        .sim
        .look(|world| world.permissions_in(thread, alice.id()));
    let speech =
        Permissions::EMBED_LINKS | Permissions::ATTACH_FILES | Permissions::MENTION_EVERYONE;
    assert!(
        !held.intersects(speech),
        "without speech nothing that needs it"
    );
}

#[tokio::test]
async fn a_private_thread_is_there_for_those_in_it() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let bob = bench.guild.add_member("bob").expect("a member");
    let thread = alice
        .starts_thread(general, "secret", true)
        .expect("a thread");
    alice.posts(thread, "psst").expect("posts");
    assert_eq!(code(bob.posts(thread, "hello?")), 50001);
    let own = format!("/channels/{thread}");
    for path in [
        own.clone(),
        format!("{own}/messages"),
        format!("{own}/thread-members"),
    ] {
        assert_eq!(
            bench.fails(Method::GET, &path, Value::Null).await,
            (403, 50001),
            "{path}"
        );
    }
    let active = format!("/guilds/{}/threads/active", bench.guild.id());
    let (_, listed) = bench.send(Method::GET, &active, Value::Null).await;
    assert_eq!(listed["threads"], json!([]));
    alice
        .adds_to_thread(thread, bench.sim.bot_user_id())
        .expect("added");
    let (_, listed) = bench.send(Method::GET, &active, Value::Null).await;
    assert_eq!(listed["threads"][0]["type"], 12);
    assert_eq!(listed["threads"][0]["thread_metadata"]["invitable"], true);
    assert_eq!(
        listed["members"][0]["user_id"],
        json!(bench.sim.bot_user_id())
    );
    let (_, messages) = bench
        .send(Method::GET, &format!("{own}/messages"), Value::Null)
        .await;
    assert_eq!(messages[0]["content"], "psst");
    let managers = Permissions(WITH_PRIVATE.0 | Permissions::MANAGE_THREADS.0);
    bench
        .send(
            Method::DELETE,
            &format!("{own}/thread-members/@me"),
            Value::Null,
        )
        .await;
    assert_eq!(
        bench.fails(Method::GET, &own, Value::Null).await,
        (403, 50001)
    );
    bench.guild.set_bot_permissions(managers).expect("the bot");
    let (status, _) = bench.send(Method::GET, &own, Value::Null).await;
    assert!(status.is_success(), "who manages threads sees all of them");
    bench.guild.delete_channel(thread).expect("deleted");
    assert_eq!(
        bench.fails(Method::GET, &own, Value::Null).await,
        (404, 10003)
    );
}

#[tokio::test]
async fn the_bot_hears_of_a_private_thread_when_it_is_added() {
    let bench = bench().await;
    let mut socket = Socket::open(&bench.sim).await;
    let intents = poise::serenity_prelude::GatewayIntents::all().bits();
    socket.identify(&bench.sim, intents, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let hidden = alice
        .starts_thread(general, "hidden", true)
        .expect("a thread");
    alice.posts(hidden, "unheard").expect("posts");
    let open = alice
        .starts_thread(general, "open", false)
        .expect("a thread");
    let first = socket.dispatch("THREAD_CREATE").await;
    assert_eq!(
        (&first["id"], &first["newly_created"]),
        (&json!(open), &json!(true))
    );
    let bot = bench.sim.bot_user_id();
    alice
        .posts(hidden, &format!("come in, <@{bot}>"))
        .expect("posts");
    let second = socket.dispatch("THREAD_CREATE").await;
    assert_eq!(second["id"], json!(hidden));
    assert!(second["member"]["join_timestamp"].is_string());
    let members = socket.dispatch("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(members["added_members"][0]["user_id"], json!(bot));
    assert_eq!(members["member_count"], 2);
    let heard = socket.dispatch("MESSAGE_CREATE").await;
    assert_eq!(heard["content"], format!("come in, <@{bot}>"));
    alice
        .removes_from_thread(hidden, bot)
        .expect("its starter may");
    let gone = socket.dispatch("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(gone["removed_member_ids"], json!([bot]));
}

#[tokio::test]
async fn the_bot_starts_a_private_thread_and_fills_it() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let path = format!("/channels/{general}/threads");
    // Without a type Discord starts a private thread.
    let (status, made) = bench
        .send(
            Method::POST,
            &path,
            json!({"name": "appeal", "invitable": false}),
        )
        .await;
    assert_eq!((status.as_u16(), &made["type"]), (201, &json!(12)));
    let thread = bench.guild.channel("appeal").expect("a thread");
    let members = format!("/channels/{thread}/thread-members");
    for _ in 0..2 {
        let (status, _) = bench
            .send(
                Method::PUT,
                &format!("{members}/{}", alice.id()),
                Value::Null,
            )
            .await;
        assert_eq!(status.as_u16(), 204);
    }
    alice.posts(thread, "I am sorry").expect("posts");
    let (_, listed) = bench
        .send(
            Method::GET,
            &format!("{members}?with_member=true"),
            Value::Null,
        )
        .await;
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    assert!(listed[0]["member"]["user"].is_object());
    let bob = bench.guild.add_member("bob").expect("a member");
    assert_eq!(
        code(alice.adds_to_thread(thread, bob.id())),
        50013,
        "not open to invitations"
    );
}

#[tokio::test]
async fn people_of_a_thread_are_looked_up_and_taken_out() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let bob = bench.guild.add_member("bob").expect("a member");
    let path = format!("/channels/{general}/threads");
    bench
        .send(Method::POST, &path, json!({"name": "appeal", "type": 12}))
        .await;
    let thread = bench.guild.channel("appeal").expect("a thread");
    let members = format!("/channels/{thread}/thread-members");
    let hers = format!("{members}/{}", alice.id());
    bench.send(Method::PUT, &hers, Value::Null).await;
    let (_, found) = bench.send(Method::GET, &hers, Value::Null).await;
    assert_eq!(found["id"], json!(thread));
    let path = format!("{members}/{}", bob.id());
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(bench.fails(method, &path, Value::Null).await, (404, 10007));
    }
    let stranger = format!("{members}/{}", bench.sim.user("stranger"));
    assert_eq!(
        bench.fails(Method::PUT, &stranger, Value::Null).await,
        (404, 10007)
    );
    bench.send(Method::DELETE, &hers, Value::Null).await;
    assert_eq!(code(alice.posts(thread, "hello?")), 50001);
    bench
        .send(
            Method::PATCH,
            &format!("/channels/{thread}"),
            json!({"archived": true}),
        )
        .await;
    assert_eq!(
        bench.fails(Method::PUT, &path, Value::Null).await,
        (400, 50083)
    );
}

#[tokio::test]
async fn threads_are_refused_where_they_cannot_be() {
    let bench = bench().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let quiet = bench.guild.add_channel("quiet");
    assert_eq!(code(alice.starts_thread(quiet, "secret", true)), 50013);
    let hidden = everyone(&bench, Permissions::NONE, Permissions::VIEW_CHANNEL);
    bench.guild.overwrite(quiet, hidden).expect("set");
    assert_eq!(code(alice.starts_thread(quiet, "secret", false)), 50001);
    let members = format!("/channels/{general}/thread-members");
    assert_eq!(
        bench.fails(Method::GET, &members, Value::Null).await,
        (400, 50024)
    );
    let path = format!("/channels/{general}/threads");
    let news = json!({"name": "news", "type": 10});
    assert_eq!(bench.fails(Method::POST, &path, news).await, (400, 50024));
    let thread = alice
        .starts_thread(general, "open", false)
        .expect("a thread");
    let overwrite = format!("/channels/{thread}/permissions/{}", bench.guild.id());
    let body = json!({"type": 0, "allow": "0", "deny": "64"});
    assert_eq!(
        bench.fails(Method::PUT, &overwrite, body).await,
        (400, 50024)
    );
    let made = bench
        .guild
        .add_channel_in("old", ChannelKind::PrivateThread, Some(general));
    let owner = bench.guild.owner().expect("an owner");
    owner.adds_to_thread(made, alice.id()).expect("added");
    alice.leaves().expect("left");
    let count = bench
        .sim
        .look(|world| world.channel(made).map(|place| place.members.len()));
    assert_eq!(count, Some(1), "who leaves the guild leaves its threads");
}

#[tokio::test]
async fn a_real_client_hears_of_private_threads_pauses_and_pins() {
    let bench = bench().await;
    let bot = crate::bot::Bot::connect(&bench.sim).await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let thread = alice
        .starts_thread(general, "secret", true)
        .expect("a thread");
    alice
        .adds_to_thread(thread, bench.sim.bot_user_id())
        .expect("added");
    let kind = bot
        .hears("the thread", |event| match event {
            Event::ThreadCreate(event) => Some(event.thread.kind),
            _ => None,
        })
        .await;
    assert_eq!(kind, ChannelType::PrivateThread);
    bot.hears("who came", |event| match event {
        Event::ThreadMembersUpdate(event) => event.added_members[0].member.is_some().then_some(()),
        _ => None,
    })
    .await;
    let strong = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    bench.guild.set_bot_permissions(strong).expect("the bot");
    let until = bench.sim.clock().now() + chrono::TimeDelta::hours(1);
    let path = format!("/guilds/{}/incident-actions", bench.guild.id());
    let pause = json!({"invites_disabled_until": until.to_rfc3339()});
    bench.send(Method::PUT, &path, pause).await;
    bot.hears("the pause", |event| {
        matches!(event, Event::GuildUpdate(_)).then_some(())
    })
    .await;
    let message = alice.posts(general, "the rules").expect("posts");
    let path = format!("/channels/{general}/messages/pins/{message}");
    bench.send(Method::PUT, &path, Value::Null).await;
    bot.hears("the pin", |event| match event {
        Event::MessageCreate(event) => (event.message.kind == MessageType::PinsAdd).then_some(()),
        _ => None,
    })
    .await;
    bot.stop().await;
}
