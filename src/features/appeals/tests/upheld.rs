//! Bans that the operators uphold in all servers.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_that_operators_uphold_is_not_for_the_staff_to_lift() {
    let (mut house, mallory) = after("warn").await;
    house.rest().await;
    house.settings.discord.operators = vec![house.sim.user("admin")];
    house.wake().await;
    house
        .admin("/globalban add user:mallory reason:raids servers")
        .await;
    let guild = house.id();
    let banned = house
        .sim
        .wait_until("the ban", |world| world.is_banned(guild, mallory.id()));
    banned.await.expect("banned");
    house.settled().await;
    let line = format!("/appeal punishment:{guild}/2");
    let refused = mallory.runs_directly(&line).expect("a command");
    let refused = refused.answer().await.expect("an answer").text();
    // The server goes its own way, and comes back.
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:off")
        .await;
    let opened = mallory.runs_directly(&line).expect("a command");
    let opened = opened.answer().await.expect("a form");
    let sent = sends(&mallory, &opened, &[WHY]).await;
    house.settled().await;
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:on")
        .await;
    let moderator = house.member("moderator");
    let upheld = fills(&moderator, "Approve", &[""]).await;
    insta::assert_snapshot!(read(&house, &[refused, sent, upheld]), @r"
    You are banned from all servers of this bot. Its operators decide about that, not the staff of one server.

    Appeal **#1** is with the staff of `The Server`: ban (case #2). When it is decided, AIMod tells you by direct message.

    This ban is upheld by the bot's operators in all their servers: lifted here, it would come back at once. Deny the appeal, ask the operators, or set `GLOBAL_BANS_ENABLED` to `false` first.
    ");
    assert_eq!(status(&house, 1).await, "PENDING");
    assert!(is_banned(&house, mallory.id()));
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:off")
        .await;
    house.admin("/appeals decide id:1 decision:approve").await;
    assert!(!is_banned(&house, mallory.id()));
    house.nothing_is_left().await;
}
