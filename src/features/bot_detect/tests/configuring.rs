//! `/botdetect` as administrators use it.

use futures_util::future::join_all;

use crate::features::tests::{detecting, dialog, types};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_sets_it_up() {
    let house = House::start().await;
    let log = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:{}",
        house.mod_log
    );
    let text = dialog(
        &house,
        &[
            "/botdetect status",
            "/botdetect enable on:true",
            "/botdetect enable on:true",
            &log,
            "/botdetect action action:timeout duration:1d12h",
            "/botdetect action action:timeout duration:29d",
            "/botdetect action action:timeout duration:soon",
            "/botdetect action action:ban",
            "/botdetect keywords list",
            "/botdetect keywords add keyword:Cheap Crypto",
            "/botdetect keywords add keyword:cheap  CRYPTO",
            "/botdetect keywords add keyword:scam.example",
            "/botdetect keywords add keyword:...",
            "/botdetect keywords remove keyword:never added",
            "/botdetect keywords list",
            "/botdetect keywords remove keyword:cheap crypto",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist remove user:mallory",
            "/botdetect whitelist add",
            "/botdetect test text:good morning",
            "/botdetect test text:claim your FREE NITRO now",
            "/botdetect test text:see https://www.scam.example/login",
            "/botdetect status",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @"");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_forms_are_understood() {
    let house = detecting().await;
    let mut text = String::new();
    for line in [
        "o!botdetect enable off",
        "o!botdetect enable perhaps",
        "o!botdetect action kick",
        "o!botdetect action explode",
        "o!botdetect action timeout 2h",
        "o!botdetect keywords add two words",
        "o!botdetect keywords add",
        "o!botdetect keywords list first",
        "o!botdetect keywords",
        "o!botdetect whitelist add nobody at all",
        "o!case view one",
        "o!infractions view nobody",
    ] {
        let answer = types(&house, "admin", line).await;
        text.push_str(&format!("> {line}\n{answer}\n\n"));
    }
    insta::assert_snapshot!(text.trim_end(), @"");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_keywords_that_are_added_at_once_are_ten_keywords() {
    let house = House::start().await;
    let lines: Vec<String> = (0..10)
        .map(|number| format!("/botdetect keywords add keyword:phrase number {number}"))
        .collect();
    for answer in join_all(lines.iter().map(|line| house.admin(line))).await {
        assert!(answer.starts_with("Added `phrase number"), "{answer}");
    }
    let count = "SELECT jsonb_array_length(keywords) FROM botdetect_config";
    assert_eq!(house.number(count).await, 10);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn own_keywords_are_suggested_for_removal() {
    let house = House::start().await;
    house
        .admin("/botdetect keywords add keyword:Cheap Crypto")
        .await;
    house
        .admin("/botdetect keywords add keyword:scam.example")
        .await;
    let admin = house.member("admin");
    let line = "/botdetect keywords remove keyword:cr";
    let choices = admin.autocompletes(line).await.expect("suggestions");
    let values: Vec<_> = choices
        .iter()
        .filter_map(|choice| choice["value"].as_str())
        .collect();
    assert_eq!(values, ["Cheap Crypto"]);
    house.nothing_is_left().await;
}
