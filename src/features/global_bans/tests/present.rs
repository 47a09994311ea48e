//! Members who are there already: found also when the entry was made while the bot was off, by the hundred, or while
//! Discord did not answer.

use std::time::{Duration, Instant};

use super::enforced::{banned, operated, reaches};
use crate::features::tests::plain_sql;
use crate::simulator::{Fault, Permissions};

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

#[tokio::test(flavor = "multi_thread")]
async fn many_in_one_server_are_found_on_every_page_told_and_banned_together() {
    let mut house = operated().await;
    let permissions = Permissions::MODERATION_BOT | Permissions::MANAGE_GUILD;
    house.guild.set_bot_permissions(permissions).expect("there");
    // Of so many cards Discord would take one a second.
    house
        .admin("/config reset key:MODERATION_LOG_CHANNEL_ID")
        .await;
    house.rest().await;
    // Discord lists members by the thousand.
    let mut members = Vec::new();
    for number in 0..1_100 {
        let member = house.guild.add_member(&format!("member {number}"));
        members.push(member.expect("a member").id());
    }
    house.wake().await;
    // While Discord takes its time for the first, the others come due.
    let slow = Fault::Delay(Duration::from_secs(1));
    house.sim.fail_next("PUT /guilds/*/bans/*", 1, slow);
    let listed: Vec<_> = members.iter().copied().step_by(90).collect();
    let rows: Vec<_> = listed
        .iter()
        .map(|user| format!("({user}, 'raids')"))
        .collect();
    let insert = "INSERT INTO global_bans (user_id, reason) SELECT number, 'raids' FROM generate_series(1, 20) AS number \
                  UNION ALL VALUES";
    plain_sql(&house, &format!("{insert} {}", rows.join(", "))).await;
    for user in &listed {
        banned(&house, &house.guild, *user).await;
    }
    let cases =
        "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN' AND outcome = 'DONE'";
    let count = i64::try_from(listed.len()).expect("a few");
    reaches(&house, cases, count).await;
    assert_eq!(house.number(cases).await, count);
    let told = listed
        .iter()
        .filter(|user| house.sim.look(|world| world.dms(**user).len() == 1));
    assert_eq!(told.count(), listed.len());
    let singly = house.sim.requests("PUT /guilds/*/bans/*").len();
    let together = house.sim.requests("POST /guilds/*/bulk-ban").len();
    assert!(
        together >= 1 && singly + together < listed.len(),
        "{singly} and {together}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn few_servers_are_searched_at_one_time() {
    let house = operated().await;
    let mallory = house.sim.user("mallory");
    for number in 0..12 {
        let _server = house.sim.add_guild_of(&format!("Server {number}"), "olga");
    }
    house.sim.bot_ready().await.expect("all described");
    let slow = Fault::Delay(Duration::from_millis(300));
    house.sim.fail_next("GET /guilds/*/members/*", 13, slow);
    let begun = Instant::now();
    house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    let searched = "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 0";
    reaches(&house, searched, 13).await;
    // Thirteen servers by fours are four rounds, whatever the machine.
    assert!(begun.elapsed() >= Duration::from_millis(1_200));
    banned(&house, &house.guild, mallory).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_every_ban_is_refused_only_the_first_few_are_told() {
    let mut house = operated().await;
    house.rest().await;
    let mut listed = Vec::new();
    for number in 0..25 {
        let member = house.guild.add_member(&format!("member {number}"));
        listed.push(format!("({}, 'raids')", member.expect("a member").id()));
    }
    house
        .sim
        .fail_next("PUT /guilds/*/bans/*", 1_000, Fault::error(403, 60_003));
    house.wake().await;
    let rows = listed.join(", ");
    plain_sql(
        &house,
        &format!("INSERT INTO global_bans (user_id, reason) VALUES {rows}"),
    )
    .await;
    let failed = "SELECT count(*) FROM moderation_logs WHERE outcome = 'FAILED'";
    reaches(&house, failed, 10).await;
    assert_eq!(house.number(failed).await, 10);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joined_while_the_server_had_opted_out_is_found_when_it_opts_in() {
    let house = operated().await;
    let zoe = house.sim.user("zoe");
    house
        .admin(&format!("/globalban add user:{zoe} reason:a spammer"))
        .await;
    let searched = "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 0";
    reaches(&house, searched, 1).await;
    let switch = |to: &str| format!("/config set key:GLOBAL_BANS_ENABLED value:{to}");
    house.admin(&switch("off")).await;
    house.guild.joins("zoe").expect("she joins");
    house.settled().await;
    house.admin(&switch("on")).await;
    assert_eq!(
        house.number(searched).await,
        0,
        "it is to be searched again"
    );
    // The next look, sooner than by itself: at another entry.
    let other = house.sim.user("mallory");
    house
        .admin(&format!("/globalban add user:{other} reason:raids"))
        .await;
    banned(&house, &house.guild, zoe).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_aimod_comes_back_to_is_searched_again() {
    let house = operated().await;
    let rows = "INSERT INTO guild_settings (guild_id, name, left_at, global_bans_searched) VALUES (77, 'Back', now(), 5); \
                UPDATE guild_settings SET member_count = 3 WHERE guild_id = 77";
    plain_sql(&house, rows).await;
    let mark = "SELECT global_bans_searched FROM guild_settings WHERE guild_id = 77";
    assert_eq!(house.number(mark).await, 5);
    let back = "UPDATE guild_settings SET left_at = NULL WHERE guild_id = 77";
    plain_sql(&house, back).await;
    assert_eq!(house.number(mark).await, 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joined_while_nobody_listened_is_found_when_somebody_does() {
    let mut house = operated().await;
    let (zoe, yann) = (house.sim.user("zoe"), house.sim.user("yann"));
    for user in [zoe, yann] {
        let line = format!("/globalban add user:{user} reason:raids servers");
        house.admin(&line).await;
    }
    let searched = "SELECT count(*) FROM guild_settings WHERE global_bans_searched > 1";
    reaches(&house, searched, 1).await;
    house.rest().await;
    house.guild.joins("zoe").expect("anybody may");
    house.wake().await;
    banned(&house, &house.guild, zoe).await;
    house.sim.invalidate_sessions(false);
    house.guild.joins("yann").expect("anybody may");
    banned(&house, &house.guild, yann).await;
    let cases = "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN'";
    assert_eq!(house.number(cases).await, 2);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_a_stop_cut_short_is_not_begun_a_second_time() {
    let mut house = operated().await;
    let mallory = house.sim.user("mallory");
    let ban = "PUT /guilds/*/bans/*";
    house.sim.fail_next(ban, 100_000, Fault::Status(500));
    let call = house
        .member("admin")
        .runs("/globalban add user:mallory reason:raids servers");
    let call = call.expect("a command");
    house.sim.requested(ban, 1).await.expect("it is tried");
    drop(call);
    house.rest().await;
    // Long after: what names a ban once and for all holds for ten minutes.
    house.sim.advance(chrono::TimeDelta::minutes(15));
    let find = "GET /guilds/*/members/*";
    let looked = house.sim.requests(find).len() + 1;
    house.wake().await;
    house.sim.requested(find, looked).await.expect("looked for");
    let tried = house.sim.requests(ban).len() + 1;
    house.sim.requested(ban, tried).await.expect("tried again");
    house.sim.clear_faults();
    banned(&house, &house.guild, mallory).await;
    let cases = "SELECT count(*) FROM moderation_logs WHERE action_type = 'BAN'";
    assert_eq!(house.number(cases).await, 1);
    let told = house.sim.look(|world| world.dms(mallory).len());
    assert_eq!(told, 1);
    house.nothing_is_left().await;
}
