//! Known secrets go through every path there is, and are found in clear nowhere.

mod answers;
mod kept;
mod panics;
mod take_over;

use std::process::Output;

use aimod::cache::Cache;
use aimod::cache::sessions::{Rotated, Sessions};
use aimod::domain::clock::Clock;
use aimod::domain::ids::{GuildId, UserId};
use aimod::settings::{RedisSettings, SessionSettings};
use aimod::simulator::{Fault, SimGuild, Simulator, SimulatorOptions};
use aimod::store::tables::config::Source;
use aimod::store::tables::provider_keys::SetApiKey;
use aimod::vault::Vault;
use aimod::writer::{Writer, WriterOptions};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};
use tokio_util::task::TaskTracker;

use crate::processes::bot::Bot;
use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, TestRedis, database, redis, server_options};

const API_KEY: &str = "sk-or-v1-canary0123456789abcdef";
const SIGN_IN: &str = "gho_canary0123456789ABCDEFGHIJ";
const WEBHOOK: &str = "https://discord.com/api/webhooks/123456789012345678/canary-Webhook-Token_01";
const PASSWORD: &str = "canary-database-password";

/// What must be seen nowhere. A sealed token may be; so it is no canary.
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    /// The lines that hold one, each with its name; parts of a secret are found too.
    fn found_in(&self, text: &str) -> Vec<String> {
        let hit = |line: &str| {
            let named = self.0.iter().find(|(_, secret)| {
                let half = &secret[..secret.len() / 2];
                line.contains(half) || line.contains(&secret[secret.len() / 2..])
            });
            named.map(|(name, _)| format!("{name}: {line}"))
        };
        text.lines().filter_map(hit).collect()
    }

    #[track_caller]
    fn are_not_in(&self, place: &str, text: &str) {
        assert!(!text.trim().is_empty(), "{place} says nothing at all");
        let found = self.found_in(text);
        assert!(found.is_empty(), "{place} holds {found:#?}");
    }
}

struct Scene {
    sim: Simulator,
    guild: SimGuild,
    database: TestDatabase,
    redis: TestRedis,
    /// With a password in it, which the test server does not ask for.
    url: String,
    keys: [SecretString; 2],
    canaries: Canaries,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let options = SimulatorOptions {
            rate_limits: false,
            ..SimulatorOptions::default()
        };
        let sim = Simulator::start(options).await.expect("it listens");
        let guild = sim.add_guild_of("The Server", "admin");
        let (database, redis) = tokio::join!(database(), redis());
        let url = database.url.expose_secret();
        let url = url.replacen("aimod@", &format!("aimod:{PASSWORD}@"), 1);
        let keys = [Vault::generate_key(), Vault::generate_key()];
        let canaries = vec![
            ("the API key", API_KEY.to_owned()),
            ("the sign-in", SIGN_IN.to_owned()),
            ("the webhook's token", "canary-Webhook-Token_01".to_owned()),
            ("the database's password", PASSWORD.to_owned()),
            ("the Discord token", sim.token().to_owned()),
            ("the new key", keys[0].expose_secret().to_owned()),
            ("the old key", keys[1].expose_secret().to_owned()),
        ];
        Self {
            sim,
            guild,
            database,
            redis,
            url,
            keys,
            canaries: Canaries(canaries),
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn both_keys(&self) -> String {
        let [new, old] = &self.keys;
        format!("{},{}", new.expose_secret(), old.expose_secret())
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let data = self.folder.path().join("data").display().to_string();
        vec![
            ("DISCORD_TOKEN", self.sim.token().to_owned()),
            ("AIMOD__DISCORD__API_BASE", self.sim.api_base()),
            ("AIMOD__DISCORD__REQUESTS_PER_SECOND", "100000".to_owned()),
            ("DATABASE_URL", self.url.clone()),
            ("AIMOD__DATABASE__MAX_CONNECTIONS", "6".to_owned()),
            ("AIMOD__DATABASE__DATA_DIR", data),
            ("REDIS_URL", self.redis.url().expose_secret().to_owned()),
            ("ENCRYPTION_KEY", self.both_keys()),
            ("AIMOD__TELEMETRY__LOG_LEVEL", "trace".to_owned()),
        ]
    }

    /// Puts every secret where it is kept, under the old key, by the ways there are.
    async fn store(&self) {
        let vault = Vault::from_keys(&self.keys[1]).expect("a key");
        let pool = self.database.pool.clone();
        let writer = Writer::start(pool.clone(), WriterOptions::default());
        let writer = writer.await.expect("it starts");
        for guild in [self.guild.id(), GuildId(77)] {
            let row = SetApiKey {
                guild,
                provider: "openrouter".to_owned(),
                token: vault.seal(API_KEY),
                changed_by: UserId(7),
                source: Source::Command,
                reason: Some("a new month".to_owned()),
            };
            writer.keep_now(row).await.expect("written");
        }
        writer.drain().await;
        let client = connected(self.database.url.expose_secret()).await;
        let sign_in = vault.seal(SIGN_IN);
        let statement = "UPDATE guild_api_keys SET encrypted_github_auth_info = $1";
        let done = client.execute(statement, &[&sign_in.as_str()]).await;
        assert_eq!(done.expect("written"), 2);
        // Twice, so that the history holds one too.
        for _ in 0..2 {
            let hook = vault.seal(WEBHOOK);
            let statement = "INSERT INTO guild_config (guild_id, key, value) \
                 VALUES ($1, 'MOD_WEBHOOK', jsonb_build_object('sealed', $2::text)) \
                 ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value";
            let guild = self.guild.id().as_i64();
            let done = client.execute(statement, &[&guild, &hook.as_str()]).await;
            assert_eq!(done.expect("written"), 1);
        }
    }

    async fn command(&self, words: &[&str]) -> Output {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        aimod(words, &variables).await
    }

    /// A life of the bot: it starts, judges, answers, changes and is asked about everything.
    async fn live(&self) -> String {
        let bot = Bot::start(&self.variables()).await;
        self.sim.bot_ready().await.expect("it connects");
        let admin = self.guild.member("admin").expect("the owner");
        let form = admin.runs_unchecked("/apikey set provider:openai");
        let form = form.expect("a command").answer().await.expect("a form");
        let sent = admin.fills(&form, &[API_KEY]).expect("it is sent");
        let answer = sent.answer().await.expect("an answer");
        self.canaries
            .are_not_in("the form of the key", &format!("{answer:?}"));
        // Where a key does not belong it is not repeated either.
        let file = format!(
            r#"{{"format": 1, "settings": {{"API_KEY": "{API_KEY}", "hook": "{WEBHOOK}"}}}}"#
        );
        admin
            .uploads("secrets.json", file.into_bytes())
            .expect("taken");
        let general = self.guild.channel("general").expect("there");
        let typed = admin.posts(general, &format!("o!apikey set openai {API_KEY}"));
        typed.expect("members may write");
        let wrong = format!("/config set key:API_KEY value:{API_KEY}");
        for line in [
            wrong.as_str(),
            "/config import file:secrets.json",
            "/mydata export",
            "/apikey info",
            "/botdetect enable on:true",
            "/config show",
            "/config history",
            "/config history key:API_KEY",
            "/config history key:MOD_WEBHOOK",
            "/config show key:MOD_WEBHOOK",
            "/config export",
            "/config check",
            "/config rollback version:1",
            "/config set key:PREFIX value:!",
        ] {
            let call = admin.runs_unchecked(line).expect("a command");
            let answer = call.answer().await.expect("an answer");
            self.canaries.are_not_in(line, &format!("{answer:?}"));
            let files = self.files_of(&answer).await;
            assert_eq!(files.is_empty(), !line.ends_with(" export"), "{line}");
            for file in files {
                self.canaries.are_not_in(line, &file);
            }
        }
        let answered = self
            .sim
            .wait_until("the answer to what was typed", |world| {
                !world.bot_messages(general).is_empty()
            });
        answered.await.expect("it is answered as well");
        let typed = self.said_in(general);
        self.canaries.are_not_in("answers to text commands", &typed);
        // A call that is tried again is told of in the finest lines that there are.
        let failing = Fault::Status(500);
        self.sim
            .fail_next("DELETE /channels/*/messages/*", 1, failing);
        let mallory = self.guild.joins("mallory").expect("anybody may");
        let scam = mallory.posts(general, "claim your FREE NITRO now");
        scam.expect("members may write");
        bot.counts("aimod_messages_judged_total", 1.0).await;
        self.canaries
            .are_not_in("Redis", &self.kept_in_redis().await);
        self.commands().await;
        self.canaries.are_not_in("/metrics", &bot.shown().await);
        // Sealing anew makes Redis forget what it has of a guild; the next message brings it back.
        let bob = self.guild.joins("bob").expect("anybody may");
        let calm = bob.posts(general, "good morning");
        calm.expect("members may write");
        bot.counts("aimod_messages_judged_total", 2.0).await;
        let found = self.canaries.found_in(&self.kept_in_redis().await);
        assert_eq!(found, Vec::<String>::new());
        bot.stop().await
    }

    /// Everything that an operator may run beside the bot.
    async fn commands(&self) {
        let guild = self.guild.id().to_string();
        let admin = self.guild.member("admin").expect("the owner");
        let admin = admin.id().to_string();
        let file = self.folder.path().join("secrets.json");
        let text = format!(
            r#"{{"format": 1, "settings": {{"API_KEY": "{API_KEY}", "hook": "{WEBHOOK}"}}}}"#
        );
        std::fs::write(&file, text).expect("written");
        let file = file.to_str().expect("Unicode");
        for words in [
            &["doctor"][..],
            &["config", "show", "--guild", &guild],
            &["config", "show", "--guild", &guild, "--json"],
            &["config", "history", "--guild", &guild],
            &[
                "config",
                "history",
                "MOD_WEBHOOK",
                "--guild",
                &guild,
                "--json",
            ],
            &["config", "diff", "1", "--guild", &guild],
            &["config", "export", "--guild", &guild],
            &["config", "import", file, "--guild", &guild, "--yes"],
            &["config", "set", "API_KEY", API_KEY, "--guild", &guild],
            &["export", "--user", &admin],
            &["erase", "--user", &admin, "--dry-run"],
            &["erase", "--user", &admin, "--yes"],
            &["stats", "--guild", &guild, "--json"],
            &["notes", "--user", &admin],
            &["blog", "list"],
            &["config", "check", "--all"],
            &["config", "rollback", "1", "--guild", &guild],
            &["cache", "stats"],
            &["keys", "check"],
            &["keys", "check", "--json"],
            &["keys", "rotate"],
            &["keys", "forget", "--yes"],
            &["migrate", "--status"],
            &["migrate", "--grant", "nobody"],
            &["migrate", "--down", "999"],
            &["restore", "/nowhere/at-all"],
            &["run"],
        ] {
            let said = match words {
                // A second bot finds the port of the first in use; no port at all is the quicker failure.
                ["run"] => self.refused_run().await,
                _ => self.command(words).await,
            };
            let said = out(&said) + &err(&said);
            let shown = words.join(" ").replace(API_KEY, "…");
            self.canaries.are_not_in(&shown, &said);
        }
    }

    /// A start that fails with all secrets in its hands: the database is another port's.
    async fn refused_run(&self) -> Output {
        let url = format!("postgres://aimod:{PASSWORD}@127.0.0.1:1/aimod");
        let variables = self.variables();
        let mut variables: Vec<(&str, &str)> = variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        variables.push(("DATABASE_URL", &url));
        aimod(&["run"], &variables).await
    }

    /// A backup by the program, unpacked by PostgreSQL's own.
    async fn backup(&self) -> String {
        let file = self.folder.path().join("backup");
        let file = file.to_str().expect("Unicode");
        let done = self.command(&["backup", file]).await;
        assert!(done.status.success(), "{}", err(&done));
        self.canaries
            .are_not_in("backup", &(out(&done) + &err(&done)));
        let raw = std::fs::read(file).expect("readable");
        let raw = String::from_utf8_lossy(&raw).into_owned();
        self.canaries.are_not_in("the file of the backup", &raw);
        let path = std::env::join_paths(server_options().search_path).expect("folders");
        let unpacked = Command::new("pg_restore")
            .args(["-f", "-", file])
            .env("PATH", path)
            .output()
            .await
            .expect("pg_restore runs");
        assert!(unpacked.status.success(), "{}", err(&unpacked));
        out(&unpacked)
    }
}

/// A connection without anything of ours, as `psql` has one.
async fn connected(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("it answers");
    // The connection does the talking until the client is dropped.
    TaskTracker::new().spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_found_in_clear_anywhere() {
    let scene = Scene::new().await;
    scene.store().await;
    let log = scene.live().await;
    assert!(log.contains("every stored secret opens"), "{log}");
    // The finest lines there are: at TRACE only libraries write, and what they write there is dropped whatever the filter.
    assert!(log.contains(r#""level":"DEBUG""#), "{log}");
    scene.canaries.are_not_in("the log", &log);
    scene.take_over().await;
    // All tables and columns, whatever they are called.
    let everything = scene.backup().await;
    assert!(
        everything.contains("900100") && everything.contains("900200"),
        "both were taken over"
    );
    assert!(everything.contains("gAAAA"), "sealed secrets are kept");
    assert!(everything.contains("MOD_WEBHOOK"));
    scene.canaries.are_not_in("the database", &everything);
    scene.sim.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_were_in_clear_would_be_found() {
    let scene = Scene::new().await;
    for (name, secret) in &scene.canaries.0 {
        for part in [secret.as_str(), &secret[..secret.len() / 2]] {
            let found = scene
                .canaries
                .found_in(&format!("a line\nwith {part} in it"));
            assert_eq!(found.len(), 1, "{name}");
        }
    }
    let clear = connected(scene.database.url.expose_secret()).await;
    let statement = "INSERT INTO user_notes (user_id, note) VALUES (1, $1)";
    clear
        .execute(statement, &[&API_KEY])
        .await
        .expect("written");
    let everything = scene.backup().await;
    let found = scene.canaries.found_in(&everything);
    assert!(
        found.len() == 1 && found[0].starts_with("the API key: "),
        "{found:?}"
    );
    scene.sim.shutdown().await;
}
