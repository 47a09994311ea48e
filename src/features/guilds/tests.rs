//! A purge while the bot is in the guild: it goes on there as in a new one.

use super::{Purger, Reason};
use crate::domain::ids::ConfigVersion;
use crate::features::tests::{detecting, punished, stays};
use crate::support::House;

async fn version(house: &House) -> ConfigVersion {
    let held = house.app().guilds().configuration(house.id()).await;
    held.expect("it answers").version()
}

/// Waits until the guild judges by the configuration that the purge has left.
async fn started_over(house: &House) {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(5));
    let waiting = async {
        while version(house).await > ConfigVersion(0) {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), waiting)
        .await
        .expect("the guild hears of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_guild_goes_on_with_the_defaults() {
    let house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    assert!(version(&house).await > ConfigVersion(1));
    let app = house.app();
    let purger = Purger::new(app.writer().clone(), app.cache().clone());
    let gone = purger
        .purge(house.id(), Reason::Operator)
        .await
        .expect("written");
    let gone = gone.expect("the operator means it");
    assert_eq!(
        (gone["moderation_logs"], gone["guild_settings"]),
        (1, 1),
        "{gone:?}"
    );
    started_over(&house).await;
    stays(&house, "mallory", "claim your FREE NITRO now").await;
    house.admin("/botdetect enable on:true").await;
    punished(&house, "mallory", "claim your FREE NITRO again").await;
    let number = "SELECT max(case_number) FROM moderation_logs";
    assert_eq!(house.number(number).await, 1, "cases count from 1 again");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_was_not_left_is_let_alone() {
    let house = detecting().await;
    let app = house.app();
    let purger = Purger::new(app.writer().clone(), app.cache().clone());
    let reason = Reason::LeftBefore(app_now());
    assert_eq!(purger.purge(house.id(), reason).await, Ok(None));
    assert!(version(&house).await > ConfigVersion(0));
    house.nothing_is_left().await;
}

fn app_now() -> chrono::DateTime<chrono::Utc> {
    crate::domain::clock::Clock::system().now()
}
