//! What takes more than one line to do: buttons, forms, files, and what operators write from the command line.

use aimod::domain::ids::UserId;
use aimod::store::tables::config::Source;
use aimod::store::tables::provider_keys::RemoveApiKey;
use aimod::store::tables::tokens::{GiveUp, Holder, Reseal, Resealed, StoredToken};
use aimod::vault::{Token, Vault};
use secrecy::ExposeSecret as _;
use tokio::process::Command;
use tokio_postgres::Client;

use crate::support::House;

/// What somebody is told who clicks the newest button of this label.
async fn clicks(house: &House, name: &str, label: &str) -> String {
    let call = house.member(name).clicks(label).expect(label);
    call.answer().await.expect("an answer").text()
}

/// An appeal is filed by a form and granted.
pub(crate) async fn appeal(house: &House, client: &Client) {
    let alice = house.member("alice");
    let newest = "SELECT max(case_number) FROM moderation_logs WHERE target_user_id = $1";
    let row = client.query_one(newest, &[&alice.id().as_i64()]).await;
    let case: i64 = row.expect("an answer").get(0);
    let line = format!("/appeal punishment:{case}");
    let opened = alice.runs_unchecked(&line).expect("a command");
    let opened = opened.answer().await.expect("a form");
    let sent = alice.fills(&opened, &["That was my little brother, and he is sorry."]);
    let sent = sent.unwrap_or_else(|_| panic!("no form: {}", opened.text()));
    sent.answer().await.expect("an answer");
    let newest = "SELECT max(id) FROM appeals WHERE user_id = $1";
    let row = client.query_one(newest, &[&alice.id().as_i64()]).await;
    let appeal: i64 = row.expect("an answer").get(0);
    let decided = house
        .admin(&format!("/appeals decide id:{appeal} decision:approve"))
        .await;
    assert!(decided.contains("is approved"), "{decided}");
}

/// A member's record is cleared, and settings are taken from a file, once not and once indeed.
pub(crate) async fn press_buttons(house: &House) {
    house.admin("/infractions clear user:alice").await;
    let cleared = clicks(house, "admin", "Remove").await;
    assert!(cleared.contains("removed"), "{cleared}");
    for label in ["Cancel", "Apply"] {
        let file = br#"{"format": 1, "settings": {"PREFIX": "imported!"}}"#.to_vec();
        let admin = house.member("admin");
        admin.uploads("settings.json", file).expect("taken");
        house.admin("/config import file:settings.json").await;
        clicks(house, "admin", label).await;
    }
}

/// A post from its first draft to its end.
pub(crate) async fn blog(house: &House) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("news.md");
    std::fs::write(&file, "# News\n\nMore.\n").expect("written");
    let file = file.to_str().expect("Unicode");
    for words in [
        &["create", file][..],
        &["publish", "news"],
        &["delete", "news", "--yes"],
    ] {
        let done = Command::new(env!("CARGO_BIN_EXE_aimod"))
            .arg("blog")
            .args(words)
            .env("DATABASE_URL", house.database.url.expose_secret())
            .output()
            .await
            .expect("it runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{words:?}: {said}");
    }
}

/// A provider's key is set by a form, sealed anew, given up and removed.
pub(crate) async fn keys(house: &House, client: &Client) {
    let admin = house.member("admin");
    let line = "/apikey set provider:openai";
    let form = admin.runs_unchecked(line).expect("a command");
    let form = form.answer().await.expect("a form");
    let sent = admin.fills(&form, &["sk-something"]);
    let sent = sent.unwrap_or_else(|_| panic!("no form: {}", form.text()));
    let stored = sent.answer().await.expect("an answer").text();
    assert!(stored.contains("is stored"), "{stored}");
    let (guild, writer) = (house.id(), house.app().writer());
    let query = "SELECT encrypted_api_key FROM guild_api_keys WHERE guild_id = $1";
    let row = client.query_one(query, &[&guild.as_i64()]).await;
    let old = Token::from_stored(row.expect("a key").get(0));
    let vault = Vault::from_keys(&Vault::generate_key()).expect("a key");
    let new = vault.seal("sk-something");
    let found = |token| StoredToken {
        holder: Holder::ApiKey,
        guild,
        version: 0,
        key: String::new(),
        token,
    };
    let reseal = Reseal {
        found: found(old),
        new: new.clone(),
    };
    let resealed = writer.keep_now(reseal).await.expect("written");
    assert_eq!(resealed, Resealed::Done);
    let given_up = GiveUp { found: found(new) };
    assert!(writer.keep_now(given_up).await.expect("written"));
    let gone = RemoveApiKey {
        guild,
        changed_by: UserId(0),
        source: Source::Cli,
        reason: None,
    };
    writer.keep_now(gone).await.expect("written");
}

/// Somebody who is there comes onto the list of global bans.
pub(crate) async fn keep_out(house: &House) {
    let bob = house.guild.add_member("bob").expect("a member").id();
    house
        .admin("/globalban add user:bob reason:raids servers")
        .await;
    let guild = house.id();
    let banned = house
        .sim
        .wait_until("the ban", |world| world.is_banned(guild, bob));
    banned.await.expect("banned");
    house.settled().await;
}
