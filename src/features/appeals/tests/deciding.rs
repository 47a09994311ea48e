//! Approving, denying, taking under review, and two who do it at once.

use super::*;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn an_approved_appeal_ends_the_timeout_and_everybody_reads_it() {
    let (house, mallory) = after("timeout").await;
    let notices = told(&house, mallory.id());
    let sent = appeals(&mallory).await;
    house.settled().await;
    let card = posted(&house, house.mod_log);
    insta::assert_snapshot!(read(&house, &[notices, vec![sent], card].concat()), @r"
    Your message in `The Server` was deleted, and you are timed out for 1h.
    Reason: free Nitro scam
    Case: #1
    If you did not write it, your account may be in other hands: change your password.
    [Appeal]

    Appeal **#1** is with the staff of `The Server`: timeout of 1h (case #1). When it is decided, AIMod tells you by direct message.

    Case #1 · timeout for 1h
    Member: <@MALLORY> `mallory`
    Channel: <#GENERAL>
    By: AIMod
    Reason: free Nitro scam: phrase `claim your free nitro`

    Appeal #1 · waiting
    Member: <@MALLORY> (`MALLORY`)
    Punishment: timeout of 1h (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    [Approve] [Deny] [Take under review]
    ");
    assert!(is_timed_out(&house, mallory.id()));

    let moderator = house.member("moderator");
    let done = fills(
        &moderator,
        "Approve",
        &["Tell him to write his own messages."],
    )
    .await;
    house.settled().await;
    assert!(!is_timed_out(&house, mallory.id()));
    let heard = told(&house, mallory.id()).split_off(1);
    let cards = posted(&house, house.mod_log).split_off(1);
    insta::assert_snapshot!(read(&house, &[vec![done], heard, cards].concat()), @r"
    Appeal #1 is approved.
    The timeout has ended.
    The member has been told.

    The staff of `The Server` approved your appeal #1. It no longer counts: timeout of 1h (case #1).
    Their answer:
    ```
    Tell him to write his own messages.
    ```

    Appeal #1 · approved
    Member: <@MALLORY> (`MALLORY`)
    Punishment: timeout of 1h (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Decided by: <@MODERATOR> TIME
    Answer: ```
    Tell him to write his own messages.
    ```

    Timeout ended · case #2
    Member: <@MALLORY> (`MALLORY`)
    By: <@MODERATOR>
    Punishment: timeout of 1h (case #1)
    Reason: appeal #1 was approved
    ");
    assert_eq!(status(&house, 1).await, "APPROVED");
    assert_eq!(case(&house, 1).await, "TIMEOUT DONE lifted");
    assert_eq!(case(&house, 2).await, "END_TIMEOUT DONE by hand of staff");
    let infractions = house.number("SELECT count(*) FROM user_infractions").await;
    assert_eq!(
        infractions, 1,
        "it stays in the records, and taking back is none"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_says_why_and_holds_for_a_while() {
    let (house, mallory) = after("timeout").await;
    appeals(&mallory).await;
    house.settled().await;
    let moderator = house.member("moderator");
    let opened = clicks(&moderator, "Deny").await;
    moderator
        .fills(&opened, &[""])
        .expect_err("the form asks for an answer");
    let done = sends(&moderator, &opened, &["Accounts are nobody's toys."]).await;
    house.settled().await;
    let heard = told(&house, mallory.id()).split_off(1);
    let cards = posted(&house, house.mod_log).split_off(1);
    insta::assert_snapshot!(read(&house, &[vec![done], heard, cards].concat()), @r"
    Appeal #1 is denied.
    The member has been told.

    The staff of `The Server` denied your appeal #1. It stands: timeout of 1h (case #1).
    Their answer:
    ```
    Accounts are nobody's toys.
    ```
    You may appeal again TIME.

    Appeal #1 · denied
    Member: <@MALLORY> (`MALLORY`)
    Punishment: timeout of 1h (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Decided by: <@MODERATOR> TIME
    Answer: ```
    Accounts are nobody's toys.
    ```
    ");
    assert!(is_timed_out(&house, mallory.id()));
    assert_eq!(case(&house, 1).await, "TIMEOUT DONE");

    let again = fills(&mallory, "Appeal", &[WHY]).await;
    assert_eq!(
        read(&house, &[again]),
        "Your last appeal against it was denied. You may appeal against it again TIME."
    );
    house.sim.advance(chrono::TimeDelta::days(7));
    let again = appeals(&mallory).await;
    assert!(
        again.starts_with("Appeal **#2** is with the staff"),
        "{again}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_it_under_review_is_shown_and_anybody_may_still_decide() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    let moderator = house.member("moderator");
    let taken = clicks(&moderator, "Take under review").await.text();
    house.settled().await;
    let card = posted(&house, house.mod_log).split_off(1);
    let again = house.admin("/appeals decide id:1 decision:review").await;
    let same = house.says("mallory", "/appeal punishment:1").await;
    insta::assert_snapshot!(read(&house, &[vec![taken], card, vec![again, same]].concat()), @r"
    You have appeal #1 under review now. Its card shows that to the others.

    Appeal #1 · under review
    Member: <@MALLORY> (`MALLORY`)
    Punishment: warning (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Under review by: <@MODERATOR> TIME
    [Approve] [Deny]

    Appeal #1 is under review by <@MODERATOR> already. You may still decide it.

    You have appealed against it already: **#1** is under review.
    ");
    assert_eq!(
        told(&house, mallory.id()).len(),
        1,
        "nothing is decided yet"
    );

    let done = house.admin("/appeals decide id:1 decision:approve").await;
    house.settled().await;
    let heard = told(&house, mallory.id()).split_off(1);
    let card = posted(&house, house.mod_log).split_off(1);
    insta::assert_snapshot!(read(&house, &[vec![done], heard, card].concat()), @r"
    Appeal #1 is approved.
    There is nothing to take back on Discord. In the records it counts as taken back.
    The member has been told.

    The staff of `The Server` approved your appeal #1. It no longer counts: warning (case #1).

    Appeal #1 · approved
    Member: <@MALLORY> (`MALLORY`)
    Punishment: warning (case #1)
    Reason: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    Decided by: <@ADMIN> TIME
    ");
    assert_eq!(case(&house, 1).await, "WARN DONE lifted");
    let cases = house.number("SELECT count(*) FROM moderation_logs").await;
    assert_eq!(cases, 1, "a warning leaves nothing to take back");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_reviewers_reads_who_decided_what() {
    let (house, mallory) = after("timeout").await;
    appeals(&mallory).await;
    house.settled().await;
    let (moderator, admin) = (house.member("moderator"), house.member("admin"));
    let (one, other) = (
        clicks(&moderator, "Approve").await,
        clicks(&admin, "Deny").await,
    );
    sends(&admin, &other, &["No."]).await;
    let late = sends(&moderator, &one, &[""]).await;
    house.settled().await;
    let later = house
        .says("moderator", "/appeals decide id:1 decision:approve")
        .await;
    insta::assert_snapshot!(read(&house, &[late, later]), @r"
    Appeal #1 was already denied by <@ADMIN> TIME, with the answer:
    ```
    No.
    ```

    Appeal #1 was already denied by <@ADMIN> TIME, with the answer:
    ```
    No.
    ```
    ");
    assert_eq!(status(&house, 1).await, "DENIED");
    assert!(is_timed_out(&house, mallory.id()));
    assert_eq!(told(&house, mallory.id()).len(), 2);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_decide_at_once_one_does() {
    let (house, mallory) = after("ban").await;
    appeals(&mallory).await;
    house.settled().await;
    let (moderator, admin) = (house.member("moderator"), house.member("admin"));
    let mut calls = Vec::new();
    for round in 0..4 {
        let who = if round % 2 == 0 { &moderator } else { &admin };
        calls.push(
            who.runs("/appeals decide id:1 decision:approve")
                .expect("a command"),
        );
        calls.push(
            who.runs("/appeals decide id:1 decision:deny answer:No")
                .expect("a command"),
        );
    }
    let mut won = Vec::new();
    for call in calls {
        let text = call
            .answer()
            .await
            .expect("the application responds")
            .text();
        if !text.contains("was already") {
            won.push(text);
        }
    }
    house.settled().await;
    assert_eq!(won.len(), 1, "{won:?}");
    let unbans = house.sim.requests("DELETE /guilds/*/bans/*").len();
    let approved = status(&house, 1).await == "APPROVED";
    assert_eq!(
        (unbans, !is_banned(&house, mallory.id())),
        (usize::from(approved), approved)
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banned_user_appeals_by_direct_message_and_comes_back() {
    let (house, mallory) = after("ban").await;
    assert!(is_banned(&house, mallory.id()));
    let sent = appeals(&mallory).await;
    house.settled().await;
    let moderator = house.member("moderator");
    let done = fills(&moderator, "Approve", &[""]).await;
    house.settled().await;
    insta::assert_snapshot!(read(&house, &[sent, done]), @r"
    Appeal **#1** is with the staff of `The Server`: ban (case #1). When it is decided, AIMod tells you by direct message.

    Appeal #1 is approved.
    The ban is lifted.
    The member could not be told: Discord lets AIMod send them no direct message.
    ");
    assert!(!is_banned(&house, mallory.id()));
    house.guild.joins("mallory").expect("may come back");
    assert_eq!(case(&house, 1).await, "BAN DONE lifted");
    assert_eq!(case(&house, 2).await, "UNBAN DONE by hand of staff");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_are_told_to_the_reviewer() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    mallory.closes_dms();
    let done = house
        .admin("/appeals decide id:1 decision:deny answer:No.")
        .await;
    assert_eq!(
        done,
        "Appeal #1 is denied.\nThe member could not be told: Discord lets AIMod send them no direct message."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_or_replaced_is_left_alone_on_discord() {
    let (house, mallory) = after("timeout").await;
    appeals(&mallory).await;
    house.sim.advance(chrono::TimeDelta::hours(2));
    punished(&house, "mallory", SCAM).await;
    let done = house.admin("/appeals decide id:1 decision:approve").await;
    insta::assert_snapshot!(done, @r"
    Appeal #1 is approved.
    It counts as taken back, but a later one of its kind still holds: case #2.
    The member has been told.
    ");
    house.settled().await;
    assert!(
        is_timed_out(&house, mallory.id()),
        "the second timeout stays"
    );
    assert_eq!(case(&house, 1).await, "TIMEOUT DONE lifted");
    assert_eq!(case(&house, 2).await, "TIMEOUT DONE");
    house.sim.advance(chrono::TimeDelta::hours(2));
    let sent = house.says("mallory", "/appeal punishment:2").await;
    assert_eq!(
        sent, "",
        "an ended one still stands in the records: a form opens"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_lifted_only_by_who_may_lift_bans() {
    let (house, mallory) = after("ban").await;
    appeals(&mallory).await;
    let junior = house.guild.add_member("junior").expect("a member");
    junior.may(Permissions::MODERATE_MEMBERS).expect("there");
    house.settled().await;
    let refused = fills(&junior, "Approve", &[""]).await;
    assert_eq!(refused, "You need the permission **Ban Members** for this.");
    assert_eq!(status(&house, 1).await, "PENDING");
    let denied = fills(&junior, "Deny", &["It was no joke."]).await;
    assert!(denied.starts_with("Appeal #1 is denied."), "{denied}");
    assert!(is_banned(&house, mallory.id()));
    house.nothing_is_left().await;
}
