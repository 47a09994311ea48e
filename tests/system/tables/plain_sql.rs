//! Configuration changed by plain SQL: the database itself gives versions, notes revisions and announces them.

use aimod::store::listen::{Announced, Listener};
use diesel_async::SimpleAsyncConnection as _;

use super::*;

/// Nothing takes longer in a test.
const LIMIT: Duration = Duration::from_secs(30);

impl Scene {
    pub(super) async fn sql(&self, statements: &str) {
        let mut conn = self.conn().await;
        conn.batch_execute(statements).await.expect(statements);
    }

    /// Every revision as `version key old new source`, oldest first.
    async fn revisions(&self) -> Vec<String> {
        let mut all = list_revisions(&mut *self.conn().await, GUILD, None, None, 100)
            .await
            .expect("revisions");
        all.reverse();
        let json = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
        all.into_iter()
            .map(|one| {
                let (old, new) = (json(one.old), json(one.new));
                format!("{} {} {old} {new} {}", one.version, one.key, one.source)
            })
            .collect()
    }
}

fn announced(guild: u64, version: i64) -> Announced {
    Announced::Version(GuildId(guild), ConfigVersion(version))
}

/// Hears so many announcements.
async fn hear(listener: &mut Listener, count: usize) -> Vec<Announced> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let more = tokio::time::timeout(LIMIT, listener.hear()).await;
        heard.extend(more.expect("something is heard").expect("a connection"));
    }
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_write_make_versions_and_revisions() {
    let scene = scene().await;
    scene
        .sql("INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'A', '1'), (10, 'B', '[1]')")
        .await;
    scene
        .sql(
            "INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'A', '2') \
             ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value",
        )
        .await;
    // The same value again is no change.
    scene
        .sql("UPDATE guild_config SET value = '2' WHERE key = 'A'")
        .await;
    scene
        .sql("UPDATE guild_config SET key = 'C' WHERE key = 'A'; DELETE FROM guild_config WHERE key = 'B'")
        .await;
    let expected = [
        "1 A - 1 SQL",
        "2 B - [1] SQL",
        "3 A 1 2 SQL",
        "4 A 2 - SQL",
        "5 C - 2 SQL",
        "6 B [1] - SQL",
    ];
    assert_eq!(scene.revisions().await, expected);
    assert_eq!(scene.stored().await.version, ConfigVersion(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rooms_columns_that_others_write_are_its_keys() {
    let scene = scene().await;
    scene
        .sql("INSERT INTO botdetect_config (guild_id, enabled, keywords) VALUES (10, true, '[\"a\"]')")
        .await;
    scene
        .sql("UPDATE botdetect_config SET timeout_duration = 60, enabled = false, updated_at = now()")
        .await;
    scene.sql("DELETE FROM botdetect_config").await;
    let expected = [
        "1 BOTDETECT_ENABLED - true SQL",
        "2 BOTDETECT_KEYWORDS - [\"a\"] SQL",
        "3 BOTDETECT_ENABLED true - SQL",
        "4 BOTDETECT_TIMEOUT - 60 SQL",
        "5 BOTDETECT_KEYWORDS [\"a\"] - SQL",
        "6 BOTDETECT_TIMEOUT 60 - SQL",
    ];
    assert_eq!(scene.revisions().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_a_provider_takes_part_without_being_shown() {
    let scene = scene().await;
    scene
        .sql(
            "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) \
             VALUES (10, 'openrouter', 'gAAAA-sealed'); \
             UPDATE guild_api_keys SET encrypted_api_key = 'gAAAA-other'; \
             DELETE FROM guild_api_keys",
        )
        .await;
    let provider = r#"{"provider":"openrouter"}"#;
    let expected = [
        format!("1 API_KEY - {provider} SQL"),
        format!("2 API_KEY {provider} {provider} SQL"),
        format!("3 API_KEY {provider} - SQL"),
    ];
    assert_eq!(scene.revisions().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_writer_notes_its_changes_once() {
    let scene = scene().await;
    scene.set((Place::Row, Some(json!(1)))).await.expect("set");
    scene.set((ACTION, Some(json!("ban")))).await.expect("set");
    let expected = ["1 KEY - 1 CLI", "2 KEY - \"ban\" CLI"];
    assert_eq!(scene.revisions().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_announced_with_its_commit_and_not_before() {
    let scene = scene().await;
    let mut listener = Listener::connect(&scene.database.url, LIMIT)
        .await
        .expect("it listens");
    scene
        .sql("BEGIN; INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'A', '1'); ROLLBACK")
        .await;
    scene.set((Place::Row, Some(json!(1)))).await.expect("set");
    assert_eq!(hear(&mut listener, 1).await, [announced(10, 1)]);
    scene
        .sql("INSERT INTO guild_config (guild_id, key, value) SELECT g, 'A', '1' FROM generate_series(20, 22) g")
        .await;
    let expected = [20, 21, 22].map(|guild| announced(guild, 1));
    assert_eq!(hear(&mut listener, 3).await, expected);
    // What the gateway tells of a guild is no new version.
    let seen = GuildSeen::Present {
        guild: GUILD,
        name: "a guild".to_owned(),
        member_count: 3,
    };
    scene.writer.keep_now(seen).await.expect("written");
    scene
        .sql("NOTIFY aimod_config, 'hello'; NOTIFY aimod_config, '5 6'")
        .await;
    assert_eq!(hear(&mut listener, 1).await, [announced(5, 6)]);
    let versions = listener.versions(&[GUILD, GuildId(99)]).await;
    assert_eq!(versions.expect("answered"), [(GUILD, ConfigVersion(1))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_notices_that_its_connection_is_gone() {
    let scene = scene().await;
    let mut listener = Listener::connect(&scene.database.url, LIMIT)
        .await
        .expect("it listens");
    scene
        .sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE query LIKE 'LISTEN%' AND datname = current_database()",
        )
        .await;
    let heard = tokio::time::timeout(LIMIT, listener.hear()).await;
    heard
        .expect("it notices")
        .expect_err("the connection is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_triggers_know_every_column_of_every_room() {
    let scene = scene().await;
    let registry = aimod::guild::config::registry::Registry::new(
        &aimod::guild::keys::ALL,
        aimod::features::judges(),
    );
    for key in registry.keys() {
        let Place::Column { table, column } = key.place else {
            continue;
        };
        let default = (key.default)().map_or(Value::Null, |value| value.to_json());
        let argument = "SELECT encode(tgargs, 'escape') FROM pg_trigger \
                        WHERE tgrelid = '{}'::regclass AND tgname LIKE '%_changed'";
        let argument = scene.text(&argument.replace("{}", table)).await;
        let argument = argument.expect("a trigger").replace("\\000", "");
        let columns: Value = serde_json::from_str(&argument).expect("its argument");
        let expected = json!({"key": key.name, "default": default});
        assert_eq!(columns[column], expected, "{table}.{column}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_no_program_can_read_harms_no_other() {
    let scene = scene().await;
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    scene
        .sql(&format!(
            "INSERT INTO guild_config (guild_id, key, value) \
             VALUES (10, 'A', '1e400'), (10, 'B', '{deep}'), (10, 'C', '3'); \
             INSERT INTO botdetect_config (guild_id, keywords) VALUES (10, '[1e400]')"
        ))
        .await;
    let stored = scene.stored().await;
    for name in ["A", "B", "botdetect_config.keywords"] {
        assert!(stored.values[name]["unreadable"].is_string(), "{name}");
    }
    assert_eq!(stored.values["C"], 3);
    let newest = scene.revisions().await;
    assert_eq!(newest.len(), 4, "{newest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_break_the_line_of_versions_is_refused() {
    let scene = scene().await;
    scene.set((Place::Row, Some(json!(1)))).await.expect("set");
    for statement in [
        "TRUNCATE guild_config",
        "TRUNCATE guild_config_revisions",
        "TRUNCATE botdetect_config",
        "TRUNCATE guild_settings",
        "DELETE FROM guild_settings",
        "UPDATE guild_settings SET config_version = 0",
        "UPDATE guild_settings SET config_version = 7",
        "UPDATE guild_settings SET guild_id = 11",
        "INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'BOTDETECT_ENABLED', 'true')",
        "UPDATE guild_config SET key = 'BOTDETECT_ACTION'",
        "INSERT INTO botdetect_config (guild_id) VALUES (10); UPDATE botdetect_config SET guild_id = 11",
    ] {
        let mut conn = scene.conn().await;
        conn.batch_execute(statement).await.expect_err(statement);
    }
    assert_eq!(scene.stored().await.version, ConfigVersion(1));
    scene
        .sql("INSERT INTO guild_settings (guild_id) VALUES (77); DELETE FROM guild_settings WHERE guild_id = 77")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_bears_a_columns_name_is_not_that_column() {
    let scene = scene().await;
    scene
        .sql(
            "INSERT INTO guild_config (guild_id, key, value) VALUES (10, 'botdetect_config.enabled', 'true')",
        )
        .await;
    assert!(scene.stored().await.values.is_empty());
}
