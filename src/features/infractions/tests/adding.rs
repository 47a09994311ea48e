//! `/infractions add`: a warning by hand with all that belongs to it.

use super::{logging, read};
use crate::features::tests::{dialog, runs, types};
use crate::simulator::Permissions;
use crate::support::House;

/// What the log channel shows and what somebody was written.
fn told(house: &House, name: &str) -> String {
    let user = house.sim.user(name);
    let text = house.sim.look(|world| {
        let cards = world.bot_messages(house.mod_log).into_iter().map(|card| {
            let embed = &card.embeds[0];
            let fields = embed["fields"].as_array().into_iter().flatten();
            let mut text = embed["title"].as_str().unwrap_or_default().to_owned();
            for field in fields {
                let at = |name: &str| field[name].as_str().unwrap_or_default();
                text.push_str(&format!("\n  {}: {}", at("name"), at("value")));
            }
            text
        });
        let words = world.dms(user).into_iter().map(|word| word.content.clone());
        cards.chain(words).collect::<Vec<_>>().join("\n\n")
    });
    read(house, &text)
}

/// A moderator who may kick, with a role above those of members.
fn moderator(house: &House) {
    let moderator = house.guild.add_member("moderator").expect("a member");
    let may = Permissions::KICK_MEMBERS | Permissions::MODERATE_MEMBERS;
    let role = house.guild.add_role("moderators", may, 1);
    moderator.give_role(role).expect("there");
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn a_warning_is_an_infraction_and_a_case_and_the_member_is_told() {
    let house = logging().await;
    let text = dialog(
        &house,
        &[
            "/infractions add user:mallory rule:\"no spam\" reasoning:\"the same link in five channels\"",
            "/infractions add user:mallory rule:\"be kind\"",
            "/infractions view user:mallory",
            "/case view number:1",
        ],
    )
    .await;
    let card = house
        .sim
        .look(|world| world.bot_messages(house.mod_log)[0].id.to_string());
    insta::assert_snapshot!(read(&house, &text).replace(&card, "CARD"), @r#"
    > /infractions add user:mallory rule:"no spam" reasoning:"the same link in five channels"
    <@MALLORY> is warned: case #1.
    They were told by direct message.

    > /infractions add user:mallory rule:"be kind"
    <@MALLORY> is warned: case #2.
    They were told by direct message.

    > /infractions view user:mallory
    **2 infractions of** <@MALLORY>
    - `2` TIME **warning** · case #2: be kind
    - `1` TIME **warning** · case #1: no spam

    > /case view number:1
    **Case #1** · warning
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>
    When: TIME
    Reason: no spam: the same link in five channels
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD
    "#);
    insta::assert_snapshot!(told(&house, "mallory"), @r"
    Case #1 · warning
      Member: <@MALLORY> `mallory`
      By: <@ADMIN>
      Reason: no spam: the same link in five channels

    Case #2 · warning
      Member: <@MALLORY> `mallory`
      By: <@ADMIN>
      Reason: be kind

    You were warned in `The Server`.
    Reason: no spam: the same link in five channels
    Case: #1

    You were warned in `The Server`.
    Reason: be kind
    Case: #2
    ");
    let mallory = house.sim.user("mallory");
    let can_appeal = house.sim.look(|world| {
        let words = world.dms(mallory).into_iter();
        words.filter(|word| !word.components.is_empty()).count()
    });
    assert_eq!(can_appeal, 2, "each has the button to appeal with");
    let row = house.text(
        "SELECT concat_ws(' | ', rule_violated, action_taken, reasoning, \
         (SELECT infraction_count FROM user_data d WHERE d.user_id = i.user_id)) FROM user_infractions i WHERE id = 1",
    );
    assert_eq!(
        row.await.as_deref(),
        Some("no spam | WARN | no spam: the same link in five channels | 2")
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_direct_messages_is_warned_all_the_same() {
    let house = logging().await;
    house.member("mallory").closes_dms();
    let english = house.admin("/infractions add user:mallory rule:spam").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let german = house.admin("/infractions add user:mallory rule:spam").await;
    house.member("mallory").opens_dms();
    let heard = house
        .admin("/infractions add user:mallory rule:Spam reasoning:zweimal")
        .await;
    let text = [english, german, heard].join("\n\n");
    insta::assert_snapshot!(read(&house, &text), @r"
    <@MALLORY> is warned: case #1.
    They were not told: their direct messages are closed.

    <@MALLORY> ist verwarnt: Fall #2.
    Die Direktnachricht kam nicht an: Das Mitglied nimmt keine an.

    <@MALLORY> ist verwarnt: Fall #3.
    Die Direktnachricht ist angekommen.
    ");
    insta::assert_snapshot!(told(&house, "mallory"), @r"
    Case #1 · warning
      Member: <@MALLORY> `mallory`
      By: <@ADMIN>
      Reason: spam

    Fall #2 · Verwarnung
      Mitglied: <@MALLORY> `mallory`
      Von: <@ADMIN>
      Grund: spam

    Fall #3 · Verwarnung
      Mitglied: <@MALLORY> `mallory`
      Von: <@ADMIN>
      Grund: Spam: zweimal

    Verwarnung in `The Server`.
    Grund: Spam: zweimal
    Fall: #3
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_left_can_be_warned() {
    let house = logging().await;
    house.member("mallory").leaves().expect("anybody may");
    let line = format!(
        "/infractions add user:{} rule:spam",
        house.sim.user("mallory")
    );
    let english = house.admin(&line).await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let german = house.admin(&line).await;
    insta::assert_snapshot!(read(&house, &format!("{english}\n\n{german}")), @r"
    <@MALLORY> is warned: case #1.
    They were not told: they are not on the server.

    <@MALLORY> ist verwarnt: Fall #2.
    Die Direktnachricht entfällt: Das Mitglied ist nicht auf dem Server.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn some_people_cannot_be_warned() {
    let house = logging().await;
    moderator(&house);
    let chief = house.guild.add_member("chief").expect("a member");
    let high = house.guild.add_role("chiefs", Permissions::NONE, 40);
    chief.give_role(high).expect("there");
    house.guild.set_bot_position(30).expect("there");
    let peer = house.guild.add_member("peer").expect("a member");
    let role = house.guild.role("moderators").expect("there");
    peer.give_role(role).expect("there");
    let bot = house.sim.bot_user_id();
    let mut text = String::new();
    for (who, line) in [
        ("moderator", "user:moderator rule:x".to_owned()),
        ("moderator", format!("user:<@{bot}> rule:x")),
        ("moderator", "user:admin rule:x".to_owned()),
        ("moderator", "user:peer rule:x".to_owned()),
        ("moderator", "user:chief rule:x".to_owned()),
        ("admin", "user:chief rule:x".to_owned()),
        (
            "moderator",
            format!("user:mallory rule:{}", "x".repeat(101)),
        ),
        (
            "moderator",
            format!("user:mallory rule:x reasoning:{}", "x".repeat(401)),
        ),
        ("alice", "user:mallory rule:x".to_owned()),
    ] {
        let answer = house.says(who, &format!("/infractions add {line}")).await;
        text.push_str(&format!("{who}: {answer}\n"));
    }
    insta::assert_snapshot!(read(&house, &text), @r"
    moderator: You cannot do this to yourself.
    moderator: I do not do this to myself.
    moderator: The owner of the server is beyond this.
    moderator: Their highest role is not below yours. Nothing was done.
    moderator: Their highest role is not below yours. Nothing was done.
    admin: Their highest role is not below AIMod's. Nothing was done; move AIMod's role up.
    moderator: A rule has at most 100 characters here, and this one has 101. Nothing was done.
    moderator: The reasoning has at most 400 characters, and this one has 401. Nothing was done.
    alice: You need the permission **Kick Members** for this.
    ");
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mut text = String::new();
    for (who, name) in [
        ("moderator", "moderator"),
        ("moderator", "admin"),
        ("moderator", "peer"),
        ("admin", "chief"),
    ] {
        let line = format!("/infractions add user:{name} rule:x");
        text.push_str(&format!("{who}: {}\n", house.says(who, &line).await));
    }
    let line = format!("/infractions add user:<@{bot}> rule:x");
    text.push_str(&house.says("moderator", &line).await);
    insta::assert_snapshot!(read(&house, &text), @r"
    moderator: Das geht nicht mit dir selbst.
    moderator: Beim Eigentümer des Servers geht das nicht.
    moderator: Die höchste Rolle dieses Mitglieds steht nicht unter deiner. Nichts ist geschehen.
    admin: Die höchste Rolle dieses Mitglieds steht nicht unter der von AIMod. Nichts ist geschehen; die Rolle von AIMod gehört weiter nach oben.
    Das tue ich mir nicht an.
    ");
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        0
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_warns_by_text_too() {
    let house = logging().await;
    moderator(&house);
    let mallory = house.sim.user("mallory");
    let line = format!("o!infractions add <@{mallory}> being \"rude\" again, five times");
    let answer = types(&house, "moderator", &line).await;
    assert_eq!(
        read(&house, &answer),
        "<@MALLORY> is warned: case #1.\nThey were told by direct message."
    );
    let reason = house.text("SELECT reason FROM moderation_logs").await;
    assert_eq!(reason.as_deref(), Some("being \"rude\" again, five times"));
    let rule = house.text("SELECT rule_violated FROM user_infractions");
    assert_eq!(rule.await, reason, "the whole rest is the rule");
    let by = house.text("SELECT moderator_id FROM moderation_logs").await;
    assert_eq!(by, Some(house.sim.user("moderator").to_string()));
    let hint = types(&house, "moderator", "o!infractions add mallory").await;
    assert_eq!(
        hint,
        "Something is missing. Write it like `o!infractions add <user> <rule>`."
    );
    let denied = types(&house, "alice", &line).await;
    assert_eq!(denied, "You need the permission **Kick Members** for this.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_log_channel_nothing_is_posted() {
    let house = House::start().await;
    crate::features::tests::known(&house).await;
    let answer = runs(&house, "/infractions add user:mallory rule:spam").await;
    assert!(answer.ephemeral, "nobody else reads it");
    house.settled().await;
    let posted = house.sim.look(|world| {
        world.bot_messages(house.mod_log).len() + world.bot_messages(house.general).len()
    });
    assert_eq!(
        posted,
        usize::from(false),
        "only the answer, which alice does not see"
    );
    house.nothing_is_left().await;
}
