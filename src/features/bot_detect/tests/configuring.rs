//! `/botdetect` as administrators use it.

use futures_util::future::join_all;

use crate::features::tests::{detecting, dialog, plain_sql, taken_in, types};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
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
    insta::assert_snapshot!(text, @r"
    > /botdetect status
    Bot detection is **off**.
    What happens: the message is deleted, its author timed out for 1h
    Keywords of this server: 0
    Built-in lists: on: 70 phrases, 21813 phishing domains
    Exempt roles: none
    Exempt users: none
    Log channel: not set, nothing is posted

    > /botdetect enable on:true
    Bot detection is now on. The next message is judged accordingly.

    > /botdetect enable on:true
    Bot detection was on already; nothing has changed.

    > /config set key:MODERATION_LOG_CHANNEL_ID value:MOD-LOG
    `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    The channel in which every case is announced. Unset means that nothing is announced.
    This is version 2; the next message is judged by it.

    > /botdetect action action:timeout duration:1d12h
    From now on: the message is deleted, its author timed out for 1d12h.

    > /botdetect action action:timeout duration:29d
    Nothing was changed: that is too long; the longest is 4w.

    > /botdetect action action:timeout duration:soon
    Nothing was changed: “soon” is not a duration; write it like 10m, 2h or 1d12h (units w d h m s).

    > /botdetect action action:ban
    From now on: the message is deleted, its author banned.

    > /botdetect keywords list
    This server has no keywords of its own; `/botdetect keywords add` adds one.

    > /botdetect keywords add keyword:Cheap Crypto
    Added `Cheap Crypto`. It counts from the next message on.

    > /botdetect keywords add keyword:cheap  CRYPTO
    `Cheap Crypto` is in the list already and matches the same texts as `cheap  CRYPTO`.

    > /botdetect keywords add keyword:scam.example
    Added `scam.example`. It counts from the next message on.

    > /botdetect keywords add keyword:...
    The keyword was not added: a keyword needs at least one letter, digit or symbol.

    > /botdetect keywords remove keyword:never added
    `never added` is not in the list; `/botdetect keywords list` shows what is.

    > /botdetect keywords list
    2 keywords of this server:
    - `Cheap Crypto`
    - `scam.example`

    > /botdetect keywords remove keyword:cheap crypto
    Removed `Cheap Crypto`.

    > /botdetect whitelist add user:alice
    <@ALICE> is exempt from bot detection now.

    > /botdetect whitelist add user:alice
    <@ALICE> is exempt already.

    > /botdetect whitelist remove user:mallory
    <@MALLORY> was not exempt; nothing has changed.

    > /botdetect whitelist add
    Name a role or a user.

    > /botdetect test text:good morning
    This text would pass: it holds no phrase or link domain of the lists.

    > /botdetect test text:claim your FREE NITRO now
    This text would bring: the message is deleted, its author banned.
    1. free Nitro scam: phrase `claim your free nitro`
    2. free Nitro scam: phrase `free nitro`

    > /botdetect test text:see https://www.scam.example/login
    This text would bring: the message is deleted, its author banned.
    1. link domain `scam.example` of this server, found as `www.scam.example`

    > /botdetect status
    Bot detection is **on**.
    What happens: the message is deleted, its author banned
    Keywords of this server: 1
    Built-in lists: on: 70 phrases, 21813 phishing domains
    Exempt roles: none
    Exempt users: <@ALICE>
    Log channel: <#MOD-LOG>
    ");
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
    insta::assert_snapshot!(text.trim_end(), @r"
    > o!botdetect enable off
    Bot detection is now off. The next message is judged accordingly.

    > o!botdetect enable perhaps
    `perhaps` does not fit here. Write it like `o!botdetect enable <on>`.

    > o!botdetect action kick
    From now on: the message is deleted, its author kicked.

    > o!botdetect action explode
    `explode` does not fit here. Write it like `o!botdetect action <action> [duration]`.

    > o!botdetect action timeout 2h
    From now on: the message is deleted, its author timed out for 2h.

    > o!botdetect keywords add two words
    Added `two words`. It counts from the next message on.

    > o!botdetect keywords add
    Something is missing. Write it like `o!botdetect keywords add <keyword>`.

    > o!botdetect keywords list first
    That is more than this command takes. Write it like `o!botdetect keywords list [page]`.

    > o!botdetect keywords
    Choose one of `botdetect keywords add`, `botdetect keywords remove`, `botdetect keywords list`, `botdetect keywords defaults`.

    > o!botdetect whitelist add nobody at all
    That is more than this command takes. Write it like `o!botdetect whitelist add [role] [user]`.

    > o!case view one
    `one` does not fit here. Write it like `o!case view <number>`.

    > o!infractions view nobody
    `nobody` does not fit here. Write it like `o!infractions view <user> [limit]`.
    ");
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

#[tokio::test(flavor = "multi_thread")]
async fn what_would_find_or_exempt_everybody_is_refused() {
    let house = detecting().await;
    let everyone = house.id();
    let whitelist = format!("/botdetect whitelist add role:{everyone}");
    let lines = [
        "/botdetect keywords add keyword:a",
        "/botdetect keywords add keyword:🍆",
        "/config add key:BOTDETECT_KEYWORDS value:ok!",
        "/config set key:BOTDETECT_KEYWORDS value:cheap crypto, a",
        &whitelist,
        "/config set key:LANGUAGE_CODE value:de",
        "/botdetect keywords add keyword:a",
        "/config add key:BOTDETECT_KEYWORDS value:ok!",
        &whitelist,
    ];
    let text = dialog(&house, &lines).await;
    insta::assert_snapshot!(text, @r"
    > /botdetect keywords add keyword:a
    The keyword was not added: it needs at least 3 letters or digits. A shorter one would delete nearly every message.

    > /botdetect keywords add keyword:🍆
    Added `🍆`. It counts from the next message on.

    > /config add key:BOTDETECT_KEYWORDS value:ok!
    `BOTDETECT_KEYWORDS` was not changed: a keyword needs at least 3 letters or digits; a shorter one would delete nearly every message.

    > /config set key:BOTDETECT_KEYWORDS value:cheap crypto, a
    `BOTDETECT_KEYWORDS` was not changed: a keyword needs at least 3 letters or digits; a shorter one would delete nearly every message.

    > /botdetect whitelist add role:GUILD
    @everyone cannot be exempt. `/botdetect enable on:false` switches bot detection off.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 4; sie gilt ab der nächsten Nachricht.

    > /botdetect keywords add keyword:a
    Das Stichwort wurde nicht hinzugefügt: Es braucht mindestens 3 Buchstaben oder Ziffern. Ein kürzeres würde fast jede Nachricht löschen.

    > /config add key:BOTDETECT_KEYWORDS value:ok!
    `BOTDETECT_KEYWORDS` wurde nicht geändert: jedes Stichwort braucht mindestens 3 Buchstaben oder Ziffern, oder ein Zeichen wie ein Emoji, und höchstens 200 Zeichen.

    > /botdetect whitelist add role:GUILD
    @everyone lässt sich nicht ausnehmen. `/botdetect enable on:false` schaltet die Bot-Erkennung aus.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_keyword_of_old_is_kept_and_doubted() {
    let house = detecting().await;
    plain_sql(
        &house,
        &format!(
            "UPDATE botdetect_config SET keywords = '[\"ok\", \"cheap crypto\"]' WHERE guild_id = {}",
            house.id()
        ),
    )
    .await;
    taken_in(&house, 3).await;
    let text = dialog(
        &house,
        &[
            "/botdetect keywords list",
            "/botdetect keywords add keyword:scam.example",
            "/config check",
            "/botdetect keywords remove keyword:ok",
            "/config check",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /botdetect keywords list
    2 keywords of this server:
    - `ok`
    - `cheap crypto`

    > /botdetect keywords add keyword:scam.example
    Added `scam.example`. It counts from the next message on.

    > /config check
    **Check of version 4**: one finding
    - Bot detection: A keyword of one or two letters finds nearly every message. `/botdetect keywords list` shows it, `/botdetect keywords remove` takes it out.

    > /botdetect keywords remove keyword:ok
    Removed `ok`.

    > /config check
    **Check of version 5**: nothing is wrong.
    ");
    house.nothing_is_left().await;
}
