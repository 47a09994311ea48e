//! The rarer REST routes and control requests, each once for what it does and once for what it refuses.

use aimod::simulator::{Permissions, SimulatorOptions};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bench;
use crate::bot::Bot;

#[tokio::test]
async fn the_bot_leaves_a_guild() {
    let bench = Bench::start().await;
    let path = format!("/users/@me/guilds/{}", bench.guild.id());
    let (status, _) = bench.send(Method::DELETE, &path, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        bench.fails(Method::DELETE, &path, json!({})).await,
        (404, 10004)
    );
    let (_, guilds) = bench
        .send(Method::GET, "/users/@me/guilds", json!({}))
        .await;
    assert_eq!(guilds, json!([]));
    bench.guild.invite_bot().expect("invited");
    bench.guild.invite_bot().expect("again changes nothing");
    let (_, guilds) = bench
        .send(Method::GET, "/users/@me/guilds", json!({}))
        .await;
    assert_eq!(guilds[0]["name"], "Demo");
}

#[tokio::test]
async fn bans_are_listed_page_by_page() {
    let bench = Bench::start().await;
    let owner = bench.guild.owner().expect("an owner");
    let mut ids: Vec<_> = (0..5)
        .map(|n| bench.sim.user(&format!("user-{n}")))
        .collect();
    for id in &ids {
        owner.bans(*id, "").expect("banned");
    }
    ids.sort();
    let page = async |query: String| {
        let path = format!("/guilds/{}/bans?{query}", bench.guild.id());
        let (_, list) = bench.send(Method::GET, &path, json!({})).await;
        let list = list.as_array().cloned().expect("a list");
        list.iter()
            .map(|ban| ban["user"]["id"].clone())
            .collect::<Vec<_>>()
    };
    let expected = |range: std::ops::Range<usize>| -> Vec<Value> {
        ids[range].iter().map(|id| json!(id)).collect()
    };
    assert_eq!(page("limit=2".to_owned()).await, expected(0..2));
    assert_eq!(page(format!("after={}", ids[2])).await, expected(3..5));
    assert_eq!(page(format!("before={}", ids[1])).await, expected(0..1));
}

#[tokio::test]
async fn bans_of_strangers_run_out() {
    let options = SimulatorOptions {
        non_member_bans: 1,
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let ban = async |name: &str| {
        let path = format!("/guilds/{}/bans/{}", bench.guild.id(), bench.sim.user(name));
        bench.send(Method::PUT, &path, json!({})).await
    };
    assert_eq!(ban("one").await.0, StatusCode::NO_CONTENT);
    let (status, body) = ban("two").await;
    assert_eq!((status.as_u16(), &body["code"]), (403, &json!(30035)));
    let nobody = format!("/guilds/{}/bans/1", bench.guild.id());
    assert_eq!(
        bench.fails(Method::PUT, &nobody, json!({})).await,
        (404, 10013)
    );
}

#[tokio::test]
async fn a_bulk_ban_is_carried_out_in_part() {
    let bench = Bench::start().await;
    bench
        .guild
        .set_bot_permissions(Permissions::BAN_MEMBERS | Permissions::MANAGE_GUILD)
        .expect("the bot's role");
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    let owner = bench.guild.owner().expect("an owner").id();
    let path = format!("/guilds/{}/bulk-ban", bench.guild.id());
    let both = json!({"user_ids": [mallory, owner], "delete_message_seconds": "60"});
    let (_, outcome) = bench.send(Method::POST, &path, both.clone()).await;
    assert_eq!(
        outcome,
        json!({"banned_users": [mallory], "failed_users": [owner]})
    );
    assert_eq!(bench.fails(Method::POST, &path, both).await, (400, 500_000));
    let none = json!({"user_ids": []});
    assert_eq!(bench.fails(Method::POST, &path, none).await, (400, 50035));
}

#[tokio::test]
async fn the_audit_log_is_filtered() {
    let bench = Bench::start().await;
    let owner = bench.guild.owner().expect("an owner");
    let (one, two) = (bench.sim.user("one"), bench.sim.user("two"));
    owner.bans(one, "first").expect("banned");
    owner.unbans(one, "second").expect("unbanned");
    let path = format!("/guilds/{}/bans/{two}", bench.guild.id());
    bench.send(Method::PUT, &path, json!({})).await;
    let entries = async |query: String| {
        let path = format!("/guilds/{}/audit-logs?{query}", bench.guild.id());
        let (_, log) = bench.send(Method::GET, &path, json!({})).await;
        let entries = log["audit_log_entries"].as_array().cloned();
        let entries = entries.expect("entries");
        entries
            .iter()
            .map(|one| one["action_type"].to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(entries(String::new()).await, ["22", "23", "22"]);
    assert_eq!(entries("limit=1".to_owned()).await, ["22"]);
    assert_eq!(entries("action_type=23".to_owned()).await, ["23"]);
    assert_eq!(
        entries(format!("user_id={}", owner.id())).await,
        ["23", "22"]
    );
}

#[tokio::test]
async fn a_guild_command_belongs_to_its_guild() {
    let bench = Bench::start().await;
    let application = bench.sim.application_id();
    let path = format!(
        "/applications/{application}/guilds/{}/commands",
        bench.guild.id()
    );
    let list = json!([{"name": "own", "description": "d"}]);
    let (_, made) = bench.send(Method::PUT, &path, list).await;
    let (_, listed) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(made, listed);
    let own = format!("{path}/{}", made[0]["id"].as_str().expect("an id"));
    let (status, _) = bench.send(Method::DELETE, &own, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(
        bench.fails(Method::DELETE, &own, json!({})).await,
        (404, 10063)
    );
    let foreign = format!("/applications/{application}/guilds/1/commands");
    assert_eq!(
        bench.fails(Method::GET, &foreign, json!({})).await,
        (403, 50001)
    );
}

#[tokio::test]
async fn channels_refuse_what_they_are_not_for() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}");
    let slow = json!({"rate_limit_per_user": 21_601});
    assert_eq!(bench.fails(Method::PATCH, &path, slow).await, (400, 50035));
    let mallory = bench.guild.add_member("mallory").expect("a member");
    mallory.writes_to_bot("hello").expect("writes");
    let direct = bench.sim.look(|world| world.dms(mallory.id())[0].channel);
    let path = format!("/channels/{direct}");
    let edit = bench.fails(Method::PATCH, &path, json!({}));
    assert_eq!(edit.await, (400, 50003));
    let bulk = format!("/channels/{direct}/messages/bulk-delete");
    let ids = json!({"messages": ["1", "2"]});
    assert_eq!(bench.fails(Method::POST, &bulk, ids).await, (400, 50003));
    let react = format!("/channels/{general}/messages/1/reactions/x/@me");
    assert_eq!(
        bench.fails(Method::PUT, &react, json!({})).await,
        (404, 10008)
    );
    let own = json!({"recipient_id": bench.sim.bot_user_id()});
    let open = bench.fails(Method::POST, "/users/@me/channels", own);
    assert_eq!(open.await, (403, 50007));
}

#[tokio::test]
async fn the_bot_renames_itself_and_others() {
    let bench = Bench::start().await;
    let guild = bench.guild.id();
    let own = format!("/guilds/{guild}/members/@me");
    let (_, me) = bench
        .send(Method::PATCH, &own, json!({"nick": "Mod"}))
        .await;
    assert_eq!(me["nick"], "Mod");
    let mallory = bench.guild.add_member("mallory").expect("a member").id();
    let path = format!("/guilds/{guild}/members/{mallory}");
    let long = json!({"nick": "x".repeat(33)});
    assert_eq!(bench.fails(Method::PATCH, &path, long).await, (400, 50035));
    for (sent, kept) in [(json!("mal"), json!("mal")), (json!(""), Value::Null)] {
        let (_, member) = bench
            .send(Method::PATCH, &path, json!({"nick": sent}))
            .await;
        assert_eq!(member["nick"], kept);
    }
}

#[tokio::test]
async fn roles_and_closed_doors_are_set_over_http() {
    let bench = Bench::start().await;
    let tell = async |name: &str, body: Value| {
        let (status, answer) = bench.tell(name, body).await;
        assert_eq!(status, 200, "{name}: {answer}");
    };
    tell("roles", json!({"name": "staff"})).await;
    tell(
        "members",
        json!({"user": "alice", "permissions": "BAN_MEMBERS"}),
    )
    .await;
    tell("give_role", json!({"user": "alice", "role": "staff"})).await;
    let alice = bench.guild.member("alice").expect("a member");
    let staff = bench.guild.role("staff").expect("a role");
    let holds = || {
        bench.sim.look(|world| {
            let member = world.member(bench.guild.id(), alice.id());
            member.is_some_and(|member| member.roles.contains(&staff))
        })
    };
    assert!(holds());
    tell("take_role", json!({"user": "alice", "role": "staff"})).await;
    assert!(!holds());
    tell("dms", json!({"user": "alice", "open": false})).await;
    let open = || {
        bench
            .sim
            .look(|world| world.user(alice.id()).map(|one| one.dms_open))
    };
    assert_eq!(open(), Some(false));
    tell("dms", json!({"user": "alice", "open": true})).await;
    assert_eq!(open(), Some(true));
    tell("leave", json!({"user": "alice"})).await;
    tell("delete_role", json!({"role": "staff"})).await;
    tell("channels", json!({"name": "spare"})).await;
    tell("delete_channel", json!({"channel": "spare"})).await;
    bench.guild.channel("spare").expect_err("gone");
}

#[tokio::test]
async fn a_button_is_pressed_over_http() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let path = format!("/channels/{general}/messages");
    let button = json!({"content": "?", "components": [{"type": 1, "components": [
        {"type": 2, "style": 1, "label": "Yes", "custom_id": "yes"},
    ]}]});
    let (_, posted) = bench.send(Method::POST, &path, button).await;
    let press = json!({"user": "admin", "message": posted["id"], "custom_id": "no"});
    let (status, body) = bench.tell("press", press).await;
    assert_eq!(status, 404);
    assert_eq!(body["error"], "there is no button \"no\" here");
    let gone = json!({"user": "admin", "message": "1", "custom_id": "yes"});
    let (status, body) = bench.tell("press", gone).await;
    assert_eq!((status, &body["discord"]["code"]), (403, &json!(10008)));
}

#[tokio::test]
async fn every_gateway_trouble_is_survived() {
    let bench = Bench::start().await;
    let bot = Bot::connect(&bench.sim).await;
    let trouble = async |body: Value| {
        let (status, _) = bench.tell("gateway", body).await;
        assert_eq!(status, 200);
    };
    trouble(json!({"action": "reconnect"})).await;
    bench.sim.bot_reconnected(1, 1).await.expect("back");
    trouble(json!({"action": "resume"})).await;
    bench.sim.bot_reconnected(2, 1).await.expect("back");
    trouble(json!({"action": "close", "code": 4000})).await;
    bench.sim.bot_reconnected(3, 1).await.expect("back");
    trouble(json!({"action": "invalidate"})).await;
    bench.sim.bot_reconnected(3, 2).await.expect("back");
    for action in ["deaf", "hearing", "strange", "known", "duplicate", "swap"] {
        trouble(json!({"action": action})).await;
    }
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    for text in ["one", "two", "three"] {
        owner.posts(general, text).expect("posts");
    }
    for expected in ["two", "one", "three", "three"] {
        assert_eq!(bot.hears_message().await.content, expected);
    }
    bot.stop().await;
}

#[tokio::test]
async fn a_manual_clock_is_moved_over_http() {
    let start = chrono::DateTime::from_timestamp(1_780_000_000, 0).expect("a time");
    let options = SimulatorOptions {
        clock: aimod::domain::clock::Clock::manual(start),
        ..SimulatorOptions::default()
    };
    let bench = Bench::start_with(options).await;
    let (_, answer) = bench.tell("clock", json!({"seconds": 3600})).await;
    let now = start + chrono::TimeDelta::hours(1);
    assert_eq!(answer["now"], json!(now));
    assert_eq!(bench.sim.look(aimod::simulator::World::now), now);
    let (status, _) = bench.tell("clock", json!({})).await;
    assert_eq!(status, 400);
}
