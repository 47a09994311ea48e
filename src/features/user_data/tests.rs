//! Users as moderators look them up.

use crate::features::tests::{detecting, dialog, named, plain_sql, punished, types, without_times};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn a_moderator_learns_what_is_known_of_a_user() {
    let mut house = detecting().await;
    house
        .admin("/note add user:mallory text:an old acquaintance")
        .await;
    house
        .member("mallory")
        .posts(house.general, "hello")
        .expect("a message");
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    // What is counted is written when the bot stops, at the latest.
    house.rest().await;
    house.wake().await;
    let mallory = house.sim.user("mallory");
    let text = house.admin("/user info user:mallory").await;
    insta::assert_snapshot!(named(&house, without_times(&text)), @r"
    **<@MALLORY>** · `mallory` · `MALLORY`
    Account made: TIME (TIME)
    First seen by AIMod: TIME (TIME)
    Last seen: TIME (TIME)
    Messages seen, in all servers together: 2
    Infractions in this server: 1
    Last case in this server: #1 · timeout · TIME (TIME)
    Notes: 1, see `/note list`
    ");
    // Otherwise the ban would be carried out here, and be the last case.
    house
        .admin("/config set key:GLOBAL_BANS_ENABLED value:off")
        .await;
    plain_sql(
        &house,
        &format!(
            "INSERT INTO global_bans (user_id, reason) VALUES ({mallory}, 'a scammer everywhere'); \
             UPDATE user_data SET username = 'm4llory', avatar_url = 'https://cdn.discordapp.com/avatars/1/2.png'"
        ),
    )
    .await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/user info user:mallory",
            "/user info user:alice",
        ],
    )
    .await;
    let text = text.split_once("> /user").map_or("", |(_, rest)| rest);
    insta::assert_snapshot!(without_times(&format!("> /user{text}")), @r"
    > /user info user:mallory
    **<@MALLORY>** · `mallory` · `MALLORY` · zuletzt gesehen als `m4llory`
    Konto erstellt: TIME (TIME)
    Zuerst von AIMod gesehen: TIME (TIME)
    Zuletzt gesehen: TIME (TIME)
    Gesehene Nachrichten, auf allen Servern zusammen: 2
    Bild: <https://cdn.discordapp.com/avatars/1/2.png>
    Verstöße auf diesem Server: 1
    Letzter Fall auf diesem Server: #1 · Timeout · TIME (TIME)
    Notizen: 1, siehe `/note list`
    **Global gebannt** seit TIME (TIME): a scammer everywhere

    > /user info user:alice
    **<@ALICE>** · `alice` · `ALICE`
    Konto erstellt: TIME (TIME)
    AIMod hat diese Person noch nicht gesehen.
    Verstöße auf diesem Server: 0
    Letzter Fall auf diesem Server: keiner
    Notizen: keine
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_text_commands_learn_less() {
    let house = House::start().await;
    let mallory = house.sim.user("mallory");
    let told = house.says("alice", "/user info user:mallory").await;
    assert_eq!(
        told,
        "You need the permission **Timeout Members** for this."
    );
    house.admin("/note add user:mallory text:quiet").await;
    let public = types(&house, "admin", &format!("o!user info <@{mallory}>")).await;
    assert!(public.contains("Infractions in this server: 0"), "{public}");
    assert!(!public.contains("Notes"), "everybody reads along: {public}");
    house.nothing_is_left().await;
}
