//! `/config export | import` as administrators meet them, with files that go through Discord.

use serde_json::{Value, json};

use crate::actions::discord::{DiscordRest, RestOptions};
use crate::features::tests::{dialog, known, named, press, runs};
use crate::simulator::Answer;
use crate::support::House;

/// What a file in an answer says.
async fn file_of(house: &House, answer: &Answer) -> Value {
    let attachment = &answer.raw["attachments"][0];
    let name = attachment["filename"].as_str().expect("a name");
    assert!(
        name.starts_with("aimod-") && name.ends_with(".json"),
        "{name}"
    );
    let url = attachment["url"].as_str().expect("an address");
    serde_json::from_slice(&fetched(house, url).await).expect("JSON")
}

pub(super) async fn fetched(house: &House, url: &str) -> Vec<u8> {
    let base = house.sim.api_base();
    let rest = DiscordRest::new(&"x".into(), Some(&base), RestOptions::default());
    let fetched = rest.expect("a client").download(url, 1 << 20).await;
    fetched.expect("the file")
}

/// Gives the bot a file to import.
pub(super) async fn imports(house: &House, file: &Value) -> Answer {
    let bytes = serde_json::to_vec(file).expect("plain data");
    imports_bytes(house, bytes).await
}

async fn imports_bytes(house: &House, bytes: Vec<u8>) -> Answer {
    let admin = house.member("admin");
    admin.uploads("settings.json", bytes).expect("taken");
    runs(house, "/config import file:settings.json").await
}

fn names(house: &House, text: &str) -> String {
    let drafts = text
        .split("config/import/")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let text = match drafts {
        Some(number) => text.replace(&format!("/{number}"), "/DRAFT"),
        None => text.to_owned(),
    };
    named(house, text)
}

pub(super) fn shown(house: &House, answer: &Answer) -> String {
    names(
        house,
        &format!("{}\n[{}]", answer.text(), answer.custom_ids().join(" ")),
    )
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn settings_go_out_as_a_file_and_come_back() {
    let mut house = House::start().await;
    known(&house).await;
    let alice = house.sim.user("alice");
    let user = format!("/config add key:BOTDETECT_WHITELIST_USERS value:{alice}");
    dialog(
        &house,
        &[
            "/config set key:PREFIX value:?",
            "/config set key:MODERATION_LOG_CHANNEL_ID value:#mod-log",
            "/config add key:BOTDETECT_KEYWORDS value:one, two",
            &user,
        ],
    )
    .await;
    let exported = runs(&house, "/config export").await;
    insta::assert_snapshot!(exported.text(), @"The settings of version 4 as a file. `/config import` takes it, here or on another server. It holds no secret.");
    let file = file_of(&house, &exported).await;
    assert_eq!(file["version"], 4);
    assert_eq!(
        file["settings"]["MODERATION_LOG_CHANNEL_ID"],
        house.mod_log.to_string()
    );
    assert_eq!(
        file["names"]["channels"][house.mod_log.to_string()],
        "mod-log"
    );
    dialog(
        &house,
        &[
            "/config set key:PREFIX value:!",
            "/config remove key:BOTDETECT_KEYWORDS value:two",
            "/config reset key:MODERATION_LOG_CHANNEL_ID",
        ],
    )
    .await;
    let asked = imports(&house, &file).await;
    insta::assert_snapshot!(shown(&house, &asked), @r"
    **Import into version 7?** That would change:
    - `BOTDETECT_KEYWORDS`: + `two`
    - `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    - `PREFIX`: `!` → `?`
    This waits for a day.
    [config/import/DRAFT config/cancel/DRAFT]
    ");
    assert_eq!(
        house
            .number("SELECT max(version) FROM guild_config_revisions")
            .await,
        7
    );
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let id = asked.custom_ids()[0].to_owned();
    let message = asked.message.expect("an answering message");
    let hidden = house.member("alice").presses(message, &id);
    hidden.expect_err("only who asked sees the plan");
    let done = press(&house, "admin", &asked, &id).await;
    insta::assert_snapshot!(shown(&house, &done), @r"
            **Imported** by <@ADMIN>.
            - `BOTDETECT_KEYWORDS`: + `two`
            - `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
            - `PREFIX`: `!` → `?`
            This is version 8; the next message is judged by it.
            []
            ");
    assert_eq!(house.number("SELECT count(*) FROM config_drafts").await, 0);
    let source = "SELECT DISTINCT source FROM guild_config_revisions WHERE version = 8";
    assert_eq!(house.text(source).await.as_deref(), Some("IMPORT"));
    let again = imports(&house, &file).await;
    assert_eq!(
        again.text(),
        "The file holds nothing that would change these settings."
    );
    house.nothing_is_left().await;
}

/// What stands on the buttons of an answer.
fn labels(answer: &Answer) -> String {
    let buttons = answer.components[0]["components"].as_array();
    let labels = buttons.into_iter().flatten();
    let labels = labels.filter_map(|button| button["label"].as_str());
    labels.collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_go_out_and_come_back_in_german() {
    let house = House::start().await;
    known(&house).await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    house.admin("/config set key:PREFIX value:?").await;
    let exported = runs(&house, "/config export").await;
    let file = file_of(&house, &exported).await;
    house.admin("/config reset key:PREFIX").await;
    let asked = imports(&house, &file).await;
    let id = asked.custom_ids()[0].to_owned();
    let done = press(&house, "admin", &asked, &id).await;
    let again = imports(&house, &file).await;
    let other = json!({"format": 1, "settings": {"PREFIX": "!"}});
    let old = imports(&house, &other).await;
    crate::features::tests::plain_sql(
        &house,
        "UPDATE config_drafts SET created_at = created_at - interval '25 hours'",
    )
    .await;
    let late = press(&house, "admin", &old, old.custom_ids()[0]).await;
    let back = runs(&house, "/config rollback version:3").await;
    let texts = [&exported, &asked, &done, &late, &again, &back].map(Answer::text);
    let labels = format!("{}\n{}", labels(&asked), labels(&back));
    insta::assert_snapshot!(named(&house, format!("{}\n\n{labels}", texts.join("\n\n"))), @r"
    Die Einstellungen von Version 2 als Datei. `/config import` nimmt sie an, hier oder auf einem anderen Server. Sie enthält kein Geheimnis.

    **In Version 3 importieren?** Das würde ändern:
    - `PREFIX`: `o!` (Standard) → `?`
    Das wartet einen Tag lang.

    **Importiert**, bestätigt von <@ADMIN>.
    - `PREFIX`: `o!` (Standard) → `?`
    Das ist Version 4; sie gilt ab der nächsten Nachricht.

    Dieser Import ist schon ausgeführt oder abgebrochen, oder er hat länger als einen Tag gewartet. Bitte den Befehl noch einmal ausführen.

    Die Datei enthält nichts, was diese Einstellungen ändern würde.

    **Zurück zu Version 3?** Das würde ändern:
    - `PREFIX`: `?` → `o!` (Standard)
    Daraus wird eine neue Version; nichts geht verloren.

    Übernehmen, Abbrechen
    Zurücksetzen, Abbrechen
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_key_reads_is_kept_by_an_import() {
    let house = House::start().await;
    known(&house).await;
    let file = json!({"format": 1, "settings": {"AI_MODEL": "m", "very_old": [1], "PREFIX": "?", "hook": "/api/webhooks/1"}});
    let asked = imports(&house, &file).await;
    let id = asked.custom_ids()[0].to_owned();
    let done = press(&house, "admin", &asked, &id).await;
    let shown = house.admin("/config show key:VERY_OLD").await;
    let text = [
        shown_plain(&house, &asked),
        shown_plain(&house, &done),
        shown,
    ]
    .join("\n\n");
    insta::assert_snapshot!(text, @r#"
    **Import into version 0?** That would change:
    - `AI_MODEL`: unset → `"m"`
    - `PREFIX`: `o!` (default) → `?`
    - `VERY_OLD`: unset → `[1]`
    The file is of another server: channels and roles are found by their names.
    In doubt:
    - `hook` is left out: its value holds a secret
    - `very_old` is no setting of AIMod; it is kept as it is, and read by nothing
    - `AI_MODEL` is not in use yet; it is kept as it is
    This waits for a day.

    **Imported** by <@ADMIN>.
    - `AI_MODEL`: unset → `"m"`
    - `PREFIX`: `o!` (default) → `?`
    - `VERY_OLD`: unset → `[1]`
    This is version 1; the next message is judged by it.

    **VERY_OLD** is stored, but no part of AIMod knows it.
    Stored: `[1]`
    "#);
    let stored = "SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM guild_config";
    assert_eq!(
        house.text(stored).await.as_deref(),
        Some("AI_MODEL \"m\", PREFIX \"?\", VERY_OLD [1]")
    );
    let versions = "SELECT count(DISTINCT version) FROM guild_config_revisions";
    assert_eq!(house.number(versions).await, 1, "one change");
    let only = json!({"format": 1, "settings": {"AI_MODEL": "n"}});
    let asked = imports(&house, &only).await;
    let id = asked.custom_ids()[0].to_owned();
    press(&house, "admin", &asked, &id).await;
    let out = runs(&house, "/config export").await;
    assert_eq!(file_of(&house, &out).await["settings"]["AI_MODEL"], "n");
    house.nothing_is_left().await;
}

fn shown_plain(house: &House, answer: &Answer) -> String {
    named(house, answer.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_waits_for_a_day_and_no_longer() {
    let house = House::start().await;
    let file = json!({"format": 1, "settings": {"PREFIX": "?"}});
    let asked = imports(&house, &file).await;
    crate::features::tests::plain_sql(
        &house,
        "UPDATE config_drafts SET created_at = created_at - interval '25 hours'",
    )
    .await;
    let id = asked.custom_ids()[0].to_owned();
    let answer = press(&house, "admin", &asked, &id).await;
    assert!(
        answer
            .text()
            .starts_with("This import has been carried out"),
        "{}",
        answer.text()
    );
    imports(&house, &file).await;
    assert_eq!(
        house.number("SELECT count(*) FROM config_drafts").await,
        1,
        "the old one is gone"
    );
    assert_eq!(
        house
            .number("SELECT count(*) FROM guild_config_revisions")
            .await,
        0
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_exports_are_refused_in_german() {
    let house = House::start().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let text = refusals(&house).await;
    insta::assert_snapshot!(text, @r"
    Das ist kein Export von AIMod: das JSON bricht in Zeile 1, Spalte 15 ab.
    Das ist kein Export von AIMod: `settings` fehlt.
    Das ist kein Export von AIMod: das Format ist nicht 1.
    Die Datei ist zu groß; ein Export hat höchstens 1 MiB.
    Die Datei enthält nichts, was diese Einstellungen ändern würde.
    ");
    house.nothing_is_left().await;
}

/// What is said of files that are no exports, and of an export without settings.
async fn refusals(house: &House) -> String {
    let mut text = String::new();
    for bytes in [
        b"{\"format\": 1, oops".to_vec(),
        b"{}".to_vec(),
        b"{\"settings\": {}}".to_vec(),
        vec![b' '; 1024 * 1024 + 1],
        b"{\"format\": 1, \"settings\": {}}".to_vec(),
    ] {
        text.push_str(&imports_bytes(house, bytes).await.text());
        text.push('\n');
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_no_exports_are_refused() {
    let house = House::start().await;
    let mut text = refusals(&house).await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    text.push_str(&imports_bytes(&house, b"[".to_vec()).await.text());
    text.push('\n');
    let gone = runs(&house, "/config import file:nowhere.json").await;
    text.push_str(&gone.text());
    insta::assert_snapshot!(text, @r"
    That is no export of AIMod: the JSON breaks off in line 1, column 15.
    That is no export of AIMod: `settings` is missing.
    That is no export of AIMod: its format is not 1.
    The file is too large; an export has at most 1 MiB.
    The file holds nothing that would change these settings.
    Das ist kein Export von AIMod: das JSON bricht in Zeile 1, Spalte 1 ab.
    Discord hat die Datei nicht herausgegeben. Bitte noch einmal versuchen.
    ");
    house.nothing_is_left().await;
}
