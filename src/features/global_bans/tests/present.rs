//! Members who are there already: found also when the entry was made while the bot was off, by the hundred, or while
//! Discord did not answer.

use super::enforced::{banned, operated, reaches};
use crate::features::tests::plain_sql;
use crate::simulator::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_while_the_bot_was_off_is_enforced_at_its_start() {
    let mut house = operated().await;
    let mallory = house.sim.user("mallory");
    house.rest().await;
    // As an import keeps it: the entry is far older than the start.
    plain_sql(
        &house,
        &format!(
            "INSERT INTO global_bans (user_id, reason, created_at) \
             VALUES ({mallory}, 'imported', '2020-01-01 00:00:00+00')"
        ),
    )
    .await;
    house.wake().await;
    banned(&house, &house.guild, mallory).await;
    reaches(
        &house,
        "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 0",
        1,
    )
    .await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_is_held_against_the_list_of_members() {
    let house = operated().await;
    let (mallory, zoe) = (house.sim.user("mallory"), house.sim.user("zoe"));
    house.guild.add_member("zoe").expect("a member");
    house.settled().await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO global_bans (user_id, reason) SELECT number, 'imported' FROM generate_series(1, 500) AS number; \
             INSERT INTO global_bans (user_id, reason) VALUES ({mallory}, 'imported'), ({zoe}, 'imported')"
        ),
    )
    .await;
    banned(&house, &house.guild, mallory).await;
    banned(&house, &house.guild, zoe).await;
    let cases =
        "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN' AND outcome = 'DONE'";
    reaches(&house, cases, 2).await;
    assert_eq!(house.number(cases).await, 2);
    let asked = house.sim.requests("GET /guilds/*/members/*").len();
    assert!(asked < 100, "{asked} users were asked for one by one");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_follows_the_search_and_tells_what_could_not_be_searched() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    let _other = house.sim.add_guild_of("Another Server", "olga");
    house.sim.bot_ready().await.expect("all described");
    house
        .sim
        .fail_next("GET /guilds/*/members/*", 1, Fault::error(403, 50001));
    let admin = house.member("admin");
    let call = admin
        .runs("/globalban add user:mallory reason:raids servers")
        .expect("a command");
    let told = "All 2 servers are searched. `/globalban check` tells where it came to a ban.\n\
                1 server could not be searched; that is tried again.";
    let at_the_end = call.answer_when(|answer| answer.text().ends_with(told));
    at_the_end.await.expect(told);
    banned(&house, &house.guild, mallory).await;
    let searched = "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 0";
    reaches(&house, searched, 2).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_fails_is_tried_again() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    let refused = Fault::error(400, 50035);
    house.sim.fail_next("PUT /guilds/*/bans/*", 1, refused);
    house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    let failed = "SELECT count(*) FROM moderation_logs WHERE outcome = 'FAILED'";
    reaches(&house, failed, 1).await;
    let searched = "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 0";
    assert_eq!(house.number(searched).await, 0);
    // The next try belongs to a later time.
    house.sim.advance(chrono::TimeDelta::seconds(600));
    banned(&house, &house.guild, mallory).await;
    reaches(&house, searched, 1).await;
    house.nothing_is_left().await;
}
