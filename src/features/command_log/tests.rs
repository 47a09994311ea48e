//! Every run of a command leaves a row, whatever became of it.

use crate::features::tests::{logged, types};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn every_run_is_logged_with_its_outcome_and_without_its_arguments() {
    let house = House::start().await;
    house.admin("/config show").await;
    house
        .admin("/config set key:PREFIX value:far too long a prefix")
        .await;
    house.says("alice", "/botdetect keywords list").await;
    types(&house, "admin", "o!botdetect test a private text").await;
    types(&house, "admin", "o!config set").await;
    logged(&house, 5).await;
    let log = house
        .text(
            "SELECT string_agg(command_name || ' ' || outcome, ', ' ORDER BY timestamp, id) \
             FROM command_logs WHERE duration_ms >= 0",
        )
        .await;
    insta::assert_snapshot!(log.expect("rows"), @"config show OK, config set REFUSED, botdetect keywords list FORBIDDEN, botdetect test OK, config set REFUSED");
    house.nothing_is_left().await;
}
