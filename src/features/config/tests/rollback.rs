//! `/config rollback`: the way back, by a button that outlives the process, and changes that come too late.

use super::past::changed;
use crate::features::tests::{dialog, known, named, press, runs, types, without_times};
use crate::guild::language::Language;
use crate::simulator::{Answer, Permissions};
use crate::support::House;

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

    Nothing can be taken back to version 2:
    `AI_MODEL` stays as it is: AIMod cannot set it back.

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

    Zu Version 2 lässt sich nichts zurücksetzen:
    `AI_MODEL` bleibt, wie es ist: AIMod kann es nicht zurücksetzen.

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
            "/config set key:APPEALS_ENABLED value:false version:0",
            "/config set key:BOTDETECT_TIMEOUT value:3h version:0",
            "/config reset key:BOTDETECT_TIMEOUT version:0",
            "/config add key:BOTDETECT_KEYWORDS value:scam version:1 reason:tried",
            "/config set key:BOTDETECT_TIMEOUT value:3h version:1",
            "/config set key:LANGUAGE_CODE value:de",
            "/config remove key:BOTDETECT_KEYWORDS value:scam version:2",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config set key:BOTDETECT_TIMEOUT value:2h
    `BOTDETECT_TIMEOUT`: 1h (default) → 2h
    How long a timeout by bot detection lasts.
    This is version 1; the next message is judged by it.

    > /config set key:APPEALS_ENABLED value:false version:0
    `APPEALS_ENABLED`: true (default) → false
    Whether members may appeal against their punishments.
    This is version 2; the next message is judged by it.

    > /config set key:BOTDETECT_TIMEOUT value:3h version:0
    `BOTDETECT_TIMEOUT` has changed since version 0. Then: 1h (default). Now, in version 2: 2h. Nothing was changed; please look again.

    > /config reset key:BOTDETECT_TIMEOUT version:0
    `BOTDETECT_TIMEOUT` has changed since version 0. Then: 1h (default). Now, in version 2: 2h. Nothing was changed; please look again.

    > /config add key:BOTDETECT_KEYWORDS value:scam version:1 reason:tried
    `BOTDETECT_KEYWORDS`: + `scam`
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

    > /config remove key:BOTDETECT_KEYWORDS value:scam version:2
    `BOTDETECT_KEYWORDS` hat sich seit Version 2 geändert. Damals: keine (Standard). Jetzt, in Version 5: `scam`. Nichts wurde geändert; bitte noch einmal ansehen.
    ");
    house.nothing_is_left().await;
}
