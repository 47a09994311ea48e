//! Answers arrive, also where Discord takes no more messages for a moment.

use std::time::Duration;

use super::{logged, types};
use crate::simulator::{Fault, SimulatorOptions};
use crate::support::House;

const CHANGES: &str = "SELECT count(*) FROM guild_config_revisions";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_one_too_many_is_sent_a_little_later() {
    let house = House::start().await;
    let full = Fault::RateLimited {
        retry_after: Duration::from_millis(500),
        global: false,
    };
    house.sim.fail_next("POST /channels/*/messages", 1, full);
    let told = types(&house, "admin", "o!config set LANGUAGE_CODE de").await;
    assert!(told.contains("`en` (Standard) → `de`"), "{told}");
    logged(&house, 1).await;
    let failed = "SELECT count(*) FROM command_logs WHERE outcome <> 'OK'";
    assert_eq!(
        (house.number(failed).await, house.number(CHANGES).await),
        (0, 1)
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_text_commands_than_discord_takes_answers_in_a_second_are_all_answered() {
    const COMMANDS: usize = 8;
    let house = House::start_on(SimulatorOptions::default(), |_| {}).await;
    super::known(&house).await;
    let admin = house.member("admin");
    for minutes in 1..=COMMANDS {
        let line = format!("o!config set BOTDETECT_TIMEOUT {minutes}m");
        admin.posts(house.general, &line).expect("a message");
    }
    let all = house.sim.wait_for("every answer", |world| {
        (world.bot_messages(house.general).len() == COMMANDS).then_some(())
    });
    all.await.expect("answered");
    let changes = house.number(CHANGES).await;
    assert_eq!(usize::try_from(changes), Ok(COMMANDS));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_lists_what_the_asker_may_use() {
    let house = House::start().await;
    super::known(&house).await;
    let all = house.admin("/help").await;
    assert!(all.contains("`/config show | set | add"), "{all}");
    assert!(!all.contains("globalban"), "who operates nothing: {all}");
    let typed = types(&house, "alice", "o!help").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let german = house.says("alice", "/help").await;
    insta::assert_snapshot!(format!("{typed}\n\n{german}"), @r"
    **What you may use here**
    `o!mydata export | forget` Gives you what AIMod keeps about you, or forgets it.
    `o!blog list | show` Reads what the operators of AIMod publish.
    `o!appeal` Appeals against one of your own punishments.
    `o!help` Lists the commands that you may use here.

    **Was du hier nutzen kannst**
    `/mydata export | forget` Gives you what AIMod keeps about you, or forgets it.
    `/blog list | show` Reads what the operators of AIMod publish.
    `/appeal` Appeals against one of your own punishments.
    `/help` Lists the commands that you may use here.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistyped_command_is_hinted_at_and_one_of_another_bot_is_not() {
    let house = House::start().await;
    super::known(&house).await;
    let alice = house.member("alice");
    alice.posts(house.general, "o!weather").expect("a message");
    let hint = types(&house, "alice", "o!infractoins view mallory").await;
    assert_eq!(hint, "Did you mean `o!infractions`?");
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let hint = types(&house, "alice", "o!confg").await;
    assert_eq!(hint, "Meintest du `o!config`?");
    let answers = house
        .sim
        .look(|world| world.bot_messages(house.general).len());
    assert_eq!(answers, 2, "what is not ours is left alone");
    house.nothing_is_left().await;
}
