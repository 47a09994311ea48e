//! Sending an appeal: by button and by command, with and without a channel, once.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn each_punishment_has_the_button_and_a_mere_deletion_has_not() {
    let house = server().await;
    for action in ["delete", "warn", "timeout", "kick", "ban"] {
        let name = format!("scammer-{action}");
        let scammer = house.guild.add_member(&name).expect("a member");
        house
            .admin(&format!("/botdetect action action:{action}"))
            .await;
        punished(&house, &name, SCAM).await;
        let notice = told(&house, scammer.id()).pop().expect("a notice");
        assert_eq!(
            notice.ends_with("\n[Appeal]"),
            action != "delete",
            "{notice}"
        );
    }
    house
        .admin("/config set key:APPEALS_ENABLED value:false")
        .await;
    house.admin("/botdetect action action:warn").await;
    punished(&house, "alice", SCAM).await;
    let notice = told(&house, house.member("alice").id()).pop();
    let notice = notice.expect("a notice");
    assert!(!notice.contains("[Appeal]"), "{notice}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_channel_the_appeal_is_kept_and_listed_and_nothing_is_posted() {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    house.admin("/botdetect action action:warn").await;
    let mallory = house.member("mallory");
    punished(&house, "mallory", SCAM).await;
    let sent = appeals(&mallory).await;
    let listed = house.admin("/appeals list").await;
    let viewed = house.admin("/appeals view id:1").await;
    insta::assert_snapshot!(read(&house, &[sent, listed, viewed]), @r"
    Appeal **#1** is with the staff of `The Server`: warning (case #1). When it is decided, AIMod tells you by direct message.

    **1 appeal**: still to be decided
    - **#1** · waiting · <@MALLORY> · warning (case #1) · TIME

    Appeal #1 · waiting
    Member: <@MALLORY> (`MALLORY`)
    Punishment: warning (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    ");
    for channel in [house.general, house.mod_log] {
        assert_eq!(posted(&house, channel), Vec::<String>::new());
    }
    let admin = house.member("admin");
    let done = fills(&admin, "Deny", &["It was no joke."]).await;
    assert!(done.starts_with("Appeal #1 is denied."), "{done}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn appeals_have_a_channel_of_their_own_where_it_is_set() {
    let (house, mallory) = after("warn").await;
    let court = house.guild.add_channel("court");
    house
        .admin(&format!(
            "/config set key:APPEALS_CHANNEL_ID value:<#{court}>"
        ))
        .await;
    let before = posted(&house, house.mod_log).len();
    appeals(&mallory).await;
    house.settled().await;
    assert_eq!(posted(&house, court).len(), 1);
    assert_eq!(posted(&house, house.mod_log).len(), before);
    let moderator = house.member("moderator");
    fills(&moderator, "Approve", &["Fine."]).await;
    house.settled().await;
    let card = posted(&house, court).pop().expect("the card");
    assert!(
        card.starts_with("Appeal #1 · approved") && !card.contains("[Approve]"),
        "{card}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_gone_loses_no_appeal() {
    let (house, mallory) = after("warn").await;
    house.guild.delete_channel(house.mod_log).expect("there");
    let sent = appeals(&mallory).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    house.settled().await;
    let listed = house.admin("/appeals list").await;
    assert!(
        listed.starts_with("**1 appeal**: still to be decided"),
        "{listed}"
    );
    let done = house
        .admin("/appeals decide id:1 decision:deny answer:No.")
        .await;
    assert_eq!(done, "Appeal #1 is denied.\nThe member has been told.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pressing_twice_and_sending_twice_makes_one_appeal() {
    let (house, mallory) = after("warn").await;
    let (one, other) = (
        clicks(&mallory, "Appeal").await,
        clicks(&mallory, "Appeal").await,
    );
    let first = mallory.fills(&one, &[WHY]).expect("a form");
    let second = mallory.fills(&other, &[WHY]).expect("a form");
    let mut read = [
        first.answer().await.expect("an answer").text(),
        second.answer().await.expect("an answer").text(),
    ];
    read.sort();
    assert!(
        read[0].starts_with("Appeal **#1** is with the staff"),
        "{read:?}"
    );
    assert_eq!(
        read[1],
        "You have appealed against it already: **#1** is waiting."
    );
    let third = clicks(&mallory, "Appeal").await;
    assert_eq!(third.text(), read[1], "told before anything is typed");
    assert!(third.ephemeral);
    house.settled().await;
    assert_eq!(house.number("SELECT count(*) FROM appeals").await, 1);
    assert_eq!(
        posted(&house, house.mod_log).len(),
        2,
        "the case and the appeal"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_are_told_with_their_end() {
    let (house, mallory) = after("warn").await;
    punished(&house, "mallory", SCAM).await;
    for line in [
        "/config set key:APPEALS_DELAY value:1h",
        "/config set key:APPEALS_PAUSE value:2h",
    ] {
        house.admin(line).await;
    }
    let early = house.says("mallory", "/appeal punishment:1").await;
    house.sim.advance(chrono::TimeDelta::hours(1));
    let opened = runs(&mallory, "/appeal punishment:1").await;
    let sent = sends(&mallory, &opened, &[WHY]).await;
    let soon = house.says("mallory", "/appeal punishment:2").await;
    house.sim.advance(chrono::TimeDelta::hours(2));
    let later = runs(&mallory, "/appeal punishment:2").await;
    assert!(later.modal.is_some());
    insta::assert_snapshot!(read(&house, &[early, sent, soon]), @r"
    It is too early: you may appeal against it TIME.

    Appeal **#1** is with the staff of `The Server`: warning (case #1). When it is decided, AIMod tells you by direct message.

    You have sent an appeal not long ago. You may send the next one TIME.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_asks_for_as_much_as_the_server_wants() {
    let (house, mallory) = after("warn").await;
    for line in [
        "/config set key:APPEALS_MIN_LENGTH value:30",
        "/config set key:APPEALS_MAX_LENGTH value:60",
    ] {
        house.admin(line).await;
    }
    let opened = clicks(&mallory, "Appeal").await;
    let form = opened.modal.clone().expect("a form");
    let input = &form["components"][0]["components"][0];
    assert_eq!(
        (&input["min_length"], &input["max_length"]),
        (&30.into(), &60.into())
    );
    assert_eq!(form["title"], "Appeal against case #1");
    for text in ["too short", &"x".repeat(61)] {
        mallory
            .fills(&opened, &[text])
            .expect_err("Discord does not send it");
    }
    let empty = format!("a{}", "\u{200b}".repeat(40));
    let refused = sends(&mallory, &opened, &[&empty]).await;
    assert_eq!(
        refused,
        "An appeal has at least 30 characters here; yours has 1. Please say more."
    );
    let checked = house
        .admin("/config set key:APPEALS_MIN_LENGTH value:100")
        .await;
    assert!(checked.starts_with("`APPEALS_MIN_LENGTH`"), "{checked}");
    let checked = house.admin("/config check").await;
    assert!(
        checked.contains("only a text of exactly the longest length"),
        "{checked}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_by_a_moderator_has_the_button_as_well() {
    let house = server().await;
    let warned = house
        .admin("/infractions add user:mallory rule:be kind")
        .await;
    house.settled().await;
    let mallory = house.member("mallory");
    let notice = told(&house, mallory.id()).pop().expect(&warned);
    assert!(notice.ends_with("\n[Appeal]"), "{notice}");
    let sent = appeals(&mallory).await;
    assert!(sent.contains("warning (case #1)"), "{sent}");
    let line = "/appeals decide id:1 decision:approve";
    let done = house.says("moderator", line).await;
    assert!(done.starts_with("Appeal #1 is approved."), "{done}");
    house.settled().await;
    assert_eq!(case(&house, 1).await, "WARN DONE lifted by hand of staff");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_appeals_that_are_sent_at_once_the_pause_lets_one_through() {
    let (house, mallory) = after("warn").await;
    punished(&house, "mallory", SCAM).await;
    house.admin("/config set key:APPEALS_PAUSE value:2h").await;
    let mut sent = Vec::new();
    for number in 1..=2 {
        let opened = runs(&mallory, &format!("/appeal punishment:{number}")).await;
        assert!(opened.modal.is_some(), "{opened:?}");
        sent.push(opened);
    }
    let calls = sent.iter().map(|opened| mallory.fills(opened, &[WHY]));
    let calls: Vec<_> = calls.map(|call| call.expect("a form")).collect();
    let mut read = Vec::new();
    for call in calls {
        read.push(call.answer().await.expect("an answer").text());
    }
    let kept = read.iter().filter(|text| text.starts_with("Appeal **#"));
    let paused = read
        .iter()
        .filter(|text| text.starts_with("You have sent an appeal"));
    assert_eq!((kept.count(), paused.count()), (1, 1), "{read:?}");
    assert_eq!(house.number("SELECT count(*) FROM appeals").await, 1);
    house.nothing_is_left().await;
}
