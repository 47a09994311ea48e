//! Settings: what is set here stays, secrets are sealed, and a running bot hears of it.

use secrecy::ExposeSecret as _;

use super::legacy::{GUILD, WEBHOOK};
use super::{CONFIG, SETTINGS, Scene, remarks};
use crate::program::{aimod, err, out};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_here_stays_unless_it_is_to_be_overwritten() {
    let scene = Scene::new().await;
    scene.write(CONFIG, r#"{"1": {"PREFIX": "?", "LANGUAGE_CODE": "de", "MODERATOR_ROLE_ID": 5, "ENABLED": false}}"#);
    for words in [
        &["config", "set", "PREFIX", "!", "--guild", "1"][..],
        &["config", "set", "LANGUAGE_CODE", "de", "--guild", "1"],
        &["config", "set", "MODERATOR_ROLE_ID", "5", "--guild", "1"],
        &["config", "reset", "MODERATOR_ROLE_ID", "--guild", "1"],
    ] {
        assert!(scene.run(words, &[]).await.status.success(), "{words:?}");
    }
    let report = scene.report(&[]).await;
    assert_eq!(report["exit_code"], 0);
    insta::assert_snapshot!(remarks(&report, CONFIG), @r"
    kept /1/PREFIX: another value is set here, and stays; --overwrite takes this one
    kept /1/MODERATOR_ROLE_ID: it was cleared here since, and stays so; --overwrite sets it
    ");
    let config = "SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM guild_config";
    assert_eq!(
        scene.value(config).await,
        "ENABLED false, LANGUAGE_CODE \"de\", PREFIX \"!\""
    );
    scene.told(&["--overwrite"], 0).await;
    assert_eq!(
        scene.value(config).await,
        "ENABLED false, LANGUAGE_CODE \"de\", MODERATOR_ROLE_ID 5, PREFIX \"?\""
    );
    let after = scene.fingerprint().await;
    scene.told(&["--overwrite"], 0).await;
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_sealed_and_shown_to_nobody() {
    let scene = Scene::new().await;
    scene.write_good();
    let without = scene.import_with(&[], &[]).await;
    assert_eq!(without.status.code(), Some(2));
    assert!(
        err(&without).contains("logging_webhook_url: it is a webhook's address, a secret"),
        "{}",
        err(&without)
    );
    assert!(!err(&without).contains("a-secret-token"));
    scene.told(&[], 0).await;
    scene.told(&["--validate"], 0).await;
    let stored = scene
        .value("SELECT value FROM guild_config WHERE key = 'LOGGING_WEBHOOK_URL'")
        .await;
    let stored: serde_json::Value = serde_json::from_str(&stored).expect("JSON");
    let token = aimod::vault::Token::find_in(&stored).expect("a sealed secret");
    let vault = aimod::vault::Vault::from_keys(&scene.key.clone().into()).expect("a key");
    assert_eq!(
        vault.open(&token).expect("it opens").expose_secret(),
        WEBHOOK
    );
    // Nowhere in clear, and the token itself in no answer.
    let guild = GUILD.to_string();
    for words in [
        &["show"][..],
        &["show", "--json"],
        &["history"],
        &["history", "--json"],
        &["export"],
        &["diff", "0"],
        &["diff", "0", "--json"],
    ] {
        let mut all = vec!["config"];
        all.extend(words);
        all.extend(["--guild", &guild]);
        let output = scene.run(&all, &[]).await;
        assert!(output.status.success(), "{words:?}: {}", err(&output));
        let shown = out(&output);
        assert!(
            !shown.contains("a-secret-token") && !shown.contains(token.as_str()),
            "{words:?}: {shown}"
        );
        let is_named = shown.contains("LOGGING_WEBHOOK_URL");
        assert_eq!(is_named, words[0] != "export", "{words:?}: {shown}");
        assert_eq!(
            shown.contains("a sealed secret"),
            is_named,
            "{words:?}: {shown}"
        );
    }
    let clear = "SELECT (SELECT count(*) FROM guild_config t WHERE t::text LIKE '%a-secret-token%') \
         + (SELECT count(*) FROM guild_config_revisions t WHERE t::text LIKE '%a-secret-token%')";
    assert_eq!(scene.value(clear).await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_found_again_after_its_key_was_changed() {
    let scene = Scene::new().await;
    scene.write(SETTINGS, format!(r#"{{"1": {{"hook": "{WEBHOOK}"}}}}"#));
    scene.told(&[], 0).await;
    let fresh = aimod::vault::Vault::generate_key();
    let both = format!("{},{}", fresh.expose_secret(), scene.key);
    let after = scene.fingerprint().await;
    let output = scene.import_with(&[], &[("ENCRYPTION_KEY", &both)]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(scene.fingerprint().await, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_bot_judges_by_what_was_imported() {
    let house = House::start().await;
    let guild = house.id();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("wdiscordbot-json-data");
    std::fs::create_dir(&data).expect("made");
    let settings = format!(
        r#"{{"{guild}": {{"enabled": true, "keywords": ["purple elephants"], "action": "delete"}}}}"#
    );
    std::fs::write(data.join("botdetect_config.json"), settings).expect("written");
    let url = house.database.url.expose_secret().to_owned();
    let folder = folder.path().to_str().expect("Unicode");
    let output = aimod(&["import", folder], &[("DATABASE_URL", &url)]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    // The bot hears of a commit within a second.
    let heard = async {
        while house
            .app()
            .guilds()
            .find_configuration(guild)
            .is_none_or(|held| held.version().0 < 1)
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(5), heard)
        .await
        .expect("the bot hears of it");
    let mallory = house.member("mallory");
    let posted = mallory
        .posts(house.general, "get your purple elephants")
        .expect("a message");
    house
        .sim
        .wait_until("it is deleted", |world| {
            world.message(house.general, posted).is_none()
        })
        .await
        .expect("deleted");
    house.settled().await;
    house.nothing_is_left().await;
}
