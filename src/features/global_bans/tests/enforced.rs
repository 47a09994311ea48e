//! Whoever is on the list is kept out: present, joining, writing, in every server that has not opted out.

use std::time::Duration;

use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::features::tests::{dialog, gone, judged, named, plain_sql, stays};
use crate::simulator::{Fault, Permissions, SimGuild, SimulatorOptions};
use crate::support::House;

const FIND: &str = "GET /guilds/*/members/*";

/// A house whose administrator also operates the bot.
pub(super) async fn operated() -> House {
    let discord = SimulatorOptions {
        clock: Clock::shifted(),
        ..SimulatorOptions::default()
    };
    let mut house = House::start_on(discord, |_| {}).await;
    house.rest().await;
    house.settings.discord.operators = vec![house.sim.user("admin")];
    house.wake().await;
    let line = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    house.admin(&line).await;
    house
}

pub(super) async fn banned(house: &House, guild: &SimGuild, user: UserId) {
    let guild = guild.id();
    house
        .sim
        .wait_until("the ban", |world| world.is_banned(guild, user))
        .await
        .expect("banned");
    house.settled().await;
}

/// Waits until the database tells this number.
pub(super) async fn reaches(house: &House, query: &str, number: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let waiting = async {
        while house.number(query).await < number {
            ticks.tick().await;
        }
    };
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, waiting).await.expect(query);
    house.settled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_present_is_banned_in_every_server_once() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    let other = house.sim.add_guild_of("Another Server", "olga");
    other.add_member("mallory").expect("a member");
    let third = house.sim.add_guild_of("Without Mallory", "tom");
    house.sim.bot_ready().await.expect("all described");
    let answer = house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    insta::assert_snapshot!(named(&house, answer), @"<@MALLORY> (`MALLORY`) is banned everywhere from now on: when joining, when writing, and where present already.");
    banned(&house, &house.guild, mallory).await;
    banned(&house, &other, mallory).await;
    let third = third.id();
    assert!(!house.sim.look(|world| world.is_banned(third, mallory)));
    let cases =
        "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN' AND outcome = 'DONE'";
    assert_eq!(house.number(cases).await, 2);
    assert_eq!(
        house.number("SELECT count(*) FROM user_infractions").await,
        0
    );
    let text = dialog(
        &house,
        &["/case view number:1", "/globalban check user:mallory"],
    )
    .await;
    for told in [
        "Reason: Global ban: raids servers",
        "Bans in servers: 2, failed: 0",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_or_writes_is_banned_whatever_is_switched_off() {
    let house = operated().await;
    plain_sql(
        &house,
        "INSERT INTO guild_config SELECT guild_id, 'ENABLED', 'false' FROM guild_settings",
    )
    .await;
    let zoe = house.sim.user("zoe");
    let answer = house
        .admin(&format!("/globalban add user:{zoe} reason:a spammer"))
        .await;
    assert!(answer.contains("banned everywhere"), "{answer}");
    house.guild.joins("zoe").expect("she joins");
    banned(&house, &house.guild, zoe).await;
    let told = house.sim.look(|world| {
        let messages = world.dms(zoe);
        let texts = messages.iter().map(|message| message.content.clone());
        texts.collect::<Vec<_>>().join("\n")
    });
    insta::assert_snapshot!(told, @"You have been banned from **The Server**, as from all servers that keep to the global bans of this bot: a spammer");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_opted_out_is_left_alone_until_it_opts_in() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:off")
        .await;
    house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    stays(&house, "mallory", "hello").await;
    let guild = house.id();
    assert!(!house.sim.look(|world| world.is_banned(guild, mallory)));
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:on")
        .await;
    let message = house
        .member("mallory")
        .posts(house.general, "hello again")
        .expect("a message");
    banned(&house, &house.guild, mallory).await;
    gone(&house, message).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_a_server_that_opted_out_stays() {
    let house = operated().await;
    let zoe = house.sim.user("zoe");
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:off")
        .await;
    house
        .admin(&format!("/globalban add user:{zoe} reason:a spammer"))
        .await;
    house.guild.joins("zoe").expect("she joins");
    stays(&house, "zoe", "hello").await;
    let guild = house.id();
    assert!(house.sim.look(|world| world.is_member(guild, zoe)));
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        0
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_writes_is_banned_although_the_bot_is_switched_off() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    let unseen = Fault::error(403, 50001);
    house.sim.fail_next("GET /guilds/*/members/*", 1, unseen);
    for line in [
        "/config set key:ENABLED value:off",
        "/globalban add user:mallory reason:raids servers",
    ] {
        house.admin(line).await;
    }
    let message = house.member("mallory").posts(house.general, "hello again");
    banned(&house, &house.guild, mallory).await;
    gone(&house, message.expect("a message")).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_by_plain_sql_or_import_is_heard_and_enforced() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    plain_sql(
        &house,
        &format!("INSERT INTO global_bans (user_id, reason) VALUES ({mallory}, 'imported')"),
    )
    .await;
    banned(&house, &house.guild, mallory).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_bot_may_not_ban_that_is_one_failed_case() {
    let mut house = operated().await;
    let mallory = house.sim.user("mallory");
    let few = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::EMBED_LINKS;
    house.guild.set_bot_permissions(few).expect("there");
    house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    house.settled().await;
    let failed = "SELECT count(*) FROM moderation_logs WHERE outcome = 'FAILED'";
    reaches(&house, failed, 1).await;
    let message = house
        .member("mallory")
        .posts(house.general, "still here")
        .expect("a message");
    judged(&house).await;
    assert_eq!(house.number(failed).await, 1);
    let (guild, general) = (house.id(), house.general);
    house.sim.look(|world| {
        assert!(!world.is_banned(guild, mallory));
        assert!(world.message(general, message).is_some());
    });
    // Nor does every start tell it again, though the member is looked for.
    house.rest().await;
    house.sim.advance(chrono::TimeDelta::days(2));
    let looked = house.sim.requests(FIND).len() + 1;
    house.wake().await;
    house.sim.requested(FIND, looked).await.expect("looked for");
    house.settled().await;
    assert_eq!(house.number(failed).await, 1);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_in_again_and_comes_back_is_banned_again() {
    let house = operated().await;
    let zoe = house.sim.user("zoe");
    let add = format!("/globalban add user:{zoe} reason:a spammer");
    house.admin(&add).await;
    let cases =
        "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN' AND outcome = 'DONE'";
    for times in 1..=2 {
        house.guild.joins("zoe").expect("she joins");
        banned(&house, &house.guild, zoe).await;
        reaches(&house, cases, times).await;
        house
            .member("admin")
            .unbans(zoe, "a second chance")
            .expect("may");
        house.settled().await;
        house.sim.advance(chrono::TimeDelta::seconds(2));
    }
    assert_eq!(house.number(cases).await, 2);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_present_is_banned_when_the_server_opts_in() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    let switch = |to: &str| format!("/config set key:GLOBAL_BANS_ENABLED value:{to}");
    house.admin(&switch("off")).await;
    let add = "/globalban add user:mallory reason:raids servers";
    house.admin(add).await;
    // Another one, for a later search: whatever it finds, the first has been told of.
    let other = house.sim.user("zoe");
    house.admin(&switch("on")).await;
    let add = format!("/globalban add user:{other} reason:raids servers");
    house.admin(&add).await;
    banned(&house, &house.guild, mallory).await;
    house.nothing_is_left().await;
}
