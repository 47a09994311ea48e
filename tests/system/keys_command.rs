//! `aimod keys`: which keys are needed, a change of keys, and what is lost without one.

use std::process::{Output, Stdio};
use std::time::Duration;

use aimod::store::connect;
use aimod::vault::{Token, Vault};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;

use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, database};

struct Scene {
    database: TestDatabase,
    old: SecretString,
    new: SecretString,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

impl Scene {
    /// So many guilds, each with an API key, sign-in data and a webhook under the old key.
    async fn with_guilds(guilds: u64) -> Self {
        let scene = Self {
            database: database().await,
            old: Vault::generate_key(),
            new: Vault::generate_key(),
        };
        let vault = Vault::from_keys(&scene.old).expect("a key");
        let sealed = |what: &str, guild: u64| vault.seal(&format!("{what}-{guild}"));
        let rows: Vec<String> = (1..=guilds)
            .map(|guild| {
                let (key, sign_in) = (sealed("key", guild), sealed("sign-in", guild));
                format!("({guild}, 'p', '{}', '{}')", key.as_str(), sign_in.as_str())
            })
            .collect();
        let hooks: Vec<String> = (1..=guilds)
            .map(|guild| {
                let hook = sealed("hook", guild);
                format!("({guild}, 'HOOK', '{{\"sealed\": \"{}\"}}')", hook.as_str())
            })
            .collect();
        scene
            .sql(&format!(
                "INSERT INTO guild_api_keys VALUES {}; INSERT INTO guild_config (guild_id, key, value) VALUES {}",
                rows.join(", "),
                hooks.join(", ")
            ))
            .await;
        scene
    }

    async fn sql(&self, statements: &str) {
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        conn.batch_execute(statements).await.expect("carried out");
    }

    async fn number(&self, query: &str) -> i64 {
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        let row: Number = diesel::sql_query(format!("SELECT ({query})::bigint AS value"))
            .get_result(&mut *conn)
            .await
            .expect("a number");
        row.value
    }

    fn both(&self) -> String {
        [self.new.expose_secret(), self.old.expose_secret()].join(",")
    }

    async fn keys(&self, words: &[&str], keys: &str) -> Output {
        let words: Vec<&str> = ["keys"].into_iter().chain(words.iter().copied()).collect();
        let url = self.database.url.expose_secret();
        aimod(&words, &[("DATABASE_URL", url), ("ENCRYPTION_KEY", keys)]).await
    }

    /// How many secrets each key opens, and how many none does: in use and in the history.
    async fn counts(&self, keys: &str) -> String {
        out(&self.keys(&["check", "--json"], keys).await)
    }

    /// Every token, opened by `keys`.
    async fn opened(&self, keys: &SecretString) -> Vec<String> {
        let mut conn = connect(&self.database.url, Duration::from_secs(10))
            .await
            .expect("it answers");
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT encrypted_api_key AS text FROM guild_api_keys \
             UNION ALL SELECT encrypted_github_auth_info FROM guild_api_keys \
             UNION ALL SELECT value ->> 'sealed' FROM guild_config \
             UNION ALL SELECT new_value ->> 'sealed' FROM guild_config_revisions WHERE key = 'HOOK'",
        )
        .load(&mut conn)
        .await
        .expect("tokens");
        let vault = Vault::from_keys(keys).expect("keys");
        let opened = rows.into_iter().map(|row| {
            let opened = vault.open(&Token::from_stored(row.text));
            opened.expect("it opens").expose_secret().to_owned()
        });
        let mut opened: Vec<String> = opened.collect();
        opened.sort();
        opened
    }
}

const VERSIONS: &str = "SELECT sum(config_version) FROM guild_settings";

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_keys_step_by_step() {
    let scene = Scene::with_guilds(3).await;
    let (old, both) = (scene.old.expose_secret(), scene.both());
    let versions = scene.number(VERSIONS).await;
    let before = scene.opened(&scene.old).await;

    let one = scene.keys(&["check"], old).await;
    assert_eq!(one.status.code(), Some(0), "{}", err(&one));
    assert!(
        out(&one).ends_with("\nevery secret in use opens\n"),
        "{}",
        out(&one)
    );
    assert_eq!(
        scene.counts(&both).await,
        "{\"in_use\":{\"by_key\":[0,9],\"lost\":0},\"history\":{\"by_key\":[0,3],\"lost\":0}}\n"
    );
    let rotated = scene.keys(&["rotate"], &both).await;
    assert_eq!(rotated.status.code(), Some(0), "{}", err(&rotated));
    assert_eq!(out(&rotated), "12 secrets sealed anew with the first key\n");
    let again = scene.keys(&["rotate"], &both).await;
    assert_eq!(
        out(&again),
        "every secret that opens was sealed with the first key already\n"
    );
    let new = scene.new.expose_secret();
    let check = scene.keys(&["check"], &both).await;
    let unneeded = "the first key opens every secret; the others are not needed\n";
    assert!(out(&check).ends_with(unneeded), "{}", out(&check));
    assert_eq!(
        scene.counts(new).await,
        "{\"in_use\":{\"by_key\":[9],\"lost\":0},\"history\":{\"by_key\":[3],\"lost\":0}}\n"
    );
    assert_eq!(scene.opened(&scene.new).await, before);
    assert_eq!(
        scene.number(VERSIONS).await,
        versions,
        "nobody sees a change"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_was_killed_is_finished_by_the_next() {
    let scene = Scene::with_guilds(2000).await;
    let before = scene.opened(&scene.old).await;
    let both = scene.both();
    // A token's time of sealing tells nothing of its key, so the column itself is watched.
    let first = "SELECT count(*) FROM guild_api_keys a JOIN was USING (guild_id) \
                 WHERE a.encrypted_api_key <> was.encrypted_api_key";
    scene
        .sql("CREATE TABLE was AS SELECT guild_id, encrypted_api_key FROM guild_api_keys")
        .await;
    let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(["keys", "rotate"])
        .env_clear()
        .env("DATABASE_URL", scene.database.url.expose_secret())
        .env("ENCRYPTION_KEY", &both)
        .env("AIMOD__WRITER__BATCH_ROWS", "10")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut ticks = tokio::time::interval(Duration::from_millis(2));
    while scene.number(first).await == 0 {
        ticks.tick().await;
    }
    child.kill().await.expect("killed");
    let done = scene.number(first).await;
    let last = "SELECT count(*) FROM guild_config c JOIN guild_config_revisions r USING (guild_id, key) \
                WHERE c.value = r.new_value";
    assert!(done > 0 && scene.number(last).await > 0, "{done} were done");
    let mixed = scene.opened(&both.clone().into()).await;
    assert_eq!(mixed, before, "every secret opens at any moment");
    let finished = scene.keys(&["rotate"], &both).await;
    assert_eq!(finished.status.code(), Some(0), "{}", err(&finished));
    assert_eq!(scene.opened(&scene.new).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changes_a_secret_meanwhile_wins() {
    let scene = Scene::with_guilds(300).await;
    let vault = Vault::from_keys(&scene.new).expect("a key");
    let both = scene.both();
    let changes = async {
        for guild in (1..=300).rev() {
            let token = vault.seal(&format!("changed-{guild}"));
            let statement = format!(
                "UPDATE guild_api_keys SET encrypted_api_key = '{}' WHERE guild_id = {guild}",
                token.as_str()
            );
            scene.sql(&statement).await;
        }
    };
    let (rotated, ()) = tokio::join!(scene.keys(&["rotate"], &both), changes);
    assert_eq!(rotated.status.code(), Some(0), "{}", err(&rotated));
    let opened = scene.opened(&scene.new).await;
    let changed = opened.iter().filter(|one| one.starts_with("changed-"));
    assert_eq!((changed.count(), opened.len()), (300, 1200));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_key_the_bot_does_not_start_and_says_how_many_are_lost() {
    let scene = Scene::with_guilds(2).await;
    let url = scene.database.url.expose_secret();
    let new = scene.new.expose_secret();
    for (keys, said) in [
        (
            new,
            "6 of 6 stored secrets do not open with the key in ENCRYPTION_KEY (4 of API keys, 2 of settings; first in guilds 1, 2); add the key",
        ),
        (
            "",
            "ENCRYPTION_KEY is not set, and 6 stored secrets are sealed (4 of API keys, 2 of settings; first in guilds 1, 2); set it to the key",
        ),
    ] {
        let variables = [
            ("DATABASE_URL", url),
            ("ENCRYPTION_KEY", keys),
            ("DISCORD_TOKEN", "MTA.simulated.token"),
        ];
        let stopped = aimod(&["run"], &variables).await;
        assert_eq!(stopped.status.code(), Some(1));
        assert!(err(&stopped).contains(said), "{}", err(&stopped));
        let check = scene.keys(&["check"], keys).await;
        assert_eq!(check.status.code(), Some(2), "{}", err(&check));
        assert!(out(&check).contains(said), "{}", out(&check));
    }
    let rotated = scene.keys(&["rotate"], new).await;
    assert_eq!(rotated.status.code(), Some(2), "{}", err(&rotated));
    assert!(
        out(&rotated).contains("6 secrets open with no key: add the key"),
        "{}",
        out(&rotated)
    );
    let unset = scene.keys(&["rotate"], "").await;
    assert_eq!(unset.status.code(), Some(1));
    assert!(
        err(&unset).contains("ENCRYPTION_KEY is not set"),
        "{}",
        err(&unset)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_secrets_are_given_up_only_when_that_is_meant() {
    let scene = Scene::with_guilds(2).await;
    let vault = Vault::from_keys(&scene.new).expect("a key");
    let kept = vault.seal("kept");
    scene
        .sql(&format!(
            "UPDATE guild_api_keys SET encrypted_api_key = '{}' WHERE guild_id = 2",
            kept.as_str()
        ))
        .await;
    let new = scene.new.expose_secret();
    let asked = scene.keys(&["forget"], new).await;
    assert_eq!(asked.status.code(), Some(2));
    assert!(
        err(&asked).contains("say --yes if it is meant"),
        "{}",
        err(&asked)
    );
    assert_eq!(scene.number("SELECT count(*) FROM guild_api_keys").await, 2);
    let done = scene.keys(&["forget", "--yes"], new).await;
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    // The sign-in data of guild 1 went with its key.
    assert_eq!(out(&done), "4 secrets given up\n");
    let left = "SELECT count(*) FROM guild_api_keys WHERE guild_id = 2 \
                AND encrypted_api_key IS NOT NULL AND encrypted_github_auth_info IS NULL";
    assert_eq!(scene.number(left).await, 1);
    assert_eq!(scene.number("SELECT count(*) FROM guild_config").await, 0);
    let told = "SELECT count(*) FROM guild_config_revisions WHERE source = 'CLI' AND changed_by = 0 \
                AND reason = 'no key opens the stored secret'";
    assert_eq!(scene.number(told).await, 4);
    let check = scene.keys(&["check"], new).await;
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    let again = scene.keys(&["forget", "--yes"], new).await;
    assert_eq!(
        out(&again),
        "every stored secret opens; there is nothing to give up\n"
    );
}
