//! `/apikey`: by form only, sealed, in the version line, and shown to nobody.

use std::sync::Arc;

use secrecy::ExposeSecret as _;

use crate::features::tests::{dialog, named, press, runs, types, without_times};
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
    - `API_KEY`: `{"provider":"openai"}` → `{"provider":"anthropic"}`
    **Version 1** · TIME · <@ADMIN> · by command
    - `API_KEY`: unset → `{"provider":"openai"}`
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
