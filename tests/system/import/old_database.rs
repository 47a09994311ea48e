//! The Python bot's database: read as it is, and left as it was.

use diesel_async::SimpleAsyncConnection as _;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Scene, fingerprint, remarks, told};
use crate::program::err;
use crate::support::{TestDatabase, database_without_schema};

/// What the Python bot's own set-up makes of it.
pub(super) const TABLES: &str = "
    CREATE TABLE guild_config (guild_id BIGINT NOT NULL, key VARCHAR(255) NOT NULL, value JSONB,
        created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now(), PRIMARY KEY (guild_id, key));
    CREATE TABLE guild_settings (LIKE guild_config INCLUDING ALL);
    CREATE TABLE botdetect_config (LIKE guild_config INCLUDING ALL);
    CREATE TABLE log_event_toggles (guild_id BIGINT NOT NULL, event_key VARCHAR(255) NOT NULL, enabled BOOLEAN DEFAULT true,
        PRIMARY KEY (guild_id, event_key));
    CREATE TABLE user_infractions (id SERIAL PRIMARY KEY, guild_id BIGINT NOT NULL, user_id BIGINT NOT NULL,
        timestamp TIMESTAMPTZ NOT NULL, rule_violated VARCHAR(50), action_taken VARCHAR(100), reasoning TEXT,
        created_at TIMESTAMPTZ DEFAULT now());
    CREATE TABLE appeals (appeal_id UUID PRIMARY KEY, user_id BIGINT NOT NULL, reason TEXT, timestamp TIMESTAMPTZ NOT NULL,
        status VARCHAR(50) DEFAULT 'pending', original_infraction JSONB);
    CREATE TABLE global_bans (id SERIAL PRIMARY KEY, user_id BIGINT UNIQUE NOT NULL, reason TEXT,
        banned_at TIMESTAMPTZ DEFAULT now(), banned_by BIGINT);
    CREATE TABLE moderation_logs (case_id SERIAL PRIMARY KEY, guild_id BIGINT NOT NULL, moderator_id BIGINT NOT NULL,
        target_user_id BIGINT NOT NULL, action_type VARCHAR(100) NOT NULL, reason TEXT, duration_seconds INTEGER,
        timestamp TIMESTAMPTZ DEFAULT now(), message_id BIGINT, channel_id BIGINT);
    CREATE TABLE user_data (user_id BIGINT PRIMARY KEY, data JSONB);
    CREATE TABLE guild_api_keys (guild_id BIGINT PRIMARY KEY, api_provider VARCHAR(100), encrypted_api_key TEXT,
        encrypted_github_auth_info TEXT, created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now());
    CREATE TABLE blog_posts (id SERIAL PRIMARY KEY, title VARCHAR(255) NOT NULL, content TEXT NOT NULL,
        author_id BIGINT NOT NULL, published BOOLEAN DEFAULT false, slug VARCHAR(255) UNIQUE NOT NULL,
        created_at TIMESTAMPTZ DEFAULT now(), updated_at TIMESTAMPTZ DEFAULT now());";

const ROWS: &str = r#"
    INSERT INTO guild_config VALUES (1, 'ENABLED', 'false'), (1, 'AI_EXCLUDED_CHANNELS', '["900719925474099301"]'),
        (1, 'mood', '"grey"'), (1, 'MODERATOR_ROLE_ID', '"many"'), (2, 'RULES_TEXT', NULL);
    INSERT INTO guild_settings VALUES (1, 'prefix', '"?"'), (1, 'mod_log_channel_id', '8'),
        (1, 'logging_webhook_url', '"https://discord.com/api/webhooks/17/a-secret-token"');
    INSERT INTO botdetect_config VALUES (1, 'enabled', 'true'), (1, 'keywords', '["free nitro"]');
    INSERT INTO log_event_toggles VALUES (1, 'member_join', false), (1, 'message_edit', true);
    INSERT INTO user_infractions (guild_id, user_id, timestamp, rule_violated, action_taken, reasoning)
        SELECT 1, 7 + n % 3, '2024-05-01 12:00:00Z'::timestamptz + n * interval '1.000001 s', '3', 'WARN', 'spam ' || n
        FROM generate_series(1, 5000) n;
    INSERT INTO user_infractions (guild_id, user_id, timestamp) VALUES (1, 7, '2024-04-01 12:00:00Z'), (0, 7, now());
    INSERT INTO appeals VALUES ('00000000-0000-4000-8000-000000000001', 7, 'Please.', '2024-06-01 08:00:00Z', 'rejected',
        '{"guild_id": 1, "timestamp": "2024-04-01T12:00:00+00:00", "action_taken": "UNKNOWN"}');
    INSERT INTO global_bans (user_id, reason, banned_at, banned_by) VALUES (9, 'raids', '2024-01-01 00:00:00Z', 5), (10, NULL, '2024-01-02 00:00:00Z', NULL);
    INSERT INTO moderation_logs (guild_id, moderator_id, target_user_id, action_type, reason, duration_seconds, timestamp, message_id, channel_id)
        VALUES (1, 5, 7, 'BAN', 'spam', NULL, '2024-05-01 12:00:00Z', 90, 91), (2, 0, 8, 'TIMEOUT', NULL, 60, '2024-05-01 12:00:00Z', NULL, NULL),
            (1, 5, 8, 'KICK', NULL, NULL, '2024-05-01 12:00:00Z', NULL, NULL);
    INSERT INTO user_data VALUES (7, '{"note": "An old friend."}'), (8, NULL);
    INSERT INTO blog_posts (title, content, author_id, published, slug, created_at, updated_at)
        VALUES ('Hello', '*Hi*', 5, true, 'hello', '2024-01-01 00:00:00Z', '2024-01-02 00:00:00Z'), ('No', 'x', 5, false, 'No Slug', now(), now());"#;

pub(super) async fn execute(database: &TestDatabase, sql: &str) {
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(sql).await.expect("it runs");
}

/// A database as the Python bot left it, with keys that the scene's key opens, and one that it does not.
pub(super) async fn old_database(scene: &Scene) -> TestDatabase {
    let old = database_without_schema().await;
    execute(&old, TABLES).await;
    execute(&old, ROWS).await;
    let vault = aimod::vault::Vault::from_keys(&scene.key.clone().into()).expect("a key");
    let other =
        aimod::vault::Vault::from_keys(&aimod::vault::Vault::generate_key()).expect("a key");
    let wrapped = json!({"data": vault.seal("{\"token\": 1}").as_str()});
    execute(
        &old,
        &format!(
            "INSERT INTO guild_api_keys VALUES (1, 'openai', '{}', NULL), (2, 'github_copilot', NULL, '{wrapped}'), (3, 'openai', '{}', NULL)",
            vault.seal("sk-old").as_str(),
            other.seal("sk-lost").as_str()
        ),
    )
    .await;
    old
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "every case of one file, side by side"
)]
async fn everything_in_it_is_taken_over_and_it_stays_as_it_was() {
    let scene = Scene::new().await;
    let old = old_database(&scene).await;
    let before = fingerprint(&old).await;
    let path = scene.path("report.json");
    let from = old.url.expose_secret().to_owned();
    let arguments = [
        "import",
        "--from-database",
        &from,
        "--report",
        path.to_str().expect("Unicode"),
    ];
    let variables = [("ENCRYPTION_KEY", scene.key.as_str())];
    let first = scene.run(&arguments, &variables).await;
    assert_eq!(first.status.code(), Some(2), "{}", told(&first));
    let report = std::fs::read_to_string(&path).expect("a report");
    assert!(
        !report.contains(&from) && !report.contains("a-secret-token"),
        "{report}"
    );
    let report = serde_json::from_str(&report).expect("JSON");
    let files = [
        "guild_config",
        "user_infractions",
        "guild_api_keys",
        "blog_posts",
    ];
    let all = files.map(|file| remarks(&report, file)).join("\n");
    insta::assert_snapshot!(all, @r"
    refused /1/MODERATOR_ROLE_ID: “many” does not fit; it takes a role: its mention or its id
    unknown /1/mood: no part of AIMod knows this setting; it is kept as MOOD
    refused /0_7: the key is no guild_user, two ids with one _ between; all under it is left out
    refused /3/encrypted_api_key: none of the keys opens this secret; is an older key missing from ENCRYPTION_KEY?
    refused /2/slug: a slug has lower-case letters, digits and single hyphens
    ");
    for (sql, value) in [
        ("SELECT count(*) FROM user_infractions", "5001"),
        ("SELECT sum(infraction_count) FROM user_data", "5001"),
        (
            "SELECT string_agg(guild_id || ' ' || case_number || ' ' || action_type, ', ' ORDER BY guild_id, case_number) FROM moderation_logs",
            "1 1 BAN, 1 3 KICK, 2 2 TIMEOUT",
        ),
        (
            "SELECT string_agg(user_id || ' ' || reason || ' ' || banned_by || ' ' || created_at, ', ' ORDER BY user_id) FROM global_bans",
            "9 raids 5 2024-01-01 00:00:00+00, 10 Migrated from JSON 0 2024-01-02 00:00:00+00",
        ),
        (
            "SELECT status || ' ' || (infraction_id IS NOT NULL) FROM appeals",
            "DENIED true",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'AI_EXCLUDED_CHANNELS'",
            "[900719925474099301]",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'PREFIX'",
            "\"?\"",
        ),
        (
            "SELECT enabled || ' ' || keywords FROM botdetect_config",
            "true [\"free nitro\"]",
        ),
        (
            "SELECT value FROM guild_config WHERE key = 'LOG_EVENTS'",
            "{\"member_join\": false, \"message_edit\": true}",
        ),
        ("SELECT note FROM user_notes", "An old friend."),
        (
            "SELECT string_agg(guild_id || ' ' || api_provider || ' ' || left(COALESCE(encrypted_api_key, encrypted_github_auth_info), 5), ', ' ORDER BY guild_id) FROM guild_api_keys",
            "1 openai gAAAA, 2 github_copilot gAAAA",
        ),
        (
            "SELECT string_agg(slug || ' ' || published || ' ' || updated_at, ', ') FROM blog_posts",
            "hello true 2024-01-02 00:00:00+00",
        ),
    ] {
        assert_eq!(scene.value(sql).await, value, "{sql}");
    }
    let after = scene.fingerprint().await;
    let second = scene.run(&arguments, &variables).await;
    assert_eq!(second.status.code(), Some(2));
    assert_eq!(scene.fingerprint().await, after);
    let mut validating = arguments.to_vec();
    validating.push("--validate");
    scene.run(&validating, &variables).await;
    let report: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).expect("a report")).expect("JSON");
    for file in report["files"].as_array().expect("a list") {
        assert_eq!(
            (&file["new"], &file["kept"]),
            (&0.into(), &0.into()),
            "{file}"
        );
    }
    assert_eq!(fingerprint(&old).await, before, "it was touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_that_are_missing_are_fine_and_others_databases_are_told() {
    let scene = Scene::new().await;
    let old = database_without_schema().await;
    let from = old.url.expose_secret().to_owned();
    let nothing = scene.run(&["import", "--from-database", &from], &[]).await;
    assert_eq!(nothing.status.code(), Some(0), "{}", err(&nothing));
    execute(
        &old,
        "CREATE TABLE global_bans (user_id BIGINT); INSERT INTO global_bans VALUES (5)",
    )
    .await;
    let some = scene.run(&["import", "--from-database", &from], &[]).await;
    assert_eq!(some.status.code(), Some(0), "{}", err(&some));
    assert_eq!(scene.value("SELECT user_id FROM global_bans").await, "5");
    execute(&old, "CREATE TABLE appeals (id BIGINT)").await;
    let wrong = scene.run(&["import", "--from-database", &from], &[]).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(
        told(&wrong).contains("failed: the old database cannot be read: "),
        "{}",
        told(&wrong)
    );
    let own = scene.database.url.expose_secret().to_owned();
    let own = scene.run(&["import", "--from-database", &own], &[]).await;
    assert_eq!(own.status.code(), Some(1));
    assert!(
        err(&own).contains("is one of AIMod itself"),
        "{}",
        err(&own)
    );
    let away = scene
        .run(
            &[
                "import",
                "--from-database",
                "postgres://u:hunter2@127.0.0.1:1/d",
            ],
            &[],
        )
        .await;
    assert_eq!(away.status.code(), Some(1));
    assert!(!err(&away).contains("hunter2"), "{}", err(&away));
}
