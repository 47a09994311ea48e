//! `/appeal`: what is offered, in a server and in direct messages; `/appeals list` and its pages.

use super::*;
use crate::features::tests::{plain_sql, types};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ones_own_and_stands_is_offered() {
    let (house, mallory) = after("warn").await;
    house
        .admin("/botdetect action action:timeout duration:2h")
        .await;
    punished(&house, "mallory", SCAM).await;
    punished(&house, "alice", SCAM).await;
    house.sim.advance(chrono::TimeDelta::hours(3));
    let offered = runs(&mallory, "/appeal").await;
    assert!(offered.ephemeral, "nobody else reads it");
    let options = &offered.components[0]["components"][0]["options"];
    let labels: Vec<&str> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|option| option["label"].as_str())
        .collect();
    insta::assert_snapshot!(format!("{}\n{}", offered.text(), labels.join("\n")), @r"
    What do you want to appeal against? Choose it below, and a form opens.
    #2 · timeout of 2h · Bot detection: free Nitro scam, phrase “claim your free nitr…
    #1 · warning · Bot detection: free Nitro scam, phrase “claim your free nitr…
    ");
    let suggested = mallory.autocompletes("/appeal punishment:timeout").await;
    let suggested = suggested.expect("suggestions");
    assert_eq!(suggested.len(), 1);
    assert_eq!(suggested[0]["value"], format!("{}/2", house.id()));

    let opened = mallory
        .clicks(&format!("{}/2", house.id()))
        .expect("an option");
    let opened = opened.answer().await.expect("a form");
    let sent = sends(&mallory, &opened, &[WHY]).await;
    assert!(sent.contains("timeout of 2h (case #2)"), "{sent}");
    house.settled().await;
    house.admin("/appeals decide id:1 decision:approve").await;
    let left = runs(&mallory, "/appeal").await;
    let options = &left.components[0]["components"][0]["options"];
    assert_eq!(
        options.as_array().map(Vec::len),
        Some(1),
        "the warning is left"
    );
    let nothing = runs(&house.member("moderator"), "/appeal").await;
    assert_eq!(
        nothing.text(),
        "There is nothing here that you could appeal against."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_in_direct_messages_for_every_server_at_once() {
    let (house, mallory) = after("ban").await;
    let other = house.sim.add_guild_of("Elsewhere", "admin");
    other.add_member("mallory").expect("a member");
    crate::features::tests::known(&house).await;
    house.sim.bot_ready().await.expect("all guilds");
    plain_sql(
        &house,
        &format!(
            "INSERT INTO guild_settings (guild_id, name, last_case_number) VALUES ({other}, 'Elsewhere', 1) \
             ON CONFLICT (guild_id) DO UPDATE SET last_case_number = 1; \
             INSERT INTO moderation_logs (guild_id, case_number, moderator_id, target_user_id, action_type, reason, outcome, created_at) \
             VALUES ({other}, 1, 7, {}, 'KICK', 'was rude', 'DONE', now() - interval '1 hour')",
            mallory.id(),
            other = other.id(),
        ),
    )
    .await;
    let offered = mallory.runs_directly("/appeal").expect("a command");
    let offered = offered.answer().await.expect("an answer");
    let options = &offered.components[0]["components"][0]["options"];
    let labels: Vec<&str> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|option| option["label"].as_str())
        .collect();
    insta::assert_snapshot!(labels.join("\n"), @r"
    The Server #1 · ban · Bot detection: free Nitro scam, phrase “claim your free nitr…
    Elsewhere #1 · kick · was rude
    ");
    let opened = mallory
        .clicks(&format!("{}/1", other.id()))
        .expect("an option");
    let opened = opened.answer().await.expect("a form");
    let sent = sends(&mallory, &opened, &[WHY]).await;
    assert!(
        sent.contains("staff of `Elsewhere`: kick (case #1)"),
        "{sent}"
    );
    let line = format!("/appeal punishment:{}/1", house.id());
    let opened = mallory.runs_directly(&line).expect("a command");
    let opened = opened.answer().await.expect("a form");
    let sent = sends(&mallory, &opened, &[WHY]).await;
    assert!(
        sent.contains("staff of `The Server`: ban (case #1)"),
        "{sent}"
    );
    let open = mallory.runs_directly("/appeal").expect("a command");
    let open = open.answer().await.expect("an answer").text();
    assert_eq!(
        open,
        "Your appeal **#2** is waiting.\nYour appeal **#1** is waiting.\nThere is nothing here that you could appeal against."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_a_text_command_it_gives_nothing_away() {
    let (house, mallory) = after("warn").await;
    let listed = types(&house, "mallory", "o!appeal").await;
    let button = types(&house, "mallory", "o!appeal 1").await;
    insta::assert_snapshot!(format!("{listed}\n{button}"), @r"
    Please use the slash command `/appeal`: its answer is seen by nobody else. Or name the case: `o!appeal 12`.
    Press the button to fill in the form.
    ");
    let alice = house.member("alice");
    let refused = clicks(&alice, "Open the form").await;
    assert_eq!(
        refused.text(),
        "That is none of your punishments. `/appeal` shows those that you can appeal against."
    );
    let sent = fills(&mallory, "Open the form", &[WHY]).await;
    assert!(
        sent.starts_with("Appeal **#1** is with the staff"),
        "{sent}"
    );
    let listed = types(&house, "moderator", "o!appeals list").await;
    assert!(listed.starts_with("**1 appeal**"), "{listed}");
    let denied = types(
        &house,
        "moderator",
        "o!appeals decide 1 deny that was no joke",
    )
    .await;
    assert_eq!(denied, "Appeal #1 is denied.\nThe member has been told.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_pages_and_states() {
    let house = server().await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO appeals (user_id, guild_id, reason, status, reviewed_by) \
             SELECT {}, {}, 'please', CASE WHEN n <= 12 THEN 'PENDING' WHEN n = 13 THEN 'UNDER_REVIEW' \
             WHEN n = 14 THEN 'APPROVED' ELSE 'DENIED' END, CASE WHEN n > 12 THEN 7 END \
             FROM generate_series(1, 16) n",
            house.sim.user("mallory"),
            house.id(),
        ),
    )
    .await;
    let admin = house.member("admin");
    let first = runs(&admin, "/appeals list").await;
    assert_eq!(first.custom_ids(), ["appeals/list/open/2"]);
    let second = clicks(&admin, "Older").await;
    assert_eq!(second.custom_ids(), ["appeals/list/open/1"]);
    let mut read_by = vec![first.text(), second.text()];
    for state in ["under_review", "approved", "denied"] {
        read_by.push(house.admin(&format!("/appeals list status:{state}")).await);
    }
    let all = house.admin("/appeals list status:all").await;
    assert!(all.starts_with("**16 appeals**: all, page 1 of 2"), "{all}");
    insta::assert_snapshot!(read(&house, &read_by), @r"
    **13 appeals**: still to be decided, page 1 of 2
    - **#13** · under review · <@MALLORY> · not known any more · TIME
    - **#12** · waiting · <@MALLORY> · not known any more · TIME
    - **#11** · waiting · <@MALLORY> · not known any more · TIME
    - **#10** · waiting · <@MALLORY> · not known any more · TIME
    - **#9** · waiting · <@MALLORY> · not known any more · TIME
    - **#8** · waiting · <@MALLORY> · not known any more · TIME
    - **#7** · waiting · <@MALLORY> · not known any more · TIME
    - **#6** · waiting · <@MALLORY> · not known any more · TIME
    - **#5** · waiting · <@MALLORY> · not known any more · TIME
    - **#4** · waiting · <@MALLORY> · not known any more · TIME

    **13 appeals**: still to be decided, page 2 of 2
    - **#3** · waiting · <@MALLORY> · not known any more · TIME
    - **#2** · waiting · <@MALLORY> · not known any more · TIME
    - **#1** · waiting · <@MALLORY> · not known any more · TIME

    **1 appeal**: under review
    - **#13** · under review · <@MALLORY> · not known any more · TIME

    **1 appeal**: approved
    - **#14** · approved · <@MALLORY> · not known any more · TIME

    **2 appeals**: denied
    - **#16** · denied · <@MALLORY> · not known any more · TIME
    - **#15** · denied · <@MALLORY> · not known any more · TIME
    ");
    let empty = House::start().await;
    assert_eq!(
        empty.admin("/appeals list").await,
        "No appeals are still to be decided."
    );
    empty.nothing_is_left().await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_nothing_reads_why() {
    let (house, mallory) = after("warn").await;
    appeals(&mallory).await;
    house.settled().await;
    house
        .admin("/appeals decide id:1 decision:deny answer:no")
        .await;
    let mut told = vec![
        runs(&mallory, "/appeal").await.text(),
        house.admin("/appeals view id:abc").await,
        house.admin("/appeals view id:7").await,
    ];
    for status in ["open", "pending", "under_review", "approved"] {
        told.push(house.admin(&format!("/appeals list status:{status}")).await);
    }
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    told.push(runs(&mallory, "/appeal").await.text());
    told.push(house.admin("/appeals view id:abc").await);
    house
        .admin("/config set key:APPEALS_ENABLED value:false")
        .await;
    told.push(runs(&mallory, "/appeal").await.text());
    told.push(runs(&house.member("alice"), "/appeal").await.text());
    insta::assert_snapshot!(read(&house, &told), @r"
    There is nothing here yet that you could appeal against. The next appeal is possible TIME.

    `abc` is no number of an appeal. `/appeals list` shows the numbers.

    This server has no appeal #7. `/appeals list` shows those that it has.

    No appeals are still to be decided.

    No waiting appeals.

    No appeals under review.

    No approved appeals.

    Noch gibt es hier nichts, wogegen du Einspruch einlegen könntest. Der nächste Einspruch geht TIME.

    `abc` ist keine Nummer eines Einspruchs. `/appeals list` zeigt die Nummern.

    `The Server` nimmt über AIMod keine Einsprüche an. Bitte wende dich an das Team.

    Hier gibt es nichts, wogegen du Einspruch einlegen könntest.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_member_is_nobody_that_could_be_mentioned() {
    let house = server().await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO appeals (id, user_id, guild_id, reason, status, reviewed_by) OVERRIDING SYSTEM VALUE \
             VALUES (1, 0, {}, '', 'DENIED', 7)",
            house.id()
        ),
    )
    .await;
    let list = house.admin("/appeals list status:denied").await;
    assert!(
        list.contains("denied · a member who asked to be forgotten · "),
        "{list}"
    );
    let view = runs(&house.member("admin"), "/appeals view id:1").await;
    let fields = view.embeds[0]["fields"].to_string();
    assert!(
        fields.contains("a member who asked to be forgotten") && !fields.contains("<@0>"),
        "{fields}"
    );
    house.nothing_is_left().await;
}
