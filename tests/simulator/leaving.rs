//! The bot goes: kicked, banned or by itself, it hears of that and of nothing else; other bots keep their roles.

use aimod::simulator::SimMember;
use reqwest::Method;
use serde_json::json;

use crate::Bench;
use crate::socket::Socket;

const GUILDS_AND_MEMBERS: u64 = 3;

async fn listening(bench: &Bench) -> Socket {
    let mut socket = Socket::open(&bench.sim).await;
    socket
        .identify(&bench.sim, GUILDS_AND_MEMBERS, json!([0, 1]))
        .await;
    bench.sim.bot_connected().await.expect("connected");
    socket
}

#[tokio::test]
async fn the_bot_hears_that_it_was_kicked_or_banned() {
    let kicks = |owner: &SimMember, bot| owner.kicks(bot, "");
    let bans = |owner: &SimMember, bot| owner.bans(bot, "");
    for act in [kicks as fn(&SimMember, _) -> _, bans] {
        let bench = Bench::start().await;
        let mut socket = listening(&bench).await;
        let owner = bench.guild.owner().expect("an owner");
        act(&owner, bench.sim.bot_user_id()).expect("allowed");
        let gone = socket.dispatch("GUILD_DELETE").await;
        assert_eq!(gone["id"], json!(bench.guild.id()));
        assert!(gone["unavailable"].is_null(), "{gone}");
        let path = format!("/guilds/{}", bench.guild.id());
        let refused = bench.fails(Method::GET, &path, json!({})).await;
        assert_eq!(refused, (404, 10004));
        bench.guild.bot_role().expect_err("it went with the bot");
    }
}

#[tokio::test]
async fn a_banned_bot_is_not_invited_again_before_the_ban_is_lifted() {
    let bench = Bench::start().await;
    let owner = bench.guild.owner().expect("an owner");
    let bot = bench.sim.bot_user_id();
    owner.bans(bot, "").expect("allowed");
    bench.guild.invite_bot().expect_err("banned");
    owner.unbans(bot, "").expect("allowed");
    bench.guild.invite_bot().expect("welcome");
}

#[tokio::test]
async fn each_bot_takes_only_its_own_role_along() {
    let bench = Bench::start().await;
    let music = bench.guild.add_bot("music").expect("another bot");
    let role = bench.guild.role("music").expect("its role");
    bench.guild.remove_bot().expect("removed");
    assert_eq!(bench.guild.role("music").expect("still there"), role);
    bench.guild.invite_bot().expect("invited");
    let mut socket = listening(&bench).await;
    let owner = bench.guild.owner().expect("an owner");
    owner.kicks(music.id(), "").expect("allowed");
    let gone = socket.dispatch("GUILD_ROLE_DELETE").await;
    assert_eq!(gone["role_id"], json!(role));
    socket.dispatch("GUILD_MEMBER_REMOVE").await;
    bench.guild.bot_role().expect("the other one stays");
}
