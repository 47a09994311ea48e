//! `guild_api_keys`: set, replaced and removed in the line of configuration versions, and never shown.

use aimod::store::tables::provider_keys::{
    ApiKeyInfo, ApiKeyRemoved, ApiKeySet, KEY_NAME, RemoveApiKey, SetApiKey, find_token,
};
use aimod::vault::{Token, Vault};
use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;

use super::*;

const SECRET: &str = "sk-or-canary-0123456789";

fn vault() -> Vault {
    Vault::from_keys(&Vault::generate_key()).expect("a key")
}

pub(super) fn set(guild: GuildId, provider: &str, token: Token) -> SetApiKey {
    SetApiKey {
        guild,
        provider: provider.to_owned(),
        token,
        changed_by: UserId(7),
        source: Source::Command,
        reason: Some("a new\0 month".to_owned()),
    }
}

fn remove(guild: GuildId) -> RemoveApiKey {
    RemoveApiKey {
        guild,
        changed_by: UserId(8),
        source: Source::Cli,
        reason: None,
    }
}

impl Scene {
    pub(super) async fn key_info(&self, guild: GuildId) -> Option<ApiKeyInfo> {
        let found = ApiKeyInfo::find(&mut *self.conn().await, guild).await;
        found.expect("read")
    }

    /// Every revision as `version key old new by source reason`, oldest first.
    pub(super) async fn told(&self) -> Vec<String> {
        let all = list_revisions(&mut *self.conn().await, GUILD, None, None, 100).await;
        let json = |value: &Option<Value>| value.as_ref().map_or("-".into(), Value::to_string);
        let line = |one: &aimod::store::tables::config::Revision| {
            let (old, new) = (json(&one.old), json(&one.new));
            let reason = one.reason.as_deref().unwrap_or("-");
            let (version, key) = (one.version, &one.key);
            let (by, source) = (one.changed_by, &one.source);
            format!("{version} {key} {old} {new} {by} {source} {reason}")
        };
        all.expect("revisions").iter().rev().map(line).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_set_replaced_and_removed_in_the_line_of_versions() {
    let (scene, vault) = (scene().await, vault());
    let first = set(GUILD, "openrouter", vault.seal(SECRET));
    let written = scene.writer.keep_now(first).await;
    assert_eq!(written, Ok(ApiKeySet::Set(ConfigVersion(1))));
    scene.set((Place::Row, Some(json!(1)))).await.expect("set");
    let second = set(GUILD, "anthropic", vault.seal("another"));
    let written = scene.writer.keep_now(second).await;
    assert_eq!(written, Ok(ApiKeySet::Replaced(ConfigVersion(3))));

    let info = scene.key_info(GUILD).await.expect("it has one");
    assert_eq!(info.provider.as_deref(), Some("anthropic"));
    let sealed = find_token(&mut *scene.conn().await, GUILD).await;
    let sealed = sealed.expect("read").expect("there");
    let opened = vault.open(&sealed.token).expect("our own");
    assert_eq!(opened.expose_secret(), "another");

    let removed = scene.writer.keep_now(remove(GUILD)).await;
    assert_eq!(removed, Ok(ApiKeyRemoved::Removed(ConfigVersion(4))));
    let again = scene.writer.keep_now(remove(GUILD)).await;
    assert_eq!(again, Ok(ApiKeyRemoved::None));
    assert_eq!(scene.key_info(GUILD).await, None);
    let none = find_token(&mut *scene.conn().await, GUILD).await;
    assert_eq!(none, Ok(None));
    assert_eq!(
        scene.told().await,
        [
            format!("1 {KEY_NAME} - {{\"provider\":\"openrouter\"}} 7 COMMAND a new month"),
            "2 KEY - 1 7 CLI because".to_owned(),
            format!(
                "3 {KEY_NAME} {{\"provider\":\"openrouter\"}} {{\"provider\":\"anthropic\"}} 7 COMMAND a new month"
            ),
            format!("4 {KEY_NAME} {{\"provider\":\"anthropic\"}} - 8 CLI -"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_takes_the_sign_in_of_the_old_one_with_it() {
    let (scene, vault) = (scene().await, vault());
    scene
        .sql(
            "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_github_auth_info) \
             VALUES (10, 'github', 'gAAAA-sign-in')",
        )
        .await;
    assert_eq!(scene.key_info(GUILD).await, None, "sign-in data is no key");
    let row = set(GUILD, "openrouter", vault.seal(SECRET));
    let written = scene.writer.keep_now(row).await;
    assert_eq!(written, Ok(ApiKeySet::Set(ConfigVersion(2))));
    let left = "SELECT encrypted_github_auth_info FROM guild_api_keys";
    assert_eq!(scene.text(left).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_many_guilds_and_changes_beside_them_each_get_their_own_version_and_author() {
    let (scene, vault) = (scene().await, vault());
    let other = writer(&scene.database).await;
    let rows = (0..40_u64).map(|n| {
        let writer = if n % 2 == 0 { &scene.writer } else { &other };
        writer.keep_now(set(GuildId(10 + n % 8), "openrouter", vault.seal(SECRET)))
    });
    let settings = (0..8).map(|_| async {
        loop {
            let now = find_version(&mut *scene.conn().await, GUILD).await;
            let change = change(now.expect("a version"), (Place::Row, Some(json!(1))));
            if scene.writer.keep_now(change).await != Ok(ConfigWritten::Outdated) {
                break;
            }
        }
    });
    let (written, _) = tokio::join!(join_all(rows), join_all(settings));
    assert!(written.iter().all(Result::is_ok), "{written:?}");
    let told = scene.told().await;
    assert_eq!(told.len(), 5 + 8);
    for (version, line) in (1..).zip(&told) {
        assert!(line.starts_with(&format!("{version} ")), "{line}");
        let signed = match line.contains(KEY_NAME) {
            true => "7 COMMAND a new month",
            false => "7 CLI because",
        };
        assert!(line.ends_with(signed), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_set_is_announced_to_the_processes_that_listen() {
    let (scene, vault) = (scene().await, vault());
    let limit = Duration::from_secs(30);
    let listener = aimod::store::listen::Listener::connect(&scene.database.url, limit).await;
    let mut listener = listener.expect("it listens");
    let row = set(GUILD, "openrouter", vault.seal(SECRET));
    scene.writer.keep_now(row).await.expect("written");
    let heard = tokio::time::timeout(limit, listener.hear()).await;
    let heard = heard.expect("something is heard").expect("a connection");
    let expected = aimod::store::listen::Announced::Version(GUILD, ConfigVersion(1));
    assert_eq!(heard, [expected]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_printed_shows_the_key() {
    let (scene, vault) = (scene().await, vault());
    let row = set(GUILD, "openrouter", vault.seal(SECRET));
    assert!(!format!("{row:?}").contains(SECRET));
    scene.writer.keep_now(row).await.expect("written");
    let info = scene.key_info(GUILD).await;
    assert!(!format!("{info:?}").contains("gAAAA"), "{info:?}");
    let too_long = set(GUILD, &"x".repeat(101), vault.seal(SECRET));
    let refused = scene.writer.keep_now(too_long).await.expect_err("too long");
    assert!(!refused.to_string().contains("gAAAA"), "{refused}");
    assert_eq!(scene.told().await.len(), 1);
    let mut conn = scene.conn().await;
    conn.batch_execute("DELETE FROM guild_api_keys WHERE guild_id = 10")
        .await
        .expect("deleted by plain SQL");
    assert!(scene.told().await[1].ends_with(" 0 SQL -"));
}
