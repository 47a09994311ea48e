//! The test servers do what tests rely on. Runs in every test program, so that none of this is ever dead code.

use ::redis::Value;
use diesel_async::SimpleAsyncConnection;

use super::{
    House, Link, Runner, TestDatabase, TestRedis, database, database_without_schema, redis,
    server_options,
};
use aimod::store::{Pool, PoolOptions, connect};

#[tokio::test(flavor = "multi_thread")]
async fn each_test_has_a_database_of_its_own() {
    let (first, second) = tokio::join!(database(), database_without_schema());
    assert_ne!(first.name, second.name);
    let statement = "SELECT * FROM guild_config";
    let mut connection = first.pool.acquire().await.expect("a connection");
    connection.batch_execute(statement).await.expect("migrated");
    let mut connection = second.pool.acquire().await.expect("a connection");
    connection
        .batch_execute(statement)
        .await
        .expect_err("empty");
    assert_eq!(server_options().data_dir, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_may_do_what_it_was_granted() {
    let (database, empty) = tokio::join!(database(), database_without_schema());
    let (runner, role): (Runner, Runner) = tokio::join!(database.runner(), empty.role());
    assert_ne!(runner.name, role.name);
    let limit = std::time::Duration::from_secs(10);
    let mut connection = connect(&runner.url, limit).await.expect("it answers");
    let read = connection.batch_execute("SELECT * FROM guild_config");
    read.await.expect("granted");
    connect(&role.url, limit).await.expect("it answers");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_can_be_cut_stalled_and_healed() {
    let database: TestDatabase = database().await;
    let (link, url) = Link::to_postgres(&database.url).await;
    assert!(link.address().ip().is_loopback());
    let options = PoolOptions {
        acquire_timeout: std::time::Duration::from_millis(300),
        ..PoolOptions::from_settings(
            "linked",
            &aimod::settings::DatabaseSettings {
                min_connections: 0,
                ..aimod::settings::DatabaseSettings::default()
            },
        )
    };
    let pool = Pool::open(&url, options).expect("a pool");
    pool.ping().await.expect("the link is open");
    link.cut();
    pool.ping().await.expect_err("the link is cut");
    link.stall();
    pool.ping().await.expect_err("nothing passes");
    link.delay(std::time::Duration::from_millis(1));
    // An attempt that got stuck may take the first caller's time.
    while pool.ping().await.is_err() {}
    link.heal();
    pool.ping().await.expect("the link is open");
    assert!(link.connections() > 1, "the cut ended the first");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_test_has_a_redis_that_can_die() {
    let mut redis: TestRedis = redis().await;
    redis.command(&["SET", "a", "1"]).await.expect("it answers");
    redis.flush().await;
    let value = redis.command(&["GET", "a"]).await.expect("it answers");
    assert_eq!(value, Value::Nil);
    redis.stop().await;
    redis.command(&["GET", "a"]).await.expect_err("it is dead");
    redis.start().await;
    redis
        .command(&["GET", "a"])
        .await
        .expect("it answers again");
}

#[tokio::test]
async fn what_comes_to_hold_is_waited_for() {
    let mut looks = 0;
    super::eventually("the third look", || {
        looks += 1;
        looks == 3
    })
    .await;
    assert_eq!(looks, 3);
}

#[tokio::test]
async fn a_house_tells_what_its_database_holds() {
    let mut house = House::start().await;
    assert_ne!(house.mod_log, house.general);
    let folder = tempfile::tempdir().expect("a folder");
    let second = house.another(folder.path()).await;
    second.stop().await.expect("it stops");
    house.settled().await;
    let query = format!(
        "SELECT name FROM guild_settings WHERE guild_id = {}",
        house.id()
    );
    assert_eq!(house.text(&query).await.as_deref(), Some("The Server"));
    assert_eq!(house.number("SELECT count(*) FROM guild_settings").await, 1);
    assert_eq!(house.app().guilds().waiting(), 0);
    let denied = house.says("alice", "/config show").await;
    assert_ne!(denied, house.admin("/config show").await);
    house.rest().await;
    house.wake().await;
    house.nothing_is_left().await;
}
