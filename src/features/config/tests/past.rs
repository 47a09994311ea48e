//! `/config history | diff`: who changed what, when and why.

use crate::features::tests::{dialog, named, plain_sql, press, runs, taken_in, without_times};
use crate::guild::language::Language;
use crate::support::House;

/// A guild with a history: by command, with a reason, of lists, and by plain SQL.
pub(super) async fn changed(language: Language) -> House {
    let house = House::start().await;
    let language = format!("/config set key:LANGUAGE_CODE value:{}", language.code());
    dialog(
        &house,
        &[
            &language,
            "/config set key:PREFIX value:? reason:the other bot uses o!",
            "/config add key:BOTDETECT_KEYWORDS value:one, two",
            "/config add key:BOTDETECT_KEYWORDS value:three reason:`x` <@1>",
            "/config remove key:BOTDETECT_KEYWORDS value:two",
            "/config set key:MODERATION_LOG_CHANNEL_ID value:#mod-log",
        ],
    )
    .await;
    plain_sql(
        &house,
        "INSERT INTO guild_config SELECT guild_id, 'AI_MODEL', '\"m\"' FROM guild_settings",
    )
    .await;
    plain_sql(
        &house,
        "UPDATE guild_config SET value = '\"!\"' WHERE key = 'PREFIX'",
    )
    .await;
    taken_in(&house, 8).await;
    house
}

async fn looked_back(house: &House) -> String {
    let text = dialog(
        house,
        &[
            "/config history",
            "/config history key:prefix",
            "/config history key:BOTDETECT_ACTION",
            "/config history key:ai_model",
            "/config history key:nonsense",
            "/config show key:PREFIX",
            "/config show key:BOTDETECT_KEYWORDS",
            "/config diff from:0",
            "/config diff from:3 to:5",
            "/config diff from:5 to:3",
            "/config diff from:4 to:4",
            "/config diff from:3 to:9",
        ],
    )
    .await;
    without_times(&text)
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn an_administrator_looks_back() {
    let house = changed(Language::En).await;
    insta::assert_snapshot!(looked_back(&house).await, @r#"
    > /config history
    **Changes of this server's settings**
    **Version 8** · TIME · somebody · in the database
    - `PREFIX`: `?` → `!`
    **Version 7** · TIME · somebody · in the database
    - `AI_MODEL`: unset → `"m"`
    **Version 6** · TIME · <@ADMIN> · by command
    - `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    **Version 5** · TIME · <@ADMIN> · by command
    - `BOTDETECT_KEYWORDS`: − `two`
    **Version 4** · TIME · <@ADMIN> · by command · “`x` <@1>”
    - `BOTDETECT_KEYWORDS`: + `three`
    **Version 3** · TIME · <@ADMIN> · by command
    - `BOTDETECT_KEYWORDS`: + `one`, + `two`
    **Version 2** · TIME · <@ADMIN> · by command · “the other bot uses o!”
    - `PREFIX`: `o!` (default) → `?`
    **Version 1** · TIME · <@ADMIN> · by command
    - `LANGUAGE_CODE`: `en` (default) → `en`

    > /config history key:prefix
    **Changes of `PREFIX`**
    **Version 8** · TIME · somebody · in the database
    - `PREFIX`: `?` → `!`
    **Version 2** · TIME · <@ADMIN> · by command · “the other bot uses o!”
    - `PREFIX`: `o!` (default) → `?`

    > /config history key:BOTDETECT_ACTION
    **Changes of `BOTDETECT_ACTION`**
    Nothing has been changed yet.

    > /config history key:ai_model
    **Changes of `AI_MODEL`**
    **Version 7** · TIME · somebody · in the database
    - `AI_MODEL`: unset → `"m"`

    > /config history key:nonsense
    There is no setting `nonsense`. `/config show` lists them all.

    > /config show key:PREFIX
    **PREFIX** = `!`
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.
    Since version 8, TIME: somebody, in the database.

    > /config show key:BOTDETECT_KEYWORDS
    **BOTDETECT_KEYWORDS** = `one`, `three`
    This server's own phrases and link domains, besides the built-in ones.
    It takes up to 1000 texts of at most 200 characters, separated by commas. Default: none.
    Since version 5, TIME: <@ADMIN>, by command.

    > /config diff from:0
    **From version 0 to version 8**
    - `AI_MODEL`: unset → `"m"`
    - `BOTDETECT_KEYWORDS`: + `one`, + `three`
    - `LANGUAGE_CODE`: `en` (default) → `en`
    - `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    - `PREFIX`: `o!` (default) → `!`

    > /config diff from:3 to:5
    **From version 3 to version 5**
    - `BOTDETECT_KEYWORDS`: + `three`, − `two`

    > /config diff from:5 to:3
    **From version 5 to version 3**
    - `BOTDETECT_KEYWORDS`: + `two`, − `three`

    > /config diff from:4 to:4
    Versions 4 and 4 hold the same settings.

    > /config diff from:3 to:9
    There is no version 9; the newest is 8.
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn an_administrator_looks_back_in_german() {
    let house = changed(Language::De).await;
    insta::assert_snapshot!(looked_back(&house).await, @r#"
    > /config history
    **Änderungen an den Einstellungen dieses Servers**
    **Version 8** · TIME · jemand · in der Datenbank
    - `PREFIX`: `?` → `!`
    **Version 7** · TIME · jemand · in der Datenbank
    - `AI_MODEL`: nicht gesetzt → `"m"`
    **Version 6** · TIME · <@ADMIN> · per Befehl
    - `MODERATION_LOG_CHANNEL_ID`: nicht gesetzt → <#MOD-LOG>
    **Version 5** · TIME · <@ADMIN> · per Befehl
    - `BOTDETECT_KEYWORDS`: − `two`
    **Version 4** · TIME · <@ADMIN> · per Befehl · „`x` <@1>“
    - `BOTDETECT_KEYWORDS`: + `three`
    **Version 3** · TIME · <@ADMIN> · per Befehl
    - `BOTDETECT_KEYWORDS`: + `one`, + `two`
    **Version 2** · TIME · <@ADMIN> · per Befehl · „the other bot uses o!“
    - `PREFIX`: `o!` (Standard) → `?`
    **Version 1** · TIME · <@ADMIN> · per Befehl
    - `LANGUAGE_CODE`: `en` (Standard) → `de`

    > /config history key:prefix
    **Änderungen an `PREFIX`**
    **Version 8** · TIME · jemand · in der Datenbank
    - `PREFIX`: `?` → `!`
    **Version 2** · TIME · <@ADMIN> · per Befehl · „the other bot uses o!“
    - `PREFIX`: `o!` (Standard) → `?`

    > /config history key:BOTDETECT_ACTION
    **Änderungen an `BOTDETECT_ACTION`**
    Bisher wurde nichts geändert.

    > /config history key:ai_model
    **Änderungen an `AI_MODEL`**
    **Version 7** · TIME · jemand · in der Datenbank
    - `AI_MODEL`: nicht gesetzt → `"m"`

    > /config history key:nonsense
    Die Einstellung `nonsense` gibt es nicht. `/config show` zeigt alle.

    > /config show key:PREFIX
    **PREFIX** = `!`
    Womit Textbefehle beginnen. Eine Erwähnung von AIMod geht auch.
    Erlaubt ist: ein Text von 1 bis 10 Zeichen. Standard: `o!`.
    Seit Version 8, TIME: jemand, in der Datenbank.

    > /config show key:BOTDETECT_KEYWORDS
    **BOTDETECT_KEYWORDS** = `one`, `three`
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Erlaubt ist: bis zu 1000 Texte von höchstens 200 Zeichen, durch Kommas getrennt. Standard: keine.
    Seit Version 5, TIME: <@ADMIN>, per Befehl.

    > /config diff from:0
    **Von Version 0 zu Version 8**
    - `AI_MODEL`: nicht gesetzt → `"m"`
    - `BOTDETECT_KEYWORDS`: + `one`, + `three`
    - `LANGUAGE_CODE`: `en` (Standard) → `de`
    - `MODERATION_LOG_CHANNEL_ID`: nicht gesetzt → <#MOD-LOG>
    - `PREFIX`: `o!` (Standard) → `!`

    > /config diff from:3 to:5
    **Von Version 3 zu Version 5**
    - `BOTDETECT_KEYWORDS`: + `three`, − `two`

    > /config diff from:5 to:3
    **Von Version 5 zu Version 3**
    - `BOTDETECT_KEYWORDS`: + `two`, − `three`

    > /config diff from:4 to:4
    Die Versionen 4 und 4 enthalten dieselben Einstellungen.

    > /config diff from:3 to:9
    Eine Version 9 gibt es nicht; die neueste ist 8.
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_has_pages_that_later_changes_do_not_shift() {
    let house = House::start().await;
    for number in 1..=10 {
        let line = format!("/config set key:BOTDETECT_TIMEOUT value:{number}m");
        house.admin(&line).await;
    }
    let first = runs(&house, "/config history key:BOTDETECT_TIMEOUT").await;
    assert_eq!(
        first.custom_ids(),
        [
            "config/history/10/0/BOTDETECT_TIMEOUT",
            "config/history/10/2/BOTDETECT_TIMEOUT"
        ]
    );
    house.admin("/config reset key:BOTDETECT_TIMEOUT").await;
    let second = press(
        &house,
        "admin",
        &first,
        "config/history/10/2/BOTDETECT_TIMEOUT",
    )
    .await;
    insta::assert_snapshot!(without_times(&named(&house, second.text())), @r"
    **Changes of `BOTDETECT_TIMEOUT`**
    **Version 2** · TIME · <@ADMIN> · by command
    - `BOTDETECT_TIMEOUT`: 1m → 2m
    **Version 1** · TIME · <@ADMIN> · by command
    - `BOTDETECT_TIMEOUT`: 1h (default) → 1m
    ");
    house.nothing_is_left().await;
}
