//! `/apikey`: by form only, sealed, in the version line, and shown to nobody.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use crate::features::tests::{dialog, named, plain_sql, press, runs, types, without_times};
use crate::guild::language::Language;
use crate::simulator::Answer;
use crate::support::House;
use crate::vault::{Token, Vault};

const SECRET: &str = "sk-canary-0123456789";

/// A house with a vault.
async fn sealing() -> (House, Vault) {
    let key = Vault::generate_key();
    let vault = Vault::from_keys(&key).expect("a key");
    let house = House::start_with(|settings| settings.vault.encryption_keys = Some(key)).await;
    (house, vault)
}

async fn fill(house: &House, form: &Answer, text: &str) -> String {
    let sent = house.member("admin").fills(form, &[text]);
    let answer = sent.expect("a form").answer().await;
    answer.expect("the application responds").text()
}

async fn stored_token(house: &House) -> Option<String> {
    house
        .text("SELECT max(encrypted_api_key) FROM guild_api_keys")
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_comes_by_form_and_is_never_seen_again() {
    let (house, vault) = sealing().await;
    let form = runs(&house, "/apikey set provider:openai").await;
    let stored = fill(&house, &form, SECRET).await;
    let token = stored_token(&house).await.expect("a key is stored");
    let opened = vault.open(&Token::from_stored(token)).expect("our vault");
    assert_eq!(opened.expose_secret(), SECRET);
    let form = runs(&house, "/apikey set provider:Anthropic").await;
    let replaced = fill(&house, &form, "another-key-of-mine").await;
    let looked = dialog(&house, &["/apikey info", "/config history"]).await;
    let text = without_times(&format!("{stored}\n\n{replaced}\n\n{looked}"));
    insta::assert_snapshot!(text, @r#"
    The key of **openai** is stored, sealed. That is version 1 of the settings.

    The key of **anthropic** takes the place of the former one, which is deleted. That is version 2 of the settings.

    > /apikey info
    This server has a key of **anthropic**, first set TIME, last set TIME. The key itself is sealed and shown to nobody.

    > /config history
    **Changes of this server's settings**
    **Version 2** · TIME · <@ADMIN> · by command
    - `API_KEY`: a key of openai → a key of anthropic
    **Version 1** · TIME · <@ADMIN> · by command
    - `API_KEY`: none → a key of openai
    "#);
    let everything = house
        .text("SELECT string_agg(r::text, ' ') FROM guild_config_revisions r")
        .await;
    assert!(!everything.expect("revisions").contains("key-of-mine"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_was_open_over_a_restart_is_taken() {
    let (mut house, _) = sealing().await;
    let form = runs(&house, "/apikey set provider:openai").await;
    house.rest().await;
    house.wake().await;
    let answer = fill(&house, &form, SECRET).await;
    assert!(
        answer.starts_with("The key of **openai** is stored"),
        "{answer}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_command_gives_a_button_that_opens_the_form() {
    let (house, _) = sealing().await;
    let text = types(&house, "admin", "o!apikey set openai").await;
    assert_eq!(text, "Press the button to fill in the form.");
    let click = house.member("admin").clicks("Open the form");
    let form = click.expect("a button").answer().await.expect("a form");
    let answer = fill(&house, &form, SECRET).await;
    assert!(answer.contains("is stored"), "{answer}");
    assert!(stored_token(&house).await.is_some());
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_removed_after_a_question_unless_it_was_set_anew() {
    let (house, _) = sealing().await;
    let form = runs(&house, "/apikey set provider:openai").await;
    fill(&house, &form, SECRET).await;
    let outdated = runs(&house, "/apikey remove").await;
    let form = runs(&house, "/apikey set provider:openai").await;
    fill(&house, &form, "another-key-of-mine").await;
    let kept = press(&house, "admin", &outdated, &button_of(&outdated)).await;
    let question = runs(&house, "/apikey remove").await;
    let removed = press(&house, "admin", &question, &button_of(&question)).await;
    let text = [&question, &kept, &removed].map(Answer::text).join("\n\n");
    insta::assert_snapshot!(named(&house, text), @r"
    Delete the key of **openai**? It cannot be brought back.

    The key has been set anew since the question was asked, and stays. `/apikey remove` asks again.

    The key is deleted. That is version 3 of the settings.
    ");
    assert_eq!(stored_token(&house).await, None);
    house.nothing_is_left().await;
}

fn button_of(answer: &Answer) -> String {
    let button = &answer.components[0]["components"][0]["custom_id"];
    button.as_str().expect("a button").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_is_refused_and_not_repeated() {
    let (house, _) = sealing().await;
    for wrong in [
        "two words here",
        "schlüssel-mit-ü",
        "\u{200b}\u{200b}12345678",
    ] {
        let form = runs(&house, "/apikey set provider:openai").await;
        let answer = fill(&house, &form, wrong).await;
        assert!(answer.starts_with("That is no API key"), "{answer}");
    }
    let refused = house.admin("/apikey set provider:nobody").await;
    assert!(
        refused.starts_with("Choose one of `anthropic`"),
        "{refused}"
    );
    assert_eq!(stored_token(&house).await, None);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_vault_no_key_is_taken_and_members_may_nothing() {
    let house = House::start().await;
    let answer = house.admin("/apikey set provider:openai").await;
    assert!(
        answer.starts_with("The operator of this bot has set no ENCRYPTION_KEY"),
        "{answer}"
    );
    for line in [
        "/apikey set provider:openai",
        "/apikey info",
        "/apikey remove",
    ] {
        let answer = house.says("alice", line).await;
        assert!(answer.contains("Manage Server"), "{answer}");
    }
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_read_german() {
    let (house, _) = sealing().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let none = house.admin("/apikey info").await;
    let form = runs(&house, "/apikey set provider:openai").await;
    let title = form.modal.as_ref().expect("a form")["title"].to_string();
    let stored = fill(&house, &form, SECRET).await;
    let refused = {
        let form = runs(&house, "/apikey set provider:openai").await;
        fill(&house, &form, "zwei Wörter").await
    };
    let info = house.admin("/apikey info").await;
    let question = runs(&house, "/apikey remove").await;
    let removed = press(&house, "admin", &question, &button_of(&question)).await;
    let text = [
        none,
        title,
        stored,
        refused,
        info,
        question.text(),
        removed.text(),
    ];
    insta::assert_snapshot!(without_times(&text.join("\n\n")), @r#"
    Dieser Server hat keinen API-Schlüssel.

    "Schlüssel von openai"

    Der Schlüssel von **openai** ist gespeichert, versiegelt. Das ist Version 2 der Einstellungen.

    Das ist kein API-Schlüssel: einer hat 8 bis 512 Buchstaben, Ziffern und Zeichen ohne Leerzeichen. Nichts wurde gespeichert.

    Dieser Server hat einen Schlüssel von **openai**, zuerst gesetzt TIME, zuletzt gesetzt TIME. Der Schlüssel selbst ist versiegelt und wird niemandem gezeigt.

    Den Schlüssel von **openai** löschen? Er lässt sich nicht wiederherstellen.

    Der Schlüssel ist gelöscht. Das ist Version 3 der Einstellungen.
    "#);
    house.nothing_is_left().await;
}

#[test]
fn what_the_commands_need_prints_no_key() {
    let key = Vault::generate_key();
    let keys = super::ApiKeys {
        vault: Vault::from_keys(&key).ok().map(Arc::new),
        providers: vec!["openai".to_owned()].into(),
    };
    assert!(!format!("{keys:?}").contains(key.expose_secret()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_follows_a_key_change_sees_it_though_nobody_announces_it() {
    let key = Vault::generate_key();
    let house = House::start_with(|settings| {
        settings.vault.encryption_keys = Some(key);
        settings.guild.config_sweep = Duration::from_secs(3_600);
    })
    .await;
    plain_sql(
        &house,
        "CREATE OR REPLACE FUNCTION aimod_announce_version() RETURNS TRIGGER LANGUAGE plpgsql \
         AS $$ BEGIN RETURN NULL; END $$",
    )
    .await;
    let held = || {
        let found = house.app().guilds().find_configuration(house.id());
        found.map(|snapshot| snapshot.version().0)
    };
    house.admin("/config set key:PREFIX value:?").await;
    let form = runs(&house, "/apikey set provider:openai").await;
    fill(&house, &form, SECRET).await;
    assert_eq!(held(), Some(2));
    let history = house.admin("/config history").await;
    assert!(
        history.contains("`API_KEY`: none → a key of openai"),
        "{history}"
    );
    let question = runs(&house, "/apikey remove").await;
    press(&house, "admin", &question, &button_of(&question)).await;
    assert_eq!(held(), Some(3));
    let history = house.admin("/config history key:api_key").await;
    assert!(history.contains("**Version 3**"), "{history}");
    house.nothing_is_left().await;
}

/// A guild whose key was set, replaced by one of another provider and by one of the same, and removed.
async fn with_a_past(language: Language) -> House {
    let (house, _) = sealing().await;
    let line = format!("/config set key:LANGUAGE_CODE value:{}", language.code());
    house.admin(&line).await;
    for provider in ["openai", "anthropic", "anthropic"] {
        let form = runs(&house, &format!("/apikey set provider:{provider}")).await;
        fill(&house, &form, SECRET).await;
    }
    let question = runs(&house, "/apikey remove").await;
    press(&house, "admin", &question, &button_of(&question)).await;
    house.admin("/config set key:PREFIX value:?").await;
    house
}

async fn looked_back(house: &House) -> String {
    let text = dialog(
        house,
        &[
            "/config diff from:1 to:2",
            "/config diff from:2 to:3",
            "/config diff from:3 to:4",
            "/config diff from:4 to:3",
            "/config diff from:4 to:5",
            "/config diff from:5 to:2",
            "/config diff from:1 to:5",
            "/config diff from:5",
            "/config rollback version:4",
            "/config rollback version:5",
            "/config history key:api_key",
            "/config history key:PREFIX",
            "/config show key:API_KEY",
            "/config set key:API_KEY value:sk-canary",
        ],
    )
    .await;
    without_times(&text)
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_tell_of_keys_that_were_set_replaced_and_removed() {
    let house = with_a_past(Language::En).await;
    insta::assert_snapshot!(looked_back(&house).await, @r"
    > /config diff from:1 to:2
    **From version 1 to version 2**
    - `API_KEY`: none → a key of openai

    > /config diff from:2 to:3
    **From version 2 to version 3**
    - `API_KEY`: a key of openai → a key of anthropic

    > /config diff from:3 to:4
    **From version 3 to version 4**
    - `API_KEY`: a key of anthropic → another key of anthropic

    > /config diff from:4 to:3
    **From version 4 to version 3**
    - `API_KEY`: a key of anthropic → another key of anthropic

    > /config diff from:4 to:5
    **From version 4 to version 5**
    - `API_KEY`: a key of anthropic → none

    > /config diff from:5 to:2
    **From version 5 to version 2**
    - `API_KEY`: none → a key of openai

    > /config diff from:1 to:5
    Versions 1 and 5 hold the same settings.

    > /config diff from:5
    **From version 5 to version 6**
    - `PREFIX`: `o!` (default) → `?`

    > /config rollback version:4
    **Back to version 4?** That would change:
    - `PREFIX`: `?` → `o!` (default)
    `API_KEY` stays as it is: AIMod cannot set it back.
    It makes a new version; nothing is forgotten.

    > /config rollback version:5
    **Back to version 5?** That would change:
    - `PREFIX`: `?` → `o!` (default)
    It makes a new version; nothing is forgotten.

    > /config history key:api_key
    **Changes of `API_KEY`**
    **Version 5** · TIME · <@ADMIN> · by command
    - `API_KEY`: a key of anthropic → none
    **Version 4** · TIME · <@ADMIN> · by command
    - `API_KEY`: a key of anthropic → another key of anthropic
    **Version 3** · TIME · <@ADMIN> · by command
    - `API_KEY`: a key of openai → a key of anthropic
    **Version 2** · TIME · <@ADMIN> · by command
    - `API_KEY`: none → a key of openai

    > /config history key:PREFIX
    **Changes of `PREFIX`**
    **Version 6** · TIME · <@ADMIN> · by command
    - `PREFIX`: `o!` (default) → `?`

    > /config show key:API_KEY
    **API_KEY** is this server's own key to an AI provider. `/apikey` tells of it, sets and removes it; `/config history` tells when it changed.

    > /config set key:API_KEY value:sk-canary
    `API_KEY` was not changed: it is no setting; `/apikey` sets and removes it.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_tell_of_keys_in_german() {
    let house = with_a_past(Language::De).await;
    insta::assert_snapshot!(looked_back(&house).await, @r"
    > /config diff from:1 to:2
    **Von Version 1 zu Version 2**
    - `API_KEY`: keiner → ein Schlüssel von openai

    > /config diff from:2 to:3
    **Von Version 2 zu Version 3**
    - `API_KEY`: ein Schlüssel von openai → ein Schlüssel von anthropic

    > /config diff from:3 to:4
    **Von Version 3 zu Version 4**
    - `API_KEY`: ein Schlüssel von anthropic → ein anderer Schlüssel von anthropic

    > /config diff from:4 to:3
    **Von Version 4 zu Version 3**
    - `API_KEY`: ein Schlüssel von anthropic → ein anderer Schlüssel von anthropic

    > /config diff from:4 to:5
    **Von Version 4 zu Version 5**
    - `API_KEY`: ein Schlüssel von anthropic → keiner

    > /config diff from:5 to:2
    **Von Version 5 zu Version 2**
    - `API_KEY`: keiner → ein Schlüssel von openai

    > /config diff from:1 to:5
    Die Versionen 1 und 5 enthalten dieselben Einstellungen.

    > /config diff from:5
    **Von Version 5 zu Version 6**
    - `PREFIX`: `o!` (Standard) → `?`

    > /config rollback version:4
    **Zurück zu Version 4?** Das würde ändern:
    - `PREFIX`: `?` → `o!` (Standard)
    `API_KEY` bleibt, wie es ist: AIMod kann es nicht zurücksetzen.
    Daraus wird eine neue Version; nichts geht verloren.

    > /config rollback version:5
    **Zurück zu Version 5?** Das würde ändern:
    - `PREFIX`: `?` → `o!` (Standard)
    Daraus wird eine neue Version; nichts geht verloren.

    > /config history key:api_key
    **Änderungen an `API_KEY`**
    **Version 5** · TIME · <@ADMIN> · per Befehl
    - `API_KEY`: ein Schlüssel von anthropic → keiner
    **Version 4** · TIME · <@ADMIN> · per Befehl
    - `API_KEY`: ein Schlüssel von anthropic → ein anderer Schlüssel von anthropic
    **Version 3** · TIME · <@ADMIN> · per Befehl
    - `API_KEY`: ein Schlüssel von openai → ein Schlüssel von anthropic
    **Version 2** · TIME · <@ADMIN> · per Befehl
    - `API_KEY`: keiner → ein Schlüssel von openai

    > /config history key:PREFIX
    **Änderungen an `PREFIX`**
    **Version 6** · TIME · <@ADMIN> · per Befehl
    - `PREFIX`: `o!` (Standard) → `?`

    > /config show key:API_KEY
    **API_KEY** ist der eigene Schlüssel dieses Servers für einen KI-Anbieter. `/apikey` gibt Auskunft, setzt und entfernt ihn; `/config history` zeigt, wann er sich geändert hat.

    > /config set key:API_KEY value:sk-canary
    `API_KEY` wurde nicht geändert: Er ist keine Einstellung; `/apikey` setzt und entfernt ihn.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_could_only_bring_a_key_back_says_so() {
    let (house, _) = sealing().await;
    let form = runs(&house, "/apikey set provider:openai").await;
    fill(&house, &form, SECRET).await;
    insta::assert_snapshot!(house.admin("/config rollback version:0").await, @r"
    Nothing can be taken back to version 0:
    `API_KEY` stays as it is: AIMod cannot set it back.
    ");
    house.nothing_is_left().await;
}
