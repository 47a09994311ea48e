//! `/config check` and the members that settings name: who has left is found, and what could not be asked is said.

use crate::features::tests::{known, named};
use crate::simulator::Fault;
use crate::support::House;

/// A guild that lets alice and mallory alone, and from which alice is gone.
async fn left() -> House {
    let house = House::start().await;
    known(&house).await;
    for line in [
        "/botdetect whitelist add user:alice",
        "/botdetect whitelist add user:mallory",
    ] {
        house.admin(line).await;
    }
    house.member("alice").leaves().expect("she may");
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_has_left_is_found() {
    let house = left().await;
    insta::assert_snapshot!(named(&house, house.admin("/config check").await), @r"
    **Check of version 2**: one finding
    - `BOTDETECT_WHITELIST_USERS` names <@ALICE> (`ALICE`), who is no member any more. Take them out.
    ");
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    insta::assert_snapshot!(named(&house, house.admin("/config check").await), @r"
    **Prüfung von Version 3**: ein Befund
    - In `BOTDETECT_WHITELIST_USERS` steht <@ALICE> (`ALICE`), kein Mitglied dieses Servers mehr. Der Eintrag kann heraus.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_who_cannot_be_asked_for_are_not_called_gone_nor_there() {
    let house = left().await;
    let members = "GET /guilds/*/members/*";
    house.sim.fail_next(members, 1_000, Fault::Status(500));
    insta::assert_snapshot!(house.admin("/config check").await, @r"
    **Check of version 2**: one finding
    - Whether 2 of the members that settings name are still here could not be asked. Please try again later.
    ");
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    insta::assert_snapshot!(house.admin("/config check").await, @r"
    **Prüfung von Version 3**: ein Befund
    - Bei 2 Mitgliedern, die in den Einstellungen stehen, ließ sich nicht erfragen, ob sie noch da sind. Bitte später noch einmal versuchen.
    ");
    house.sim.clear_faults();
    let found = house.admin("/config check").await;
    assert!(found.contains("kein Mitglied"), "{found}");
    house.nothing_is_left().await;
}
