//! `aimod import` through the built program: a folder of the Python bot's files, or a database of its own.

mod appeals;
mod cases;
mod everything;
mod files;
mod from_database;
mod killed;
mod legacy;
mod memory;
mod old_database;
mod settings;

use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel_async::RunQueryDsl;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::process::Child;

use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, database};

const CONFIG: &str = "wdiscordbot-json-data/guild_config.json";
const INFRACTIONS: &str = "wdiscordbot-json-data/user_infractions.json";
const APPEALS: &str = "wdiscordbot-json-data/appeals.json";
const BANS: &str = "wdiscordbot-json-data/global_bans.json";
const BOT_DETECTION: &str = "wdiscordbot-json-data/botdetect_config.json";
const CASES: &str = "logging-data/moderation_logs.json";
const SETTINGS: &str = "logging-data/guild_settings.json";
const TOGGLES: &str = "logging-data/log_event_toggles.json";
const NOTES: &str = "user_data.json";

/// An empty database, a folder for the Python bot's files, and an encryption key.
struct Scene {
    database: TestDatabase,
    folder: tempfile::TempDir,
    key: String,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

impl Scene {
    async fn new() -> Self {
        Self {
            database: database().await,
            folder: tempfile::tempdir().expect("a folder"),
            key: aimod::vault::Vault::generate_key()
                .expose_secret()
                .to_owned(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file of the Python bot into the folder.
    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    /// Imports the folder.
    async fn import(&self, words: &[&str]) -> Output {
        self.import_with(words, &[("ENCRYPTION_KEY", &self.key)])
            .await
    }

    async fn import_with(&self, words: &[&str], variables: &[(&str, &str)]) -> Output {
        let folder = self.folder.path().to_str().expect("Unicode");
        let mut arguments = vec!["import", folder];
        arguments.extend(words);
        self.run(&arguments, variables).await
    }

    async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let url = self.database.url.expose_secret();
        let mut all = vec![("DATABASE_URL", url)];
        all.extend(variables);
        aimod(arguments, &all).await
    }

    /// What is printed, with this exit code: the table, and the remarks.
    async fn told(&self, words: &[&str], code: i32) -> String {
        let output = self.import(words).await;
        assert_eq!(
            output.status.code(),
            Some(code),
            "{}{}",
            out(&output),
            err(&output)
        );
        told(&output)
    }

    /// The report of an import.
    async fn report(&self, words: &[&str]) -> Value {
        let path = self.path("report.json");
        let mut all = vec!["--report", path.to_str().expect("Unicode")];
        all.extend(words);
        let output = self.import(&all).await;
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|error| panic!("{error}: {}", told(&output)));
        let report: Value = serde_json::from_str(&text).expect("JSON");
        let code = output.status.code().map(Value::from);
        assert_eq!(Some(&report["exit_code"]), code.as_ref());
        report
    }

    /// One value of the database, as text.
    async fn value(&self, sql: &str) -> String {
        value(&self.database, sql).await
    }

    /// Runs a statement of somebody else, and tells how many rows it met.
    async fn execute(&self, sql: &str) -> usize {
        let mut conn = self.database.pool.acquire().await.expect("a connection");
        let rows = diesel::sql_query(sql).execute(&mut conn).await;
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Everything that the database holds, in short.
    async fn fingerprint(&self) -> String {
        fingerprint(&self.database).await
    }
}

/// Whether an import ends well in time; it is killed where it has not ended.
async fn ends_within(child: &mut Child, time: Duration) -> bool {
    let Ok(ended) = tokio::time::timeout(time, child.wait()).await else {
        child.kill().await.expect("killed");
        return false;
    };
    assert!(ended.expect("an end").success(), "after {time:?}");
    true
}

fn told(output: &Output) -> String {
    let (table, remarks) = (out(output), err(output));
    format!("{table}{remarks}")
}

async fn value(database: &TestDatabase, sql: &str) -> String {
    let mut conn = database.pool.acquire().await.expect("a connection");
    let told: Told = diesel::sql_query(format!("SELECT ({sql})::text AS value"))
        .get_result(&mut conn)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    told.value.unwrap_or_else(|| "NULL".to_owned())
}

/// Every row of every table, and where the sequences stand.
async fn fingerprint(database: &TestDatabase) -> String {
    let tables = value(
        database,
        "SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'",
    )
    .await;
    let mut all = String::new();
    for table in tables.split(' ') {
        let rows = format!(
            "SELECT count(*) || ' ' || COALESCE(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
        );
        all.push_str(&format!("{table} {}\n", value(database, &rows).await));
    }
    let sequences = "SELECT string_agg(sequencename || ' ' || COALESCE(last_value, 0), E'\\n' ORDER BY sequencename) FROM pg_sequences";
    all.push_str(&value(database, sequences).await);
    all
}

/// The remarks of a file in a report, a line each.
fn remarks(report: &Value, file: &str) -> String {
    let files = report["files"].as_array().expect("a list");
    let file = files
        .iter()
        .find(|entry| entry["file"] == file)
        .expect("the file");
    let remarks = file["remarks"].as_array().expect("a list");
    let lines = remarks.iter().map(|remark| {
        let part = |name: &str| remark[name].as_str().expect("a text").to_owned();
        format!("{} {}: {}", part("kind"), part("pointer"), part("reason"))
    });
    lines.collect::<Vec<_>>().join("\n")
}
