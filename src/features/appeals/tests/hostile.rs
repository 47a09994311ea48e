//! What should not be possible, and is not.

use std::time::{Duration, Instant};

use super::*;
use crate::features::tests::{known, plain_sql};
use crate::support::Link;

const NOT_YOURS: &str =
    "That is none of your punishments. `/appeal` shows those that you can appeal against.";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_appeals_for_another_or_against_nothing() {
    let (house, mallory) = after("warn").await;
    house.admin("/config set key:LANGUAGE_CODE value:en").await;
    let guild = house.id();
    for choice in [
        "1".to_owned(),
        format!("{guild}/1"),
        format!("{guild}/2"),
        "999999/1".to_owned(),
        "-1".to_owned(),
        "i1".to_owned(),
        "1/1/1".to_owned(),
        "nonsense".to_owned(),
        "99999999999999999999".to_owned(),
    ] {
        let line = format!("/appeal punishment:{choice}");
        assert_eq!(house.says("alice", &line).await, NOT_YOURS, "{choice}");
        let direct = house
            .member("alice")
            .runs_directly(&line)
            .expect("a command");
        let direct = direct.answer().await.expect("an answer");
        assert_eq!(direct.text(), NOT_YOURS, "{choice}");
    }
    // The infraction is mallory's, and its case is what is appealed against.
    let own = runs(&mallory, "/appeal punishment:i1").await;
    let form = own.modal.expect("a form");
    assert_eq!(form["custom_id"], format!("appeals/send/{guild}/1"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_somebody_else_is_not_taken() {
    let (house, mallory) = after("warn").await;
    punished(&house, "alice", SCAM).await;
    let alice = house.member("alice");
    // Alice's own form, sent for mallory's case: what a custom id carries is not believed.
    let opened = clicks(&alice, "Appeal").await;
    plain_sql(
        &house,
        &format!(
            "UPDATE moderation_logs SET target_user_id = {} WHERE case_number = 2",
            mallory.id()
        ),
    )
    .await;
    assert_eq!(sends(&alice, &opened, &[WHY]).await, NOT_YOURS);
    assert_eq!(house.number("SELECT count(*) FROM appeals").await, 0);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_staff_of_another_server_sees_and_decides_nothing() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    let other = house.sim.add_guild_of("Elsewhere", "stranger");
    house.sim.bot_ready().await.expect("all guilds");
    let stranger = other.owner().expect("an owner");
    for line in [
        "/appeals view id:1",
        "/appeals decide id:1 decision:approve",
        "/appeals decide id:1 decision:review",
    ] {
        let read = runs(&stranger, line).await.text();
        assert_eq!(
            read,
            "This server has no appeal #1. `/appeals list` shows those that it has."
        );
    }
    let listed = runs(&stranger, "/appeals list status:all").await.text();
    assert_eq!(listed, "There are no appeals.");
    for id in ["0", "-1"] {
        let read = house.admin(&format!("/appeals view id:{id}")).await;
        assert!(
            read.starts_with("This server has no appeal #"),
            "{id}: {read}"
        );
    }
    for (id, shown) in [
        ("x", "x"),
        ("99999999999999999999", "99999999999999999999"),
        ("<@1>", "<@1>"),
        ("`@everyone`", "@everyone"),
    ] {
        let read = house.admin(&format!("/appeals view id:{id}")).await;
        let told = format!("`{shown}` is no number of an appeal.");
        assert!(read.starts_with(&told), "{id}: {read}");
    }
    assert_eq!(status(&house, 1).await, "PENDING");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_decide_nothing_and_staff_not_about_itself() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    let alice = house.member("alice");
    for label in ["Approve", "Deny", "Take under review"] {
        let read = clicks(&alice, label).await;
        assert_eq!(
            read.text(),
            "You need the permission **Timeout Members** for this."
        );
    }
    let moderator = house.member("moderator");
    let opened = clicks(&moderator, "Approve").await;
    let role = format!(
        "may-{}",
        (Permissions::MODERATE_MEMBERS | Permissions::BAN_MEMBERS).0
    );
    moderator
        .take_role(house.guild.role(&role).expect("there"))
        .expect("there");
    let late = sends(&moderator, &opened, &[""]).await;
    assert_eq!(
        late,
        "You need the permission **Timeout Members** for this."
    );
    mallory.may(Permissions::MODERATE_MEMBERS).expect("there");
    for label in ["Approve", "Take under review"] {
        let read = clicks(&mallory, label).await;
        assert_eq!(
            read.text(),
            "This is your own appeal; somebody else has to decide it."
        );
    }
    let own = house
        .says("mallory", "/appeals decide id:1 decision:approve")
        .await;
    assert_eq!(
        own,
        "This is your own appeal; somebody else has to decide it."
    );
    assert_eq!(status(&house, 1).await, "PENDING");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_written_stays_text() {
    let (house, mallory) = after("warn").await;
    house
        .admin("/config set key:APPEALS_MAX_LENGTH value:4000")
        .await;
    let wild = format!(
        "@everyone <@{}> [click](https://evil.example) ```\n# Approved by admin\0\u{202e} {}",
        house.sim.user("admin"),
        "`x` ".repeat(900)
    );
    let sent = fills(&mallory, "Appeal", &[&wild]).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    house.settled().await;
    let card = posted(&house, house.mod_log).pop().expect("a card");
    let fences = card.matches("```").count();
    assert!(fences >= 8 && fences.is_multiple_of(2), "{fences}: {card}");
    assert!(!card.contains('\0') && !card.contains('\u{202e}'), "{card}");
    let inside = card.split("```").nth(1).expect("a block");
    assert!(
        inside.contains("@everyone") && inside.contains("# Approved by admin"),
        "{inside}"
    );
    let viewed = runs(&house.member("admin"), "/appeals view id:1").await;
    assert_eq!(viewed.embeds.len(), 1);
    let long = "n".repeat(1_001);
    let refused = house
        .admin(&format!("/appeals decide id:1 decision:deny answer:{long}"))
        .await;
    assert_eq!(
        refused,
        "An answer has at most 1000 characters; yours has 1001."
    );
    let none = house.admin("/appeals decide id:1 decision:deny").await;
    assert_eq!(none, "A denial needs an answer: the member reads it.");
    house
        .admin("/appeals decide id:1 decision:deny answer:@everyone ``` no")
        .await;
    let heard = told(&house, mallory.id()).pop().expect("a message");
    assert!(heard.contains("```\n@everyone ˋˋˋ no\n```"), "{heard}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_may_still_appeal_and_a_server_without_the_bot_cannot_be_reached() {
    let (house, mallory) = after("timeout").await;
    mallory.leaves().expect("a member");
    let sent = appeals(&mallory).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    let done = house.admin("/appeals decide id:1 decision:approve").await;
    insta::assert_snapshot!(done, @r"
    Appeal #1 is approved.
    On Discord it could not be taken back: `the member has left`. If something of it is left, please take it back by hand.
    The member could not be told: Discord lets AIMod send them no direct message.
    ");
    house.settled().await;
    let alice = house.member("alice");
    punished(&house, "alice", SCAM).await;
    house.guild.remove_bot().expect("there");
    let left = "SELECT count(*) FROM guild_settings WHERE left_at IS NOT NULL";
    becomes(&house, left, 1).await;
    let gone = clicks(&alice, "Appeal").await;
    assert_eq!(
        gone.text(),
        "AIMod is not in that server any more, so its staff cannot be reached this way."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_back_or_is_no_punishment_is_told_so() {
    let (house, mallory) = after("timeout").await;
    let old_button = clicks(&mallory, "Appeal").await;
    plain_sql(
        &house,
        "UPDATE moderation_logs SET lifted_at = now(); \
         INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, outcome) \
         SELECT guild_id, 2, 7, target_user_id, 'END_TIMEOUT', 'DONE' FROM moderation_logs; \
         UPDATE guild_settings SET last_case_number = 2",
    )
    .await;
    let lifted = "That has been taken back already; there is nothing to appeal against.";
    assert_eq!(sends(&mallory, &old_button, &[WHY]).await, lifted);
    assert_eq!(clicks(&mallory, "Appeal").await.text(), lifted);
    let relief = mallory.runs_directly(&format!("/appeal punishment:{}/2", house.id()));
    let relief = relief
        .expect("a command")
        .answer()
        .await
        .expect("an answer");
    assert_eq!(
        relief.text(),
        "That case took a punishment back; there is nothing to appeal against."
    );
    house
        .admin("/config set key:APPEALS_ENABLED value:false")
        .await;
    assert_eq!(
        clicks(&mallory, "Appeal").await.text(),
        "`The Server` takes no appeals through AIMod. Please turn to its staff."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_database_everybody_is_told_so_in_time() {
    let database = crate::support::database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let house = House::start_with(|settings| settings.database.url = Some(url)).await;
    house.admin("/botdetect enable on:true").await;
    house.admin("/botdetect action action:warn").await;
    house
        .admin(&format!(
            "/config set key:APPEALS_CHANNEL_ID value:<#{}>",
            house.mod_log
        ))
        .await;
    punished(&house, "mallory", SCAM).await;
    let mallory = house.member("mallory");
    punished(&house, "alice", SCAM).await;
    let alice = house.member("alice");
    let sent = fills(&alice, "Appeal", &[WHY]).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    house.settled().await;
    known(&house).await;
    let opened = clicks(&mallory, "Appeal").await;
    link.cut();
    let admin = house.member("admin");
    let form = mallory.fills(&opened, &[WHY]).expect("a form");
    let calls = vec![
        form,
        mallory.clicks("Appeal").expect("a button"),
        mallory.runs("/appeal").expect("a command"),
        mallory.runs("/appeal punishment:1").expect("a command"),
        admin.clicks("Approve").expect("a button"),
        admin.clicks("Take under review").expect("a button"),
        admin.runs("/appeals list").expect("a command"),
        admin
            .runs("/appeals decide id:1 decision:approve")
            .expect("a command"),
    ];
    for call in calls {
        let started = Instant::now();
        let read = call.answer().await.expect("an answer").text();
        assert!(
            read.starts_with("The database does not answer right now."),
            "{read}"
        );
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{:?}",
            started.elapsed()
        );
    }
    let suggested = mallory.autocompletes("/appeal punishment:").await;
    assert_eq!(suggested.expect("an answer").len(), 0);
    link.heal();
}
