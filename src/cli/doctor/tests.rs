//! The doctor's report, line by line, against real servers and a Discord of one page.

use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use diesel_async::SimpleAsyncConnection as _;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use super::*;
use crate::settings::LoadOptions;
use crate::support::{database, database_without_schema, redis, server_options};
use crate::vault::Vault;
use secrecy::ExposeSecret;

/// Discord's two pages that the doctor asks, on a port of their own.
async fn discord(flags: u64) -> String {
    let account = |headers: HeaderMap| async move {
        match headers.get("authorization").map(|value| value.as_bytes()) {
            Some(b"Bot good") => (StatusCode::OK, Json(json!({"username": "Guardian"}))),
            _ => (StatusCode::UNAUTHORIZED, Json(Value::Null)),
        }
    };
    let pages = Router::new()
        .route("/api/v10/users/@me", get(account))
        .route(
            "/api/v10/applications/@me",
            get(move || async move { Json(json!({ "flags": flags })) }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    TaskTracker::new().spawn(async move { axum::serve(listener, pages).await });
    format!("http://{address}")
}

async fn report(variables: &[(&str, &str)]) -> Vec<Finding> {
    let settings = Settings::load(&LoadOptions {
        environment: variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .chain([("PATH".to_owned(), search_path())])
            .collect(),
        ..LoadOptions::default()
    });
    match settings {
        Ok(settings) => examine(&settings).await,
        Err(error) => of_settings(&error),
    }
}

fn search_path() -> String {
    std::env::join_paths(server_options().search_path)
        .expect("folders without colons")
        .to_string_lossy()
        .into_owned()
}

fn grades(findings: &[Finding]) -> Vec<(&'static str, Grade)> {
    findings
        .iter()
        .map(|one| (one.subject, one.grade))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_installation_is_ok_throughout() {
    let (database, redis) = tokio::join!(database(), redis());
    let key = Vault::generate_key();
    let base = discord(1 << 14 | 1 << 18).await;
    let role = database.runner().await;
    let findings = report(&[
        ("DATABASE_URL", role.url.expose_secret()),
        ("REDIS_URL", redis.url().expose_secret()),
        ("ENCRYPTION_KEY", key.expose_secret()),
        ("DISCORD_TOKEN", "good"),
        ("AIMOD__DISCORD__API_BASE", &base),
    ])
    .await;
    let lines: Vec<String> = findings
        .iter()
        .map(|finding| finding.to_string().replace(&role.name, "ROLE"))
        .collect();
    assert_eq!(
        lines,
        [
            "ok      settings  every setting is right",
            "ok      database  it answers",
            "ok      schema    it is this version's",
            "ok      role      ROLE may do what running needs",
            "ok      secrets   0 stored, and all open",
            "ok      redis     it answers",
            "ok      key       the encryption keys are well formed",
            "ok      token     it opens the account Guardian",
            "ok      intents   every intent that is asked for is allowed",
        ]
    );
    assert_eq!(exit_code(&findings), ExitCode::SUCCESS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_makes_the_bot_poorer_is_a_warning() {
    let database = database_without_schema().await;
    let base = discord(1 << 14 | 1 << 18).await;
    let findings = report(&[
        ("DATABASE_URL", database.url.expose_secret()),
        ("REDIS_URL", "redis://127.0.0.1:1"),
        ("DISCORD_TOKEN", "good"),
        ("AIMOD__DISCORD__API_BASE", &base),
    ])
    .await;
    assert_eq!(
        grades(&findings),
        [
            ("settings", Grade::Ok),
            ("database", Grade::Ok),
            ("schema", Grade::Warning),
            ("role", Grade::Warning),
            ("redis", Grade::Warning),
            ("key", Grade::Warning),
            ("token", Grade::Ok),
            ("intents", Grade::Ok),
        ]
    );
    assert_eq!(exit_code(&findings), ExitCode::SUCCESS);
    assert!(
        findings
            .iter()
            .all(|one| (one.grade == Grade::Ok) == one.next_step.is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_do_not_open_and_rights_that_lack_are_errors() {
    let database = database().await;
    let (old, new) = (Vault::generate_key(), Vault::generate_key());
    let sealed = Vault::from_keys(&old).expect("a key").seal("sk-1");
    let role = database.runner().await;
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(&format!(
        "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) VALUES (7, 'p', '{}'); \
         REVOKE INSERT ON appeals FROM {}",
        sealed.as_str(),
        role.name
    ))
    .await
    .expect("a sealed key");
    let url = role.url.expose_secret();
    let keys = [new.expose_secret(), old.expose_secret()].join(",");
    for (key, said, grade) in [
        (
            new.expose_secret(),
            "1 of 1 stored secrets do not open",
            Grade::Error,
        ),
        (keys.as_str(), "1 of 1 need an older key", Grade::Warning),
        (
            "",
            "ENCRYPTION_KEY is not set, and 1 stored secrets are sealed",
            Grade::Error,
        ),
    ] {
        let findings = report(&[("DATABASE_URL", url), ("ENCRYPTION_KEY", key)]).await;
        let about = |subject| findings.iter().find(|one| one.subject == subject);
        let secrets = about("secrets").expect("a line");
        assert_eq!(secrets.grade, grade, "{secrets}");
        assert!(secrets.text.starts_with(said), "{secrets}");
        let rights = about("role").expect("a line").to_string();
        assert!(
            rights.contains(" may not INSERT on appeals; next: "),
            "{rights}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_the_bot_from_running_is_an_error_with_a_next_step() {
    let base = discord(0).await;
    let findings = report(&[
        ("DATABASE_URL", "postgres://nobody:hunter2@127.0.0.1:1/none"),
        ("DISCORD_TOKEN", "bad"),
        ("AIMOD__DISCORD__API_BASE", &base),
    ])
    .await;
    let errors: Vec<_> = findings
        .iter()
        .filter(|one| one.grade == Grade::Error)
        .collect();
    assert_eq!(errors.len(), 2, "{findings:?}");
    assert!(errors.iter().all(|one| one.next_step.is_some()));
    assert!(!format!("{findings:?}").contains("hunter2"));
    assert_eq!(exit_code(&findings), ExitCode::FAILURE);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_discord_and_missing_intents_are_told_apart() {
    let away = [
        ("DISCORD_TOKEN", "good"),
        ("AIMOD__DISCORD__API_BASE", "http://127.0.0.1:1"),
        ("DATABASE_URL", "postgres://127.0.0.1:1/none"),
    ];
    let findings = report(&away).await;
    let last = findings.last().expect("a line for the token");
    assert!(
        last.text.starts_with("Discord could not be asked: "),
        "{last}"
    );

    let base = discord(0).await;
    let findings = report(&[away[0], ("AIMOD__DISCORD__API_BASE", &base), away[2]]).await;
    let last = findings.last().expect("a line for the intents");
    assert_eq!(
        (last.subject, last.grade),
        ("intents", Grade::Error),
        "{last}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_an_empty_data_folder_makes_nothing_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let findings = report(&[(
        "AIMOD__DATABASE__DATA_DIR",
        data_dir.to_str().expect("Unicode"),
    )])
    .await;
    assert_eq!(findings[1].grade, Grade::Ok, "{}", findings[1]);
    assert!(
        findings[1]
            .text
            .contains("will be set up at the first start")
    );
    assert!(!data_dir.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_has_a_line() {
    let findings = report(&[("DATABASE_URL", "x"), ("REDIS_URL", "y")]).await;
    assert_eq!(
        grades(&findings),
        [("settings", Grade::Error), ("settings", Grade::Error)]
    );
    assert_eq!(exit_code(&findings), ExitCode::FAILURE);
}
