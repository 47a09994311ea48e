//! What was posted while nobody listened is read back and judged, once.

use diesel_async::SimpleAsyncConnection as _;

use crate::domain::ids::MessageId;
use crate::features::tests::{detecting, gone, punished};
use crate::support::House;

const SCAM: &str = "free nitro here";
const MESSAGES: &str = "SELECT message_count FROM user_data WHERE username = 'mallory'";

fn posts(house: &House, name: &str, text: &str) -> MessageId {
    let posted = house.member(name).posts(house.general, text);
    posted.expect("a message")
}

async fn cases(house: &House) -> i64 {
    house.number("SELECT count(*) FROM moderation_logs").await
}

/// As after a kill: nothing says that the last minutes were heard.
async fn forget(house: &House) {
    let statement = "UPDATE gateway_progress SET heard_until = heard_until - interval '5 minutes'";
    let mut conn = house.database.pool.acquire().await.expect("a connection");
    conn.batch_execute(statement).await.expect("one row");
}

#[tokio::test]
async fn what_was_posted_while_the_bot_was_away_is_judged_at_its_start() {
    let mut house = detecting().await;
    house.rest().await;
    let scam = posts(&house, "mallory", SCAM);
    let clean = posts(&house, "alice", "good morning");
    house.wake().await;
    gone(&house, scam).await;
    assert_eq!(cases(&house).await, 1);
    house.sim.look(|world| {
        assert!(world.message(house.general, clean).is_some());
        assert_eq!(world.bot_messages(house.mod_log).len(), 1, "one card");
    });
    house.nothing_is_left().await;
}

#[tokio::test]
async fn what_was_judged_before_is_neither_punished_nor_counted_again() {
    let mut house = detecting().await;
    house.admin("/botdetect action action:warn").await;
    let scam = punished(&house, "mallory", SCAM).await;
    posts(&house, "mallory", "sorry");
    house.settled().await;
    house.rest().await;
    let counted = house.number(MESSAGES).await;
    forget(&house).await;
    house.wake().await;
    house.settled().await;
    assert_eq!(cases(&house).await, 1);
    assert_eq!(house.number(MESSAGES).await, counted);
    let mallory = house.sim.user("mallory");
    house.sim.look(|world| {
        assert!(world.message(house.general, scam).is_none());
        assert_eq!(world.dms(mallory).len(), 1, "told once");
    });
    house.nothing_is_left().await;
}

#[tokio::test]
async fn staff_stays_staff_in_what_is_read_back() {
    let mut house = detecting().await;
    house.rest().await;
    let example = posts(&house, "admin", SCAM);
    house.wake().await;
    house.settled().await;
    house.sim.look(|world| {
        assert!(world.message(house.general, example).is_some(), "it stays");
    });
    assert_eq!(cases(&house).await, 0);
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_session_that_was_lost_is_made_up_for() {
    let mut house = detecting().await;
    house.rest().await;
    house.wake().await;
    house.sim.invalidate_sessions(false);
    // The next session begins a moment later and is told nothing of this.
    let scam = posts(&house, "mallory", SCAM);
    gone(&house, scam).await;
    assert_eq!(cases(&house).await, 1);
    house.nothing_is_left().await;
}

#[tokio::test]
async fn nothing_is_read_back_further_than_the_setting_says() {
    let mut house = detecting().await;
    house.rest().await;
    let scam = posts(&house, "mallory", SCAM);
    house.settings.discord.catch_up = std::time::Duration::ZERO;
    house.wake().await;
    let fresh = posts(&house, "mallory", SCAM);
    gone(&house, fresh).await;
    house.sim.look(|world| {
        assert!(world.message(house.general, scam).is_some(), "it stays");
    });
    house.nothing_is_left().await;
}

#[tokio::test]
async fn a_first_run_that_is_killed_at_once_has_noted_when_it_began() {
    let mut house = House::start().await;
    let noted =
        "SELECT count(*) FROM gateway_progress WHERE heard_until > now() - interval '1 minute'";
    assert_eq!(house.number(noted).await, 1);
    house.rest().await;
    house.sim.shutdown().await;
}
