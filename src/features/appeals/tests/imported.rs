//! Appeals and infractions of an older program: listed, decided, appealed against.

use super::*;
use crate::features::tests::plain_sql;

/// Infraction 1 of mallory, a ban without a case, with the imported appeal 1 against it; appeal 2 is about nothing that
/// is known.
async fn legacy() -> (House, SimMember) {
    let house = server().await;
    let mallory = house.member("mallory");
    let admin = house.member("admin");
    admin.bans(mallory.id(), "long ago").expect("may");
    // The older program kept no case of it.
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(10));
    while house.number("SELECT count(*) FROM moderation_logs").await == 0 {
        ticks.tick().await;
    }
    house.settled().await;
    plain_sql(&house, "DELETE FROM moderation_logs").await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO user_infractions (id, guild_id, user_id, timestamp, rule_violated, action_taken) \
             VALUES (1, {guild}, {mallory}, '2025-05-01 10:00Z', 'No scams', 'BAN'), \
                    (2, {guild}, {mallory}, '2025-04-01 10:00Z', 'Be kind', 'WARN'); \
             INSERT INTO appeals (user_id, guild_id, infraction_id, reason, status, legacy_id, created_at) VALUES \
             ({mallory}, {guild}, 1, 'I was young', 'PENDING', gen_random_uuid(), '2025-05-02 10:00Z'), \
             ({mallory}, {guild}, NULL, 'And foolish', 'PENDING', gen_random_uuid(), '2025-05-03 10:00Z')",
            guild = house.id(),
            mallory = mallory.id(),
        ),
    )
    .await;
    (house, mallory)
}

#[tokio::test(flavor = "multi_thread")]
async fn imported_appeals_are_listed_and_decided_like_others() {
    let (house, mallory) = legacy().await;
    let listed = house.admin("/appeals list").await;
    let viewed = house.admin("/appeals view id:1").await;
    let unknown = house.admin("/appeals view id:2").await;
    let approved = house.admin("/appeals decide id:1 decision:approve").await;
    let blind = house.admin("/appeals decide id:2 decision:approve").await;
    insta::assert_snapshot!(read(&house, &[listed, viewed, unknown, approved, blind]), @r"
    **2 appeals**: still to be decided
    - **#2** · waiting · <@MALLORY> · not known any more · TIME
    - **#1** · waiting · <@MALLORY> · ban of TIME · TIME

    Appeal #1 · waiting
    Member: <@MALLORY> (`MALLORY`)
    Punishment: ban of TIME
    Reason: `No scams`
    Punished: TIME
    The member says: ```
    I was young
    ```

    Appeal #2 · waiting
    Member: <@MALLORY> (`MALLORY`)
    Punishment: not known any more
    The member says: ```
    And foolish
    ```

    Appeal #1 is approved.
    The ban is lifted.
    The member could not be told: Discord lets AIMod send them no direct message.

    Appeal #2 is approved.
    What it was about is not known any more. Please take back by hand what is left of it.
    The member could not be told: Discord lets AIMod send them no direct message.
    ");
    house.settled().await;
    assert!(!is_banned(&house, mallory.id()));
    let newest = house
        .number("SELECT max(case_number) FROM moderation_logs")
        .await;
    assert_eq!(case(&house, newest).await, "UNBAN DONE by hand of staff");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn infractions_without_a_case_are_appealed_against_as_well() {
    let (house, mallory) = legacy().await;
    let line = format!("/appeal punishment:{}/i1", house.id());
    let open = mallory.runs_directly(&line).expect("a command");
    let open = open.answer().await.expect("an answer").text();
    assert_eq!(
        open,
        "You have appealed against it already: **#1** is waiting."
    );
    let offered = mallory.runs_directly("/appeal").expect("a command");
    offered.answer().await.expect("an answer");
    let opened = clicks(&mallory, &format!("{}/i2", house.id())).await;
    let sent = sends(&mallory, &opened, &[WHY]).await;
    house.settled().await;
    let card = posted(&house, house.mod_log).pop().expect("a card");
    let done = house.admin("/appeals decide id:3 decision:approve").await;
    insta::assert_snapshot!(read(&house, &[sent, card, done]), @r"
    Appeal **#3** is with the staff of `The Server`: warning of TIME. When it is decided, AIMod tells you by direct message.

    Appeal #3 · waiting
    Member: <@MALLORY> (`MALLORY`)
    Punishment: warning of TIME
    Reason: `Be kind`
    Punished: TIME
    The member says: ```
    That was my little brother, and he is sorry.
    ```
    [Approve] [Deny] [Take under review]

    Appeal #3 is approved.
    There is nothing to take back on Discord. In the records it counts as taken back.
    The member could not be told: Discord lets AIMod send them no direct message.
    ");
    let again = mallory.runs_directly(&format!("/appeal punishment:{}/i2", house.id()));
    let again = again.expect("a command").answer().await.expect("an answer");
    assert_eq!(
        again.text(),
        "Your appeal **#3** against it was approved; there is nothing more to appeal against."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_and_an_infraction_of_one_deed_are_one_punishment() {
    let (house, mallory) = legacy().await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, reason, outcome, created_at) \
             VALUES ({}, 1, {}, 'BAN', 'No scams', 'DONE', '2025-05-01 10:00:30Z')",
            house.id(),
            mallory.id(),
        ),
    )
    .await;
    // The older program's appeal names the infraction; whoever appeals names the case.
    let line = format!("/appeal punishment:{}/1", house.id());
    let open = mallory.runs_directly(&line).expect("a command");
    assert_eq!(
        open.answer().await.expect("an answer").text(),
        "You have appealed against it already: **#1** is waiting."
    );
    plain_sql(&house, "DELETE FROM appeals").await;
    let offered = mallory.runs_directly("/appeal").expect("a command");
    let offered = offered.answer().await.expect("an answer").raw.to_string();
    let guild = house.id();
    for (punishment, is_offered) in [("1", true), ("i1", false), ("i2", true)] {
        let value = format!("{guild}/{punishment}\"");
        assert_eq!(offered.contains(&value), is_offered, "{value} in {offered}");
    }
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn punishments_of_servers_that_only_an_import_knows_are_not_offered() {
    let (house, mallory) = legacy().await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO guild_settings (guild_id) VALUES (77); \
             INSERT INTO moderation_logs (guild_id, case_number, target_user_id, action_type, outcome) \
             VALUES (77, 1, {}, 'BAN', 'DONE')",
            mallory.id(),
        ),
    )
    .await;
    let offered = mallory.runs_directly("/appeal").expect("a command");
    let offered = offered.answer().await.expect("an answer").raw.to_string();
    assert!(!offered.contains("77/1"), "{offered}");
    let named = mallory.runs_directly("/appeal punishment:77/1");
    let answer = named.expect("a command").answer().await.expect("an answer");
    assert!(answer.modal.is_none(), "nobody there could decide it");
    house.nothing_is_left().await;
}
