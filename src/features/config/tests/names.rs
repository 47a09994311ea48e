//! Names that are not in use yet, older names, and names that nobody knows.

use crate::features::config::NAMES;
use crate::features::registry;
use crate::features::tests::{dialog, plain_sql, press, runs, taken_in, without_times};
use crate::support::House;

#[test]
fn every_name_and_alias_is_known_once() {
    let registry = registry();
    let mut seen = std::collections::BTreeSet::new();
    for known in &NAMES {
        for name in std::iter::once(&known.name).chain(known.aliases) {
            assert!(seen.insert(*name), "{name} twice");
            assert_eq!(*name, name.to_ascii_uppercase());
            let found = registry.find(name).map(|key| key.name);
            let reserved = registry.find_reserved(name).map(|known| known.name);
            assert_eq!(found.or(reserved), Some(known.name), "{name}");
            assert!(found.is_none() || reserved.is_none(), "{name}");
        }
        assert!(known.description.ends_with('.'), "{}", known.name);
    }
}

#[test]
fn wrong_names_are_near_to_known_ones_in_use_or_not() {
    let registry = registry();
    assert_eq!(
        registry.nearest("RAID_DEFENCE_ENABLED"),
        Some("RAID_DEFENSE_ENABLED")
    );
    assert_eq!(registry.nearest("langage_code"), Some("LANGUAGE_CODE"));
    assert_eq!(registry.nearest("zzz"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_not_in_use_are_explained_and_refused() {
    let house = House::start().await;
    let text = dialog(
        &house,
        &[
            "/config show key:RULES_TEXT",
            "/config show key:server_rules",
            "/config set key:SERVER_RULES value:be kind",
            "/config reset key:RULES_TEXT",
            "/config show key:guild_settings.prefix",
            "/config set key:mod_log_channel_id value:#mod-log",
            "/config set key:MODERATION_LOG_CHANEL value:#mod-log",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config show key:RULES_TEXT
    **RULES_TEXT** is not in use yet: no part of AIMod reads it so far.
    The server's rules, by which the AI judges.

    > /config show key:server_rules
    **RULES_TEXT** is not in use yet: no part of AIMod reads it so far.
    The server's rules, by which the AI judges.

    > /config set key:SERVER_RULES value:be kind
    `RULES_TEXT` was not changed: it is not in use yet; no part of AIMod reads it so far.

    > /config reset key:RULES_TEXT
    `RULES_TEXT` was not changed: it is not in use yet; no part of AIMod reads it so far.

    > /config show key:guild_settings.prefix
    **PREFIX** = `o!` (default)
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.

    > /config set key:mod_log_channel_id value:#mod-log
    `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    The channel in which every case is announced. Unset means that nothing is announced.
    This is version 1; the next message is judged by it.

    > /config set key:MODERATION_LOG_CHANEL value:#mod-log
    There is no setting `MODERATION_LOG_CHANEL`. Did you mean `MODERATION_LOG_CHANNEL_ID`?
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn what_is_stored_under_such_names_is_shown() {
    let house = House::start().await;
    house.admin("/config set key:PREFIX value:?").await;
    plain_sql(&house,
            "INSERT INTO guild_config (guild_id, key, value) SELECT guild_id, k, v::jsonb FROM guild_settings, \
             (VALUES ('SERVER_RULES', '\"be kind\"'), ('VERY_OLD', '[1, 2]'), ('LOG_EVENTS', '{\"member_join\": false}'), \
             ('MOD_LOG_CHANNEL_ID', '5')) t (k, v)",
        )
        .await;
    taken_in(&house, 5).await;
    let text = dialog(
        &house,
        &[
            "/config show",
            "/config show key:RULES_TEXT",
            "/config show key:very_old",
            "/config show key:mod_log_channel_id",
            "/config history key:VERY_OLD",
            "/config show key:NSFW_CHANNEL_IDS",
            "/config set key:VERY_OLD value:1",
        ],
    )
    .await;
    let first = runs(&house, "/config show").await;
    let last = press(&house, "admin", &first, "config/show/2").await;
    let last = press(&house, "admin", &last, "config/show/3").await;
    let text = without_times(&format!("{text}\n\n{}", last.text()));
    insta::assert_snapshot!(text, @r#"
    > /config show
    **Settings of this server**, version 5, page 1 of 3
    __General__
    `PREFIX` = `?`
    `LANGUAGE_CODE` = `en` (default)
    `MODERATION_LOG_CHANNEL_ID` = unset
    `MODERATOR_ROLE_ID` = unset
    `TIME_ZONE` = `UTC` (default)
    __Global bans__
    `GLOBAL_BANS_ENABLED` = true (default)
    __Bot detection__
    `BOTDETECT_ACTION` = `timeout` (default)
    `BOTDETECT_ENABLED` = false (default)
    `BOTDETECT_KEYWORDS` = none (default)
    `BOTDETECT_LOG_CHANNEL` = unset
    `/config show` with the name of a setting tells what it means; `/config set` changes it.

    > /config show key:RULES_TEXT
    **RULES_TEXT** is not in use yet: no part of AIMod reads it so far.
    The server's rules, by which the AI judges.
    Stored: `"be kind"`

    > /config show key:very_old
    **VERY_OLD** is stored, but no part of AIMod knows it.
    Stored: `[1,2]`

    > /config show key:mod_log_channel_id
    **MOD_LOG_CHANNEL_ID** is an older name of `MODERATION_LOG_CHANNEL_ID`, under which AIMod reads nothing. Set `MODERATION_LOG_CHANNEL_ID` instead.
    Stored: `5`

    > /config history key:VERY_OLD
    **Changes of `VERY_OLD`**
    **Version 3** · TIME · somebody · in the database
    - `VERY_OLD`: unset → `[1,2]`

    > /config show key:NSFW_CHANNEL_IDS
    **NSFW_CHANNEL_IDS** is not in use yet: no part of AIMod reads it so far.
    Channels for adults.

    > /config set key:VERY_OLD value:1
    There is no setting `VERY_OLD`. `/config show` lists them all.

    **Settings of this server**, version 5, page 3 of 3
    __Not in use yet__
    `LOG_EVENTS` = `{"member_join":false}`
    `SERVER_RULES` = `"be kind"`
    __Read by no part of AIMod__
    `MOD_LOG_CHANNEL_ID` = `5` (an older name of `MODERATION_LOG_CHANNEL_ID`)
    `VERY_OLD` = `[1,2]`
    `/config show` with the name of a setting tells what it means; `/config set` changes it.
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_under_older_and_unknown_names_is_explained_in_german() {
    let house = House::start().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    plain_sql(
        &house,
        "INSERT INTO guild_config (guild_id, key, value) SELECT guild_id, k, v::jsonb FROM guild_settings, \
         (VALUES ('SERVER_RULES', '\"be kind\"'), ('VERY_OLD', '{\"sealed\": \"gAAAAA\"}'), ('MOD_LOG_CHANNEL_ID', '5')) t (k, v)",
    )
    .await;
    taken_in(&house, 4).await;
    let text = dialog(
        &house,
        &[
            "/config show key:RULES_TEXT",
            "/config show key:very_old",
            "/config show key:mod_log_channel_id",
            "/config show key:```",
            "/config check",
        ],
    )
    .await;
    let first = runs(&house, "/config show").await;
    let last = press(&house, "admin", &first, "config/show/2").await;
    let last = press(&house, "admin", &last, "config/show/3").await;
    insta::assert_snapshot!(format!("{text}\n\n{}", last.text()), @r#"
    > /config show key:RULES_TEXT
    **RULES_TEXT** ist noch nicht in Gebrauch: Kein Teil von AIMod liest es bisher.
    Die Regeln des Servers, nach denen die KI urteilt.
    Gespeichert: `"be kind"`

    > /config show key:very_old
    **VERY_OLD** ist gespeichert, aber kein Teil von AIMod kennt es.
    Gespeichert: ein versiegeltes Geheimnis

    > /config show key:mod_log_channel_id
    **MOD_LOG_CHANNEL_ID** ist ein älterer Name von `MODERATION_LOG_CHANNEL_ID`, unter dem AIMod nichts liest. Stattdessen `MODERATION_LOG_CHANNEL_ID` setzen.
    Gespeichert: `5`

    > /config show key:```
    Diese Einstellung gibt es nicht. `/config show` zeigt alle.

    > /config check
    **Prüfung von Version 4**: 3 Befunde
    - `MOD_LOG_CHANNEL_ID` ist ein älterer Name von `MODERATION_LOG_CHANNEL_ID`, unter dem AIMod nichts liest. Stattdessen `MODERATION_LOG_CHANNEL_ID` setzen.
    - `SERVER_RULES` ist gespeichert, aber noch nicht in Gebrauch.
    - `VERY_OLD` ist gespeichert, aber kein Teil von AIMod kennt es.

    **Einstellungen dieses Servers**, Version 4, Seite 3 von 3
    __Noch nicht in Gebrauch__
    `SERVER_RULES` = `"be kind"`
    __Wird von keinem Teil von AIMod gelesen__
    `MOD_LOG_CHANNEL_ID` = `5` (ein älterer Name von `MODERATION_LOG_CHANNEL_ID`)
    `VERY_OLD` = ein versiegeltes Geheimnis
    `/config show` mit dem Namen einer Einstellung erklärt sie; `/config set` ändert sie.
    "#);
    house.nothing_is_left().await;
}
