//! `/config history | diff | rollback`: who changed what, and the way back, by a button that outlives the process.

use crate::features::tests::{
    dialog, known, named, plain_sql, press, runs, taken_in, types, without_times,
};
use crate::guild::language::Language;
use crate::simulator::{Answer, Permissions};
use crate::support::House;

/// A guild with a history: by command, with a reason, of lists, and by plain SQL.
async fn changed(language: Language) -> House {
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

/// The way back to version 2 in full.
async fn gone_back(house: &House) -> String {
    let asked = runs(house, "/config rollback version:2").await;
    let ids = asked.custom_ids().join(" ");
    let id = asked.custom_ids()[0].to_owned();
    let done = press(house, "admin", &asked, &id).await;
    assert!(done.custom_ids().is_empty(), "nothing is left to press");
    let same = house.admin("/config rollback version:2").await;
    let after = dialog(house, &["/config history", "/config rollback version:99"]).await;
    let text = format!(
        "{}\n[{ids}]\n\n{}\n\n{same}\n\n{after}",
        asked.text(),
        done.text()
    );
    without_times(&named(house, text))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_asks_first_and_makes_a_new_version() {
    let house = changed(Language::En).await;
    insta::assert_snapshot!(gone_back(&house).await, @r#"
    **Back to version 2?** That would change:
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → unset
    - `PREFIX`: `!` → `?`
    `AI_MODEL` stays as it is: AIMod cannot set it back.
    It makes a new version; nothing is forgotten.
    [config/rollback/2/8/ADMIN config/cancel]

    **Rolled back to version 2** by <@ADMIN>.
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → unset
    - `PREFIX`: `!` → `?`
    This is version 9; the next message is judged by it.

    Version 2 holds the same settings as now; there is nothing to roll back.

    > /config history
    **Changes of this server's settings**
    **Version 9** · TIME · <@ADMIN> · by command · “rollback to 2”
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → unset
    - `PREFIX`: `!` → `?`
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

    > /config rollback version:99
    There is no version 99; the newest is 9.
    "#);
    let versions = "SELECT count(DISTINCT version) FROM guild_config_revisions";
    assert_eq!(house.number(versions).await, 9, "all keys in one");
    let reason = house.text("SELECT DISTINCT source || ': ' || reason FROM guild_config_revisions WHERE version = 9").await;
    assert_eq!(reason.as_deref(), Some("COMMAND: rollback to 2"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_in_german() {
    let house = changed(Language::De).await;
    insta::assert_snapshot!(gone_back(&house).await, @r#"
    **Zurück zu Version 2?** Das würde ändern:
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → nicht gesetzt
    - `PREFIX`: `!` → `?`
    `AI_MODEL` bleibt, wie es ist: AIMod kann es nicht zurücksetzen.
    Daraus wird eine neue Version; nichts geht verloren.
    [config/rollback/2/8/ADMIN config/cancel]

    **Zurück zu Version 2**, bestätigt von <@ADMIN>.
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → nicht gesetzt
    - `PREFIX`: `!` → `?`
    Das ist Version 9; sie gilt ab der nächsten Nachricht.

    Version 2 enthält dieselben Einstellungen wie jetzt; es gibt nichts zurückzusetzen.

    > /config history
    **Änderungen an den Einstellungen dieses Servers**
    **Version 9** · TIME · <@ADMIN> · per Befehl · „rollback to 2“
    - `BOTDETECT_KEYWORDS`: − `one`, − `three`
    - `MODERATION_LOG_CHANNEL_ID`: <#MOD-LOG> → nicht gesetzt
    - `PREFIX`: `!` → `?`
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

    > /config rollback version:99
    Eine Version 99 gibt es nicht; die neueste ist 9.
    "#);
    house.nothing_is_left().await;
}

/// The bot's newest message in `#general`, as something to press on.
fn newest(house: &House) -> Answer {
    house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        let last = messages.last().expect("a message");
        Answer {
            message: Some(last.id),
            components: last.components.clone(),
            ..Answer::default()
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_survives_a_restart_and_members_cannot_answer_it() {
    let mut house = House::start().await;
    house
        .admin("/config set key:BOTDETECT_TIMEOUT value:2h")
        .await;
    types(&house, "admin", "o!config rollback 0").await;
    let asked = newest(&house);
    let id = asked.custom_ids()[0].to_owned();
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let refused = press(&house, "alice", &asked, &id).await.text();
    assert!(refused.starts_with("You need the permission"), "{refused}");
    let done = press(&house, "admin", &asked, &id).await.text();
    assert!(done.contains("**Rolled back to version 0**"), "{done}");
    let value = "SELECT timeout_duration FROM botdetect_config";
    assert_eq!(house.number(value).await, 3_600);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_administrator_may_answer_and_anybody_who_may_can_cancel() {
    let house = House::start().await;
    let chief = house.member("mallory");
    chief.may(Permissions::MANAGE_GUILD).expect("a member");
    known(&house).await;
    house
        .admin("/config set key:BOTDETECT_TIMEOUT value:2h")
        .await;
    for expected in ["Nothing was changed.", "Rolled back to version 0"] {
        types(&house, "admin", "o!config rollback 0").await;
        let asked = newest(&house);
        let place = usize::from(expected.starts_with("Nothing"));
        let id = asked.custom_ids()[place].to_owned();
        let answer = press(&house, "mallory", &asked, &id).await.text();
        assert!(answer.contains(expected), "{answer}");
    }
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_what_has_changed_since_is_refused_with_the_new_state() {
    let house = changed(Language::En).await;
    let asked = runs(&house, "/config rollback version:2").await;
    let id = asked.custom_ids()[0].to_owned();
    house
        .admin("/config set key:BOTDETECT_TIMEOUT value:2h")
        .await;
    let answer = press(&house, "admin", &asked, &id).await;
    insta::assert_snapshot!(answer.text(), @r"
    Nothing was changed: the settings are no longer those of version 8. Since then:
    - `BOTDETECT_TIMEOUT`: 1h (default) → 2h
    Version 9 holds now. Please run the command again.
    ");
    assert!(answer.custom_ids().is_empty());
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_based_on_an_older_version_is_refused_with_both_values() {
    let house = House::start().await;
    let text = dialog(
        &house,
        &[
            "/config set key:BOTDETECT_TIMEOUT value:2h",
            "/config set key:ENABLED value:false version:0",
            "/config set key:BOTDETECT_TIMEOUT value:3h version:0",
            "/config reset key:BOTDETECT_TIMEOUT version:0",
            "/config add key:BOTDETECT_KEYWORDS value:a version:1 reason:tried",
            "/config set key:BOTDETECT_TIMEOUT value:3h version:1",
            "/config set key:LANGUAGE_CODE value:de",
            "/config remove key:BOTDETECT_KEYWORDS value:a version:2",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config set key:BOTDETECT_TIMEOUT value:2h
    `BOTDETECT_TIMEOUT`: 1h (default) → 2h
    How long a timeout by bot detection lasts.
    This is version 1; the next message is judged by it.

    > /config set key:ENABLED value:false version:0
    `ENABLED`: true (default) → false
    Whether AIMod judges messages with its AI. Bot detection has a switch of its own.
    This is version 2; the next message is judged by it.

    > /config set key:BOTDETECT_TIMEOUT value:3h version:0
    `BOTDETECT_TIMEOUT` has changed since version 0. Then: 1h (default). Now, in version 2: 2h. Nothing was changed; please look again.

    > /config reset key:BOTDETECT_TIMEOUT version:0
    `BOTDETECT_TIMEOUT` has changed since version 0. Then: 1h (default). Now, in version 2: 2h. Nothing was changed; please look again.

    > /config add key:BOTDETECT_KEYWORDS value:a version:1 reason:tried
    `BOTDETECT_KEYWORDS`: + `a`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 3; the next message is judged by it.

    > /config set key:BOTDETECT_TIMEOUT value:3h version:1
    `BOTDETECT_TIMEOUT`: 2h → 3h
    How long a timeout by bot detection lasts.
    This is version 4; the next message is judged by it.

    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 5; sie gilt ab der nächsten Nachricht.

    > /config remove key:BOTDETECT_KEYWORDS value:a version:2
    `BOTDETECT_KEYWORDS` hat sich seit Version 2 geändert. Damals: keine (Standard). Jetzt, in Version 5: `a`. Nichts wurde geändert; bitte noch einmal ansehen.
    ");
    house.nothing_is_left().await;
}
