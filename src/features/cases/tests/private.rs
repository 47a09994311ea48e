//! What of a case is for the staff alone, and what a moderator reads of a case about themselves.

use super::editing::banned;
use super::read;
use crate::features::tests::{dialog, plain_sql, types};
use crate::simulator::Permissions;

#[tokio::test(flavor = "multi_thread")]
async fn notes_are_for_the_staff_and_a_case_about_oneself_is_for_the_others() {
    let house = banned().await;
    dialog(&house, &["/case note number:1 text:an alt of alice"]).await;
    let typed = types(&house, "admin", "o!case view 1").await;
    let alice = house.member("alice");
    alice.may(Permissions::MODERATE_MEMBERS).expect("there");
    let about_alice = format!(
        "UPDATE moderation_logs SET target_user_id = {}",
        house.sim.user("alice")
    );
    plain_sql(&house, &about_alice).await;
    let mut texts = vec![typed];
    for line in [
        "/case view number:1",
        "/case reason number:1 text:nothing at all",
        "/case note number:1 text:seen",
        "/case edit number:1",
    ] {
        texts.push(house.says("alice", line).await);
    }
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    texts.push(types(&house, "alice", "o!case note 1 gesehen").await);
    texts.push(types(&house, "admin", "o!case view 1").await);
    texts.push(types(&house, "admin", "o!case note 1 gesehen").await);
    insta::assert_snapshot!(read(&house, &texts.join("\n\n")), @"
    **Case #1** · ban
    Member: <@MALLORY> (`MALLORY`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1
    Note of the staff: there is one; `/case view number:1` shows it to you alone
    TIME <@ADMIN> changed the note

    **Case #1** · ban
    Member: <@ALICE> (`ALICE`)
    By: <@ADMIN>, in Discord's own menus
    When: TIME
    Reason: spam
    Outcome: carried out
    Card: https://discord.com/channels/GUILD/MOD-LOG/CARD-1

    This is about yourself, and so it is for somebody else of the staff to change.

    This is about yourself, and so it is for somebody else of the staff to change.

    This is about yourself, and so it is for somebody else of the staff to change.

    Das handelt von dir selbst; ändern muss es jemand anders aus dem Team.

    **Fall #1** · Bann
    Mitglied: <@ALICE> (`ALICE`)
    Von: <@ADMIN>, in den Menüs von Discord
    Wann: TIME
    Grund: spam
    Ergebnis: ausgeführt
    Karte: https://discord.com/channels/GUILD/MOD-LOG/CARD-1
    Notiz des Teams: Es gibt eine; `/case view number:1` zeigt sie dir allein
    TIME <@ADMIN> hat die Notiz geändert

    Die Notiz zu Fall #1 ist geändert; `/case view number:1` zeigt sie dir allein.
    ");
    house.nothing_is_left().await;
}
