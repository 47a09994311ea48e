//! Buttons below `/config show`: they turn pages, ask for the same permission, and survive a restart.

use crate::features::config::replies::overview;
use crate::features::config::words::Words;
use crate::features::registry;
use crate::features::tests::{known, logged, named, press, runs, types};
use crate::guild::config::snapshot::Reading;
use crate::guild::language::Language;
use crate::simulator::Answer;
use crate::store::tables::config::StoredConfig;
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_turned_and_show_what_holds_then() {
    let house = House::start().await;
    let first = runs(&house, "/config show").await;
    assert_eq!(first.custom_ids(), ["config/show/0", "config/show/2"]);
    house
        .admin("/config set key:BOTDETECT_TIMEOUT value:2h")
        .await;
    let second = press(&house, "admin", &first, "config/show/2").await;
    insta::assert_snapshot!(second.text(), @r"
    **Settings of this server**, version 1, page 2 of 2
    __Bot detection__
    `BOTDETECT_LOG_CHANNEL` = unset
    `BOTDETECT_WHITELIST_ROLES` = none (default)
    `BOTDETECT_WHITELIST_USERS` = none (default)
    __Appeals__
    `APPEALS_CHANNEL_ID` = unset
    `APPEALS_DELAY` = unset
    `APPEALS_ENABLED` = true (default)
    `APPEALS_MAX_LENGTH` = 1000 (default)
    `APPEALS_MIN_LENGTH` = 20 (default)
    `APPEALS_PAUSE` = unset
    `APPEALS_WAIT` = 1w (default)
    `/config show` with the name of a setting tells what it means; `/config set` changes it.
    ");
    assert_eq!(second.message, first.message, "the same message");
    assert_eq!(second.custom_ids(), ["config/show/1", "config/show/3"]);
    let back = press(&house, "admin", &second, "config/show/1").await;
    assert!(back.text().contains("page 1 of 2"), "{}", back.text());
    logged(&house, 4).await;
    let log = house.text("SELECT string_agg(command_name || ' ' || outcome, ', ' ORDER BY timestamp, id) FROM command_logs").await;
    insta::assert_snapshot!(log.expect("rows"), @"config show OK, config set OK, config show page OK, config show page OK");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_works_after_a_restart_and_only_for_those_who_may() {
    let mut house = House::start().await;
    types(&house, "admin", "o!config show").await;
    let public = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.first().map(|message| message.id)
    });
    let answer = Answer {
        message: public,
        ..Answer::default()
    };
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let refused = press(&house, "alice", &answer, "config/show/2").await;
    assert_eq!(
        refused.text(),
        "You need the permission **Manage Server** for this."
    );
    assert!(refused.ephemeral, "nobody else reads it");
    let turned = press(&house, "admin", &answer, "config/show/2").await;
    assert!(named(&house, turned.text()).contains("page 2 of 2"));
    logged(&house, 3).await;
    let forbidden = "SELECT count(*) FROM command_logs WHERE command_name = 'config show page' AND outcome = 'FORBIDDEN'";
    assert_eq!(house.number(forbidden).await, 1);
    house.nothing_is_left().await;
}

#[test]
fn a_page_beyond_the_end_is_the_last_one() {
    let registry = registry();
    let words = Words::new(Language::En, &registry);
    let snapshot = Reading::of(&registry, StoredConfig::default()).compile(&registry);
    let text = |page| overview(words, &snapshot, page).text;
    assert_eq!(text(99), text(2));
    assert_eq!(text(0), text(1));
    assert_ne!(text(1), text(2));
}
