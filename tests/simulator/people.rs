//! People and bots: their names, guilds that change theirs, threads and uploads by control requests.

use aimod::simulator::Permissions;
use reqwest::Method;
use serde_json::json;

use crate::Bench;
use crate::socket::Socket;

async fn listening(bench: &Bench, intents: u64) -> Socket {
    let mut socket = Socket::open(&bench.sim).await;
    socket.identify(&bench.sim, intents, json!([0, 1])).await;
    bench.sim.bot_connected().await.expect("connected");
    socket
}

#[tokio::test]
async fn another_bot_is_a_member_whose_account_says_so() {
    let bench = Bench::start().await;
    let added = bench
        .told("members", json!({"user": "music", "bot": true}))
        .await;
    let path = format!("/users/{}", added["user_id"].as_str().expect("an id"));
    let (_, user) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(user["bot"], true);
    let role = bench.guild.role("music").expect("a role of its own");
    let path = format!("/guilds/{}/roles/{role}", bench.guild.id());
    let (_, role) = bench.send(Method::GET, &path, json!({})).await;
    assert_eq!(role["tags"]["bot_id"], added["user_id"]);
    bench.guild.add_bot("music").expect("there already");
    bench.guild.add_member("alice").expect("a member");
    bench.guild.add_bot("alice").expect_err("a person");
}

#[tokio::test]
async fn a_new_name_is_told_in_every_guild() {
    let bench = Bench::start().await;
    bench.guild.add_member("mallory").expect("a member");
    let mut socket = listening(&bench, 3).await;
    bench
        .told("rename", json!({"user": "mallory", "name": "eve"}))
        .await;
    let heard = socket.dispatch("GUILD_MEMBER_UPDATE").await;
    assert_eq!(heard["user"]["username"], "eve");
    let eve = bench.guild.member("eve").expect("the new name");
    bench.guild.member("mallory").expect_err("the old one");
    eve.renames_account("admin").expect_err("taken");
    eve.renames_account("x").expect_err("too short");
    let bot = bench.guild.member_by_id(bench.sim.bot_user_id());
    bot.renames_account("warden").expect("renamed");
    let own = socket.dispatch("USER_UPDATE").await;
    assert_eq!(own["username"], "warden");
    let world = bench.sim.world_file();
    assert!(world.contains("warden"));
}

#[tokio::test]
async fn nicknames_are_taken_and_given() {
    let bench = Bench::start().await;
    bench.guild.add_member("mallory").expect("a member");
    let mut socket = listening(&bench, 3).await;
    bench
        .told("nick", json!({"user": "mallory", "name": "Mal"}))
        .await;
    let heard = socket.dispatch("GUILD_MEMBER_UPDATE").await;
    assert_eq!(heard["nick"], "Mal");
    let given = json!({"user": "admin", "target": "mallory", "name": ""});
    bench.told("nick", given).await;
    let heard = socket.dispatch("GUILD_MEMBER_UPDATE").await;
    assert!(heard["nick"].is_null());
    let above = json!({"user": "mallory", "target": "admin", "name": "x"});
    assert_eq!(bench.tell("nick", above).await.0, 403);
}

#[tokio::test]
async fn a_guild_takes_a_name_and_an_owner() {
    let bench = Bench::start().await;
    let alice = bench.guild.add_member("alice").expect("a member");
    let mut socket = listening(&bench, 1).await;
    alice.renames_guild("Mine").expect_err("not hers");
    let edit = json!({"name": "Renamed", "owner": "alice"});
    bench.told("edit_guild", edit).await;
    let handed = socket.dispatch("GUILD_UPDATE").await;
    assert_eq!(handed["owner_id"], json!(alice.id()));
    let renamed = socket.dispatch("GUILD_UPDATE").await;
    assert_eq!(renamed["name"], "Renamed");
    let admin = bench.guild.member("admin").expect("a member");
    admin.hands_guild_to(admin.id()).expect_err("not any more");
    let log = bench.ask("audit").await;
    let actions: Vec<u64> = log
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["action_type"].as_u64())
        .collect();
    assert_eq!(actions, [1, 1]);
}

#[tokio::test]
async fn threads_and_visits_by_control_requests() {
    let bench = Bench::start().await;
    for name in ["alice", "mallory"] {
        let member = bench.guild.add_member(name).expect("a member");
        member
            .may(Permissions::CREATE_PRIVATE_THREADS)
            .expect("a role");
    }
    let new = json!({"user": "alice", "name": "hush", "private": true});
    let made = bench.told("threads", new).await;
    let thread = made["channel_id"].as_str().and_then(|id| id.parse().ok());
    let thread = thread.expect("an id");
    let mallory = bench.guild.member("mallory").expect("a member");
    let inside = |id| {
        let look = |world: &aimod::simulator::World| {
            let thread = world.channel(thread).expect("the thread");
            thread.members.contains_key(&id)
        };
        bench.sim.look(look)
    };
    let add = json!({"user": "alice", "channel": "hush", "target": "mallory"});
    bench.told("thread_members", add).await;
    assert!(inside(mallory.id()));
    let leave = json!({"user": "mallory", "channel": "hush", "on": false});
    bench.told("thread_members", leave).await;
    assert!(!inside(mallory.id()));
    let facts = json!({"user": "alice", "name": "proof.txt", "content": "hello"});
    let facts = bench.told("upload", facts).await;
    assert_eq!(
        (&facts["filename"], &facts["size"]),
        (&json!("proof.txt"), &json!(5))
    );
    bench.told("offline", json!({"user": "alice"})).await;
    bench.guild.member("alice").expect("no visitor");
}

#[tokio::test]
async fn a_heartbeat_is_asked_for() {
    let bench = Bench::start().await;
    let mut socket = listening(&bench, 1).await;
    bench.told("gateway", json!({"action": "heartbeat"})).await;
    loop {
        let frame = socket.frame().await;
        if frame["op"] == 1 {
            break;
        }
    }
}

#[tokio::test]
async fn only_who_manages_the_channel_hears_of_its_invites() {
    let bench = Bench::start().await;
    let owner = bench.guild.owner().expect("an owner");
    let general = bench.guild.channel("general").expect("a channel");
    let mut socket = listening(&bench, 1 << 6).await;
    bench
        .guild
        .set_bot_permissions(Permissions::EVERYONE)
        .expect("the bot's role");
    let unheard = owner.invites(general, 0, 0).expect("invited");
    owner.revokes(&unheard).expect("revoked");
    let role = Permissions::EVERYONE | Permissions::MANAGE_CHANNELS;
    bench
        .guild
        .set_bot_permissions(role)
        .expect("the bot's role");
    let heard = owner.invites(general, 0, 0).expect("invited");
    let told = socket.dispatch("INVITE_CREATE").await;
    assert_eq!(told["code"], heard.as_str());
}
