//! What administrators and members of a German guild read of bot detection.

use crate::features::tests::{detecting, dialog, named, punished};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reads_german() {
    let house = detecting().await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/botdetect status",
            "/botdetect enable on:true",
            "/botdetect action action:ban",
            "/botdetect action action:timeout duration:5x",
            "/botdetect keywords list",
            "/botdetect keywords add keyword:buy followers",
            "/botdetect keywords add keyword:Buy  Followers",
            "/botdetect keywords add keyword:...",
            "/botdetect keywords list",
            "/botdetect keywords remove keyword:gone",
            "/botdetect keywords remove keyword:buy followers",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist remove user:alice",
            "/botdetect whitelist remove user:alice",
            "/botdetect whitelist add",
            "/botdetect test text:hello",
            "/botdetect test text:f r e e r o b u x and fr33 n1tro on 101nitro.com",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @"");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_and_the_log_are_told_in_german() {
    let house = detecting().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let (card, notice) = house.sim.look(|world| {
        let card = world.bot_messages(house.mod_log);
        let card = card.first().map(|card| card.embeds.clone());
        let notice = world.dms(house.sim.user("mallory"));
        (card, notice.first().map(|notice| notice.content.clone()))
    });
    let card = card.expect("a card");
    let fields = card[0]["fields"].as_array().expect("fields").iter();
    let mut lines = vec![card[0]["title"].as_str().unwrap_or_default().to_owned()];
    lines.extend(fields.map(|field| {
        let at = |name: &str| field[name].as_str().unwrap_or_default();
        format!("{}: {}", at("name"), at("value"))
    }));
    lines.push(notice.expect("a notice"));
    insta::assert_snapshot!(named(&house, lines.join("\n")), @"");
    house.nothing_is_left().await;
}
