//! `/config import` of a file that does not fit in all: every doubt is told before anything is applied.

use serde_json::{Value, json};

use super::importing::{fetched, imports, shown};
use crate::features::tests::{known, press};
use crate::support::House;

/// Settings of another guild, in which not everything can be found here.
fn foreign() -> Value {
    json!({
        "format": 1, "guild": "1", "version": 9,
        "settings": {
            "MODERATION_LOG_CHANNEL_ID": "11", "BOTDETECT_LOG_CHANNEL": "12", "MODERATOR_ROLE_ID": "21",
            "BOTDETECT_WHITELIST_USERS": ["31"], "BOTDETECT_ACTION": "explode", "AI_MODEL": "m", "VERY_OLD": 1,
            "BOTDETECT_TIMEOUT": 7200,
        },
        "names": {"channels": {"11": "mod-log", "12": "nowhere"}, "roles": {"21": "ghosts"}},
    })
}

async fn doubted(house: &House) -> String {
    known(house).await;
    let asked = imports(house, &foreign()).await;
    let id = asked.custom_ids()[1].to_owned();
    let cancelled = press(house, "admin", &asked, &id).await;
    assert_eq!(house.number("SELECT count(*) FROM config_drafts").await, 0);
    let late = imports(house, &foreign()).await;
    house
        .admin("/config set key:BOTDETECT_TIMEOUT value:3h")
        .await;
    let id = late.custom_ids()[0].to_owned();
    let moved = press(house, "admin", &late, &id).await;
    let answers = [&asked, &cancelled, &moved].map(|answer| shown(house, answer));
    answers.join("\n\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_doubt_is_shown_before_anything_is_applied() {
    let house = House::start().await;
    insta::assert_snapshot!(doubted(&house).await, @r#"
    **Import into version 0?** That would change:
    - `AI_MODEL`: unset → `"m"`
    - `BOTDETECT_TIMEOUT`: 1h (default) → 2h
    - `BOTDETECT_WHITELIST_USERS`: + <@31>
    - `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    - `VERY_OLD`: unset → `1`
    The file is of another server: channels and roles are found by their names.
    In doubt:
    - `VERY_OLD` is no setting of AIMod; it is kept as it is, and read by nothing
    - `AI_MODEL` is not in use yet; it is kept as it is
    - `BOTDETECT_ACTION` is left out: its value does not fit; it takes one of delete, warn, timeout, kick, ban
    - `BOTDETECT_LOG_CHANNEL`: there is no channel “nowhere” here, or several; it is left out
    - `BOTDETECT_WHITELIST_USERS`: users are taken over by their ids
    - `MODERATION_LOG_CHANNEL_ID`: the channel “mod-log” is <#MOD-LOG> here
    - `MODERATOR_ROLE_ID`: there is no role “ghosts” here, or several; it is left out
    This waits for a day.
    [config/import/DRAFT config/cancel/DRAFT]

    Nothing was changed.
    []

    Nothing was changed: the settings are no longer those of version 0. Since then:
    - `BOTDETECT_TIMEOUT`: 1h (default) → 3h
    Version 1 holds now. Please run the command again.
    []
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_doubt_is_shown_in_german() {
    let house = House::start().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    insta::assert_snapshot!(doubted(&house).await, @r#"
    **In Version 1 importieren?** Das würde ändern:
    - `AI_MODEL`: nicht gesetzt → `"m"`
    - `BOTDETECT_TIMEOUT`: 1h (Standard) → 2h
    - `BOTDETECT_WHITELIST_USERS`: + <@31>
    - `MODERATION_LOG_CHANNEL_ID`: nicht gesetzt → <#MOD-LOG>
    - `VERY_OLD`: nicht gesetzt → `1`
    Die Datei ist von einem anderen Server: Kanäle und Rollen werden an ihrem Namen erkannt.
    Im Zweifel:
    - `VERY_OLD` ist keine Einstellung von AIMod; es wird aufbewahrt, wie es ist, und von nichts gelesen
    - `AI_MODEL` ist noch nicht in Gebrauch; es wird aufbewahrt, wie es ist
    - `BOTDETECT_ACTION` entfällt: Der Wert passt nicht; erlaubt ist: eines von delete, warn, timeout, kick, ban
    - `BOTDETECT_LOG_CHANNEL`: Einen Kanal „nowhere“ gibt es hier nicht oder mehrfach; er entfällt
    - `BOTDETECT_WHITELIST_USERS`: Benutzer werden mit ihren IDs übernommen
    - `MODERATION_LOG_CHANNEL_ID`: Der Kanal „mod-log“ ist hier <#MOD-LOG>
    - `MODERATOR_ROLE_ID`: Eine Rolle „ghosts“ gibt es hier nicht oder mehrfach; sie entfällt
    Das wartet einen Tag lang.
    [config/import/DRAFT config/cancel/DRAFT]

    Nichts wurde geändert.
    []

    Nichts wurde geändert: Die Einstellungen sind nicht mehr die von Version 1. Seitdem:
    - `BOTDETECT_TIMEOUT`: 1h (Standard) → 3h
    Jetzt gilt Version 2. Bitte den Befehl noch einmal ausführen.
    []
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn doubts_without_room_are_in_a_file() {
    let house = House::start().await;
    let settings: serde_json::Map<String, Value> = (0..80)
        .map(|number| (format!("SOMETHING_VERY_OLD_{number}"), json!(number)))
        .collect();
    let file = json!({"format": 1, "guild": house.id().to_string(), "settings": settings});
    let asked = imports(&house, &file).await;
    assert!(asked.text().contains(" more"), "{}", asked.text());
    let url = asked.raw["attachments"][0]["url"].as_str().expect("a file");
    let text = String::from_utf8(fetched(&house, url).await).expect("text");
    assert_eq!(text.lines().count(), 80, "{text}");
    house.nothing_is_left().await;
}
