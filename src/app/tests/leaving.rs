//! A guild that AIMod has left is purged after its grace; an outage is no leaving, and coming back keeps everything.

use std::time::Duration;

use chrono::TimeDelta;

use crate::domain::clock::Clock;
use crate::domain::ids::ConfigVersion;
use crate::features::tests::{named, plain_sql, punished, without_times};
use crate::simulator::SimulatorOptions;
use crate::support::House;

const LEFT: &str = "SELECT count(*) FROM guild_settings WHERE left_at IS NOT NULL";
const TABLES: &str = "SELECT string_agg(table_name, ' ') FROM information_schema.columns c WHERE table_schema = 'public' \
     AND column_name = 'guild_id' AND NOT EXISTS (SELECT FROM pg_class p WHERE p.relname = c.table_name AND p.relispartition)";

/// A guild with settings, a case and a log of commands, on a clock that can be put forward.
async fn house() -> House {
    let discord = SimulatorOptions {
        clock: Clock::shifted(),
        rate_limits: false,
        ..SimulatorOptions::default()
    };
    let house = House::start_on(discord, |_| {}).await;
    house.admin("/config set key:PREFIX value:!!").await;
    house.admin("/botdetect enable on:true").await;
    house.admin("/botdetect action action:warn").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    house
}

/// Waits until the database tells this number.
async fn until(house: &House, query: &str, wanted: i64) {
    let mut ticks = tokio::time::interval(Duration::from_millis(5));
    let waiting = async {
        while house.number(query).await != wanted {
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(waited.is_ok(), "{query} is never {wanted}");
}

/// So many days later the house is looked through.
async fn days_pass(house: &House, days: i64) -> i64 {
    house.sim.advance(TimeDelta::days(days));
    let gone = house.app().keep_up().await.expect("it works");
    let gone = gone.expect("nobody else is at it");
    let of_guilds = gone.iter().find(|(class, _)| *class == "left_guilds");
    of_guilds.map_or(0, |(_, rows)| *rows)
}

/// How many rows of the guild there are in all tables.
async fn rows(house: &House) -> i64 {
    let tables = house.text(TABLES).await.expect("tables");
    let mut rows = 0;
    for table in tables.split(' ') {
        let of_guild = format!(
            "SELECT count(*) FROM {table} WHERE guild_id = {}",
            house.id()
        );
        rows += house.number(&of_guild).await;
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_was_left_is_gone_after_thirty_days_and_not_before() {
    let house = house().await;
    house.guild.remove_bot().expect("it was there");
    until(&house, LEFT, 1).await;
    assert_eq!(days_pass(&house, 29).await, 0);
    assert!(rows(&house).await > 5, "all of it is there");

    house.guild.invite_bot().expect("it was away");
    until(&house, LEFT, 0).await;
    assert_eq!(days_pass(&house, 31).await, 0, "coming back cancels it");
    let shown = house.admin("/config show key:PREFIX").await;
    assert!(shown.contains("!!"), "{shown}");

    house.guild.remove_bot().expect("it was there");
    until(&house, LEFT, 1).await;
    house.settled().await;
    assert!(days_pass(&house, 31).await > 3);
    assert_eq!(rows(&house).await, 0, "nothing of it is left");
    assert_eq!(
        house
            .number("SELECT count(*) FROM user_data WHERE infraction_count > 0")
            .await,
        0
    );

    house.guild.invite_bot().expect("it was away");
    until(
        &house,
        "SELECT count(*) FROM guild_settings WHERE left_at IS NULL",
        1,
    )
    .await;
    let shown = house.admin("/config show key:PREFIX").await;
    insta::assert_snapshot!(without_times(&named(&house, shown)), @r"
    **PREFIX** = `o!` (default)
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.
    ");
    let held = house
        .app()
        .guilds()
        .configuration(house.id())
        .await
        .expect("it answers");
    assert_eq!(held.version(), ConfigVersion(0), "a new beginning");
    assert!(
        house
            .admin("/config set key:PREFIX value:?")
            .await
            .contains('1'),
        "versions count from 1 again"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_was_left_while_nobody_listened_is_found_at_the_next_start() {
    let mut house = house().await;
    house.settled().await;
    house.rest().await;
    house.guild.remove_bot().expect("it was there");
    house.wake().await;
    until(&house, LEFT, 1).await;
    assert_eq!(days_pass(&house, 29).await, 0);
    assert!(rows(&house).await > 5, "all of it is there");
    assert!(days_pass(&house, 2).await > 3);
    assert_eq!(rows(&house).await, 0, "nothing of it is left");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_an_outage_at_the_start_nor_an_import_is_leaving() {
    let mut house = house().await;
    let other = house.sim.add_guild_of("Another Server", "admin");
    until(
        &house,
        "SELECT count(*) FROM guild_settings WHERE name <> ''",
        2,
    )
    .await;
    plain_sql(
        &house,
        "INSERT INTO guild_settings (guild_id) VALUES (4194311)",
    )
    .await;
    house.settled().await;
    house.rest().await;
    house.guild.outage();
    other.remove_bot().expect("it was there");
    house.wake().await;
    until(&house, LEFT, 1).await;
    house.settled().await;
    let left = "SELECT guild_id FROM guild_settings WHERE left_at IS NOT NULL";
    assert_eq!(
        house.number(left).await,
        other.id().as_i64(),
        "and no other one"
    );

    other.invite_bot().expect("it was away");
    until(&house, LEFT, 0).await;
    house.guild.restore();
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_not_leaving() {
    let house = house().await;
    house.guild.outage();
    house.settled().await;
    assert_eq!(house.number(LEFT).await, 0);
    assert_eq!(days_pass(&house, 60).await, 0);
    assert!(rows(&house).await > 5, "all of it is there");
    assert_eq!(
        house.number("SELECT count(*) FROM moderation_logs").await,
        1
    );
    house.guild.restore();
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn zero_days_keep_a_left_guild_for_ever() {
    let discord = SimulatorOptions {
        clock: Clock::shifted(),
        rate_limits: false,
        ..SimulatorOptions::default()
    };
    let house = House::start_on(discord, |settings| settings.retention.left_guild_days = 0).await;
    house.guild.remove_bot().expect("it was there");
    until(&house, LEFT, 1).await;
    assert_eq!(days_pass(&house, 10_000).await, 0);
    assert_eq!(house.number(LEFT).await, 1);
    house.nothing_is_left().await;
}
