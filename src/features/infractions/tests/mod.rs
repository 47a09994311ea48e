//! `/infractions`: looked up in pages, added, removed and cleared.

mod adding;
mod removing;

use crate::features::tests::{dialog, known, named, plain_sql, press, runs, types, without_times};
use crate::simulator::Answer;
use crate::support::House;

/// A house that announces cases in `#mod-log`.
pub(super) async fn logging() -> House {
    let house = House::start().await;
    let key = "/config set key:MODERATION_LOG_CHANNEL_ID value:";
    house.admin(&format!("{key}<#{}>", house.mod_log)).await;
    known(&house).await;
    house
}

/// Gives mallory so many infractions, an hour apart, all with a case, and counts them.
pub(super) async fn filled(house: &House, count: u32) {
    let (guild, mallory) = (house.id(), house.sim.user("mallory"));
    let statements = format!(
        "UPDATE guild_settings SET last_case_number = {count}; \
         INSERT INTO moderation_logs (id, guild_id, case_number, target_user_id, action_type) OVERRIDING SYSTEM VALUE \
         SELECT 1000 + n, {guild}, n, {mallory}, 'WARN' FROM generate_series(1, {count}) n; \
         INSERT INTO user_infractions (id, guild_id, user_id, timestamp, rule_violated, action_taken, case_id) \
         SELECT n, {guild}, {mallory}, now() - interval '1 hour' * ({count} - n), 'rule ' || n, 'WARN', 1000 + n \
         FROM generate_series(1, {count}) n; \
         SELECT setval(pg_get_serial_sequence('user_infractions', 'id'), {count}); \
         INSERT INTO user_data (user_id, infraction_count) VALUES ({mallory}, {count} + 2)"
    );
    plain_sql(house, &statements).await;
}

/// A text without times, and with names in the place of ids.
pub(super) fn read(house: &House, text: &str) -> String {
    without_times(&named(house, text.to_owned()))
}

/// The bot's newest answer in `#general`, which everybody sees.
pub(super) fn in_general(house: &House) -> Answer {
    let message = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.last().map(|message| message.id)
    });
    Answer {
        message,
        ..Answer::default()
    }
}

/// The numbers of the infractions on a page.
fn numbers(page: &Answer) -> Vec<u32> {
    let text = page.text();
    let lines = text.lines().filter_map(|line| line.strip_prefix("- `"));
    lines
        .filter_map(|line| line.split('`').next()?.parse().ok())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_comes_in_pages_the_newest_first() {
    let mut house = logging().await;
    filled(&house, 23).await;
    let first = runs(&house, "/infractions view user:mallory").await;
    assert_eq!(numbers(&first), (14..=23).rev().collect::<Vec<_>>());
    assert!(first.text().contains("(page 1 of 3)"), "{}", first.text());
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let ids: Vec<String> = first.custom_ids().into_iter().map(str::to_owned).collect();
    let second = press(&house, "admin", &first, &ids[1]).await;
    assert_eq!(numbers(&second), (4..=13).rev().collect::<Vec<_>>());
    let few = runs(&house, "/infractions view user:mallory limit:2").await;
    assert_eq!(numbers(&few), [23, 22]);
    assert!(few.text().contains("(page 1 of 12)"), "{}", few.text());
    let typed = types(&house, "admin", "o!infractions view mallory 25").await;
    assert_eq!(typed.lines().count(), 24, "{typed}");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_everybody_sees_is_turned_by_those_who_may() {
    let house = logging().await;
    filled(&house, 23).await;
    types(&house, "admin", "o!infractions view mallory").await;
    let shown = in_general(&house);
    let id = format!("infractions/view/{}/10/2", house.sim.user("mallory"));
    let refused = press(&house, "alice", &shown, &id).await;
    assert_eq!(
        refused.text(),
        "You need the permission **Timeout Members** for this."
    );
    let turned = press(&house, "admin", &shown, &id).await;
    assert_eq!(numbers(&turned)[0], 13);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_told_in_words() {
    let house = logging().await;
    filled(&house, 3).await;
    plain_sql(
        &house,
        "UPDATE user_infractions SET case_id = NULL, action_taken = NULL WHERE id = 1; \
         UPDATE user_infractions SET rule_violated = NULL WHERE id = 2",
    )
    .await;
    let text = dialog(
        &house,
        &[
            "/infractions view user:mallory",
            "/infractions view user:mallory limit:2",
            "/infractions view user:alice",
            "/config set key:LANGUAGE_CODE value:de",
            "/infractions view user:mallory limit:2",
            "/infractions view user:alice",
        ],
    )
    .await;
    insta::assert_snapshot!(read(&house, &text), @r"
    > /infractions view user:mallory
    **3 infractions of** <@MALLORY>
    - `3` TIME **warning** · case #3: rule 3
    - `2` TIME **warning** · case #2: no rule given
    - `1` TIME **unknown**: rule 1

    > /infractions view user:mallory limit:2
    **3 infractions of** <@MALLORY> (page 1 of 2)
    - `3` TIME **warning** · case #3: rule 3
    - `2` TIME **warning** · case #2: no rule given

    > /infractions view user:alice
    <@ALICE> has no infractions in this server.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /infractions view user:mallory limit:2
    **3 Verstöße von** <@MALLORY> (Seite 1 von 2)
    - `3` TIME **Verwarnung** · Fall #3: rule 3
    - `2` TIME **Verwarnung** · Fall #2: keine Regel angegeben

    > /infractions view user:alice
    <@ALICE> hat auf diesem Server keine Verstöße.
    ");
    house.nothing_is_left().await;
}
