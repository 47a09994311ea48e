//! The seed document's own statements run unchanged on our schema; those that run on no PostgreSQL are named.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use tokio_postgres::Client;

use crate::schema::connected;
use crate::support::database;

/// The statements, copied to the letter; see its own first lines.
const STATEMENTS: &str = include_str!("../data/seed.sql");

/// How many statements begin with which words, and the sum of them all; see its own first lines.
const SUMS: &str = include_str!("../data/seed.sums");

/// How many statements begin with some words.
struct Count {
    word: String,
    copied: usize,
    in_seed: usize,
}

/// One statement of the seed.
#[derive(Debug)]
struct Statement {
    kind: &'static str,
    place: &'static str,
    text: &'static str,
}

fn statements() -> Vec<Statement> {
    let blocks = STATEMENTS.split("\n-- @ ").skip(1);
    blocks
        .map(|block| {
            let (head, text) = block.split_once('\n').expect("a head and a statement");
            let (kind, place) = head.split_once(": ").expect("a kind and a place");
            Statement {
                kind,
                place,
                text: text.trim_matches('\n'),
            }
        })
        .collect()
}

fn of_kind(kind: &str) -> Vec<Statement> {
    let all = statements().into_iter();
    all.filter(|statement| statement.kind == kind).collect()
}

async fn client() -> Client {
    let database = database().await;
    connected(database.url.expose_secret()).await
}

/// Values for the parameters, by the table that they are for.
fn values(text: &str) -> &'static [&'static str] {
    if text.contains("guild_config") {
        return &["7", "PREFIX", "\"!\""];
    }
    if text.contains("LIMIT $3") {
        return &["7", "5", "10"];
    }
    &["7", "5", "2026-01-01T00:00:00Z", "Rule 1", "WARN", "why"]
}

/// As a driver does it: prepared, then executed with its parameters.
fn prepared(text: &str) -> String {
    let text = text.trim_end_matches(';');
    let values = values(text).iter().enumerate();
    let used = values.filter(|(place, _)| text.contains(&format!("${}", place + 1)));
    let used: Vec<String> = used.map(|(_, value)| format!("'{value}'")).collect();
    if used.is_empty() {
        return text.to_owned();
    }
    format!(
        "PREPARE seed AS {text}; EXECUTE seed({}); DEALLOCATE seed",
        used.join(", ")
    )
}

/// The lines of the file of sums, by what stands before the colon.
fn sums() -> Vec<(&'static str, &'static str)> {
    let lines = SUMS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_once(": ").expect("a name and a value"))
        .collect()
}

fn counts() -> Vec<Count> {
    let lines = sums().into_iter().filter(|(name, _)| *name != "sha256");
    lines
        .map(|(word, value)| {
            let (copied, in_seed) = value.split_once(' ').expect("two numbers");
            Count {
                word: format!("{word} "),
                copied: copied.parse().expect("a number"),
                in_seed: in_seed.parse().expect("a number"),
            }
        })
        .collect()
}

#[test]
fn no_statement_was_left_out_or_changed() {
    let all = statements();
    let kinds: BTreeSet<&str> = all.iter().map(|statement| statement.kind).collect();
    assert_eq!(kinds, BTreeSet::from(["broken", "index", "run", "table"]));
    let counts = counts();
    assert_eq!(counts.len(), 9);
    for Count { word, copied, .. } in counts {
        let found: usize = all.iter().map(|one| count_of(one.text, &word)).sum();
        assert_eq!(found, copied, "{word}");
    }
    let texts: String = all.iter().map(|one| format!("{}\n", one.text)).collect();
    let sum: [u8; 32] = Sha256::digest(texts.as_bytes()).into();
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    let kept = sums().into_iter().find(|(name, _)| *name == "sha256");
    assert_eq!(kept.map(|(_, value)| value), Some(sum.as_str()));
}

#[test]
fn every_statement_stands_in_the_seed_to_the_letter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed");
    let Ok(entries) = std::fs::read_dir(folder) else {
        // Past the harness, which keeps what a test prints to itself unless it fails.
        std::io::stderr()
            .write_all(
                b"seed: the document is not here; its copied statements are counted, summed and run, not compared\n",
            )
            .expect("written");
        return;
    };
    let texts = entries.map(|entry| std::fs::read_to_string(entry.expect("an entry").path()));
    let seed: String = texts.map(|text| text.expect("a text")).collect();
    for statement in statements() {
        assert!(seed.contains(statement.text), "{statement:?}");
    }
    for Count { word, in_seed, .. } in counts() {
        assert_eq!(count_of(&seed, &word), in_seed, "{word}");
    }
}

/// How many statements of a text begin so.
fn count_of(text: &str, word: &str) -> usize {
    text.lines().filter(|line| starts(line, word)).count()
}

/// Whether a line holds a statement that begins so, also inside a string of the seed's Python.
fn starts(line: &str, word: &str) -> bool {
    let begins = line.trim_start().trim_start_matches('"').starts_with(word);
    let inside = ["(", "= "].map(|before| format!("{before}\"{word}"));
    begins || inside.iter().any(|quoted| line.contains(quoted))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seeds_statements_run_unchanged() {
    let client = client().await;
    let sample = "INSERT INTO user_data (user_id) VALUES (5), (6)";
    client.batch_execute(sample).await.expect("users");
    let all = of_kind("run");
    assert_eq!(all.len(), 14);
    for Statement { place, text, .. } in all {
        let ran = client
            .batch_execute(&format!("BEGIN; {}; COMMIT", prepared(text)))
            .await;
        assert!(ran.is_ok(), "{place}: {ran:?}");
    }
    // The role is the cluster's, which other tests use too.
    let clean = "DROP OWNED BY aimod_app; DROP ROLE aimod_app";
    client
        .batch_execute(clean)
        .await
        .expect("it was made above");
    let row = client
        .query_one(
            "SELECT count(*) FROM user_infractions WHERE guild_id = 7 AND user_id = 5",
            &[],
        )
        .await
        .expect("a count");
    assert_eq!(row.get::<_, i64>(0), 1, "the seed's insert wrote a row");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_seeds_indexes_can_be_made() {
    let client = client().await;
    let all = of_kind("index");
    assert_eq!(all.len(), 10);
    for Statement { place, text, .. } in all {
        let made = client
            .batch_execute(&format!("BEGIN; {text} ROLLBACK"))
            .await;
        assert!(made.is_ok(), "{place}: {made:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_tables_have_every_column_of_the_seeds() {
    const COLUMNS: &str = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = $1";
    let client = client().await;
    let script = "CREATE SCHEMA seed; SET search_path = seed";
    client.batch_execute(script).await.expect("a schema");
    let all = of_kind("table");
    assert_eq!(all.len(), 11);
    for Statement { place, text, .. } in all {
        let made = client.batch_execute(text).await;
        assert!(made.is_ok(), "{place}: {made:?}");
    }
    let mut columns = Vec::new();
    for schema in ["seed", "public"] {
        let rows = client.query(COLUMNS, &[&schema]).await.expect("columns");
        columns.push(
            rows.iter()
                .map(|row| row.get(0))
                .collect::<BTreeSet<String>>(),
        );
    }
    assert_eq!(columns[0].len(), 76);
    let missing: Vec<_> = columns[0].difference(&columns[1]).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_broken_runs_on_no_postgresql() {
    let client = client().await;
    let all = of_kind("broken");
    assert_eq!(all.len(), 3);
    for Statement { place, text, .. } in all {
        let ran = client.batch_execute(&prepared(text)).await;
        let error = ran.expect_err(place);
        let code = error.code().expect("the server's own").code();
        assert!(
            ["42601", "22007", "42P01", "42704"].contains(&code),
            "{place}: {code}"
        );
    }
}
