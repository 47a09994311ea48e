//! A database that does not answer in time: what has to open a form at once says so before Discord stops waiting.

use diesel_async::SimpleAsyncConnection as _;

use super::{punished, runs, types};
use crate::support::House;

/// Everything that opens a form is asked for, all of it at once.
async fn is_refused_in_time(house: &House) {
    let (admin, mallory) = (house.member("admin"), house.member("mallory"));
    let calls = [
        admin.runs("/case edit number:1").expect("a command"),
        admin.clicks("Open the form").expect("a button"),
        mallory.runs("/appeal punishment:1").expect("a command"),
        mallory.clicks("Appeal").expect("a button"),
    ];
    for call in calls {
        let answer = call.answer().await.expect("an answer in time");
        let text = answer.text();
        assert!(
            text.ends_with("right now. Please try again in a minute."),
            "{answer:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_refused_in_time_while_the_database_is_slow() {
    let house = House::start().await;
    for line in ["/botdetect enable on:true", "/botdetect action action:warn"] {
        house.admin(line).await;
    }
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    types(&house, "admin", "o!case edit 1").await;
    house.settled().await;
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    let locked = conn.batch_execute(
        "BEGIN; LOCK TABLE moderation_logs, appeals, user_infractions, guild_config, guild_settings, \
         botdetect_config IN ACCESS EXCLUSIVE MODE",
    );
    locked.await.expect("locked");
    is_refused_in_time(&house).await;
    conn.batch_execute("ROLLBACK").await.expect("free again");
    drop(conn);
    let opened = runs(&house, "/case edit number:1").await;
    assert!(opened.modal.is_some(), "{opened:?}");
    house.nothing_is_left().await;
}
