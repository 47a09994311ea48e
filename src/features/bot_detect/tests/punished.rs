//! Scams and what follows them, in the words of those who are there.

use crate::domain::ids::{CaseNumber, ChannelId};
use crate::features::tests::{detecting, dialog, gone, judged, named, punished, stays};
use crate::simulator::{Overwrite, OverwriteTarget, Permissions};
use crate::support::House;

const SCAM: &str = "claim your FREE NITRO now";

async fn case(house: &House, number: i64) -> String {
    let case = format!(
        "FROM moderation_logs WHERE case_number = {}",
        CaseNumber(number)
    );
    let query = format!(
        "SELECT action_type || ' ' || outcome || coalesce(' (' || outcome_detail || ')', '') {case}"
    );
    house.text(&query).await.unwrap_or_default()
}

fn public(house: &House, channel: ChannelId) -> usize {
    let is_public = |message: &&crate::simulator::Message| message.flags & 64 == 0;
    house.sim.look(|world| {
        let messages = world.bot_messages(channel);
        messages.into_iter().filter(is_public).count()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_does_what_its_name_says() {
    let house = detecting().await;
    for (number, action) in (1..).zip(["delete", "warn", "timeout", "kick", "ban"]) {
        let name = format!("scammer-{action}");
        let scammer = house.guild.add_member(&name).expect("a member");
        house
            .admin(&format!("/botdetect action action:{action}"))
            .await;
        punished(&house, &name, SCAM).await;
        let done = format!("{} DONE", action.to_uppercase());
        assert_eq!(case(&house, number).await, done);
        house.sim.look(|world| {
            let (guild, user) = (house.id(), scammer.id());
            assert_eq!(world.dms(user).len(), 1, "{action}: told once");
            assert_eq!(
                world.timeout_until(guild, user).is_some(),
                action == "timeout"
            );
            assert_eq!(world.is_banned(guild, user), action == "ban");
            let is_out = action == "kick" || action == "ban";
            assert_eq!(world.is_member(guild, user), !is_out);
        });
    }
    let infractions =
        house.text("SELECT string_agg(action_taken, ' ' ORDER BY id) FROM user_infractions");
    assert_eq!(
        infractions.await.as_deref(),
        Some("DELETE WARN TIMEOUT KICK BAN")
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_member_and_the_staff_read_what_happened() {
    let house = detecting().await;
    punished(
        &house,
        "mallory",
        "сlaim ｙour FRΕΕ N1TRO: https://dlscord-nitro.example",
    )
    .await;
    house
        .admin("/botdetect keywords add keyword:evil.example")
        .await;
    let alice = house.member("alice");
    punished(&house, "alice", "look at https://EVIL.example/here").await;
    let mallory = house.member("mallory");
    let read = house.sim.look(|world| {
        let told = [world.dms(mallory.id()), world.dms(alice.id())].concat();
        let told = told.iter().map(|message| message.content.clone());
        let cards = world.bot_messages(house.mod_log).into_iter().map(|card| {
            let fields = card.embeds[0]["fields"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let lines = fields
                .iter()
                .map(|field| format!("{}: {}", field["name"], field["value"]));
            format!(
                "{}\n{}",
                card.embeds[0]["title"],
                lines.collect::<Vec<_>>().join("\n")
            )
        });
        told.chain(cards).collect::<Vec<_>>().join("\n\n")
    });
    insta::assert_snapshot!(named(&house, read), @r#"
    Your message in `The Server` was deleted, and you are timed out for 1h.
    Reason: free Nitro scam
    Case: #1
    If you did not write it, your account may be in other hands: change your password.

    Your message in `The Server` was deleted, and you are timed out for 1h.
    Reason: a link that this server does not allow
    Case: #2
    If you did not write it, your account may be in other hands: change your password.

    "Case #1 · timeout for 1h"
    "Member": "<@MALLORY> `mallory`"
    "Channel": "<#GENERAL>"
    "By": "AIMod"
    "Reason": "free Nitro scam: phrase `claim your free nitro`, digits or signs for letters, found as `claim your free n1tro`"

    "Case #2 · timeout for 1h"
    "Member": "<@ALICE> `alice`"
    "Channel": "<#GENERAL>"
    "By": "AIMod"
    "Reason": "link domain `evil.example` of this server"
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_edited_into_a_scam_is_judged_like_a_new_one() {
    let house = detecting().await;
    let mallory = house.member("mallory");
    let message = mallory
        .posts(house.general, "good morning")
        .expect("a message");
    mallory.edits(message, SCAM).expect("an own message");
    gone(&house, message).await;
    assert_eq!(case(&house, 1).await, "TIMEOUT DONE");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_event_twice_is_punished_once() {
    let house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    house.sim.duplicate_next_event();
    punished(&house, "mallory", SCAM).await;
    judged(&house).await;
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        1
    );
    let mallory = house.member("mallory");
    house
        .sim
        .look(|world| assert_eq!(world.dms(mallory.id()).len(), 1));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_change_nothing_else() {
    let house = detecting().await;
    house.member("mallory").closes_dms();
    punished(&house, "mallory", SCAM).await;
    assert_eq!(
        case(&house, 1).await,
        "TIMEOUT DONE (the member's direct messages are closed)"
    );
    assert_eq!(public(&house, house.mod_log), 1, "the card");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_channel_nothing_is_posted_anywhere() {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    punished(&house, "mallory", SCAM).await;
    assert_eq!(case(&house, 1).await, "TIMEOUT DONE");
    assert_eq!(public(&house, house.general), 0);
    assert_eq!(public(&house, house.mod_log), 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_channel_that_is_gone_or_shut_is_no_reason_to_post_elsewhere() {
    let house = detecting().await;
    let shut = Overwrite {
        target: OverwriteTarget::Role(house.guild.bot_role().expect("the bot is here")),
        allow: Permissions::NONE,
        deny: Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES,
    };
    house
        .guild
        .overwrite(house.mod_log, shut)
        .expect("a channel");
    punished(&house, "mallory", SCAM).await;
    let shut = case(&house, 1).await;
    assert!(shut.starts_with("TIMEOUT DONE (card:"), "{shut}");
    house
        .guild
        .delete_channel(house.mod_log)
        .expect("a channel");
    punished(&house, "alice", SCAM).await;
    let deleted = case(&house, 2).await;
    assert!(deleted.starts_with("TIMEOUT DONE (card:"), "{deleted}");
    assert_eq!(public(&house, house.general), 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_may_not_says_so_and_does_not_try() {
    let house = detecting().await;
    let little = Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::MANAGE_MESSAGES
        | Permissions::EMBED_LINKS;
    house
        .guild
        .set_bot_permissions(little)
        .expect("the bot is here");
    punished(&house, "mallory", SCAM).await;
    assert_eq!(
        case(&house, 1).await,
        "TIMEOUT FAILED (the bot lacks the permission Timeout Members)"
    );
    let tried = house.sim.requests("PATCH /guilds/*/members/*");
    assert_eq!(tried.len(), 0, "a hopeless call is not made");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_as_high_as_the_bot_is_not_touched() {
    let house = detecting().await;
    house.admin("/botdetect action action:ban").await;
    let same_height = house.guild.add_role("peers", Permissions::NONE, 100);
    house
        .member("mallory")
        .give_role(same_height)
        .expect("a member");
    punished(&house, "mallory", SCAM).await;
    assert_eq!(
        case(&house, 1).await,
        "BAN FAILED (the member's highest role is not below the bot's)"
    );
    assert_eq!(house.sim.requests("PUT /guilds/*/bans/*").len(), 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_counts_from_the_very_next_message() {
    let house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    stays(&house, "mallory", "buy my grapefruit course").await;
    house
        .admin("/botdetect keywords add keyword:grapefruit course")
        .await;
    punished(&house, "mallory", "buy my grapefruit course").await;
    house
        .admin("/botdetect keywords remove keyword:GRAPEFRUIT  course")
        .await;
    stays(&house, "mallory", "buy my grapefruit course").await;
    house.admin("/botdetect enable on:false").await;
    stays(&house, "mallory", SCAM).await;
    house.admin("/botdetect enable on:true").await;
    punished(&house, "mallory", SCAM).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clean_messages_cost_neither_sql_nor_rest() {
    let house = detecting().await;
    let alice = house.member("alice");
    judged(&house).await;
    let acquired = || house.app().pool().state().acquired_total;
    let (sql, rest) = (acquired(), house.sim.request_log().len());
    for number in 0..500 {
        let text = format!("good morning number {number}");
        alice.posts(house.general, &text).expect("a message");
    }
    judged(&house).await;
    // The two commands that wait for the end, and what counts messages every few seconds.
    let (sql, rest) = (acquired() - sql, house.sim.request_log().len() - rest);
    assert!(sql < 30, "{sql} connections were taken for 500 messages");
    assert!(rest < 10, "{rest} requests were made for 500 messages");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_punishes_nobody_twice() {
    let mut house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    punished(&house, "mallory", SCAM).await;
    house.rest().await;
    house.wake().await;
    punished(&house, "alice", SCAM).await;
    let text = dialog(&house, &["/infractions view user:mallory limit:5"]).await;
    assert!(text.contains("**1 infraction"), "{text}");
    assert_eq!(
        house
            .number("SELECT max(case_number) FROM moderation_logs")
            .await,
        2
    );
    house.nothing_is_left().await;
}
