//! The schema: `schema.rs` says what the migrated database holds, and the database explains all that it is made of.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use secrecy::ExposeSecret as _;
use tokio_postgres::{Client, NoTls, Row};

use crate::support::database;

/// What breaks the rule, a line each.
type Violations = Vec<String>;

#[track_caller]
fn assert_clean(found: &Violations) {
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Each column with its table, in the order of diesel's own tool.
const COLUMNS: &str = "
    SELECT t.relname AS table_name, obj_description(t.oid, 'pg_class') AS table_doc,
           c.attname AS column_name, col_description(t.oid, c.attnum) AS column_doc,
           p.typname AS type_name, c.attnotnull AS not_null,
           CASE WHEN p.typname = 'varchar' AND c.atttypmod > 0 THEN c.atttypmod - 4 END AS max_length,
           COALESCE(array_position(k.conkey, c.attnum), 0) AS key_place
    FROM pg_class t
    JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    JOIN pg_type p ON p.oid = c.atttypid
    LEFT JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'p'
    WHERE t.relkind IN ('r', 'p') AND NOT t.relispartition AND t.relname <> '__diesel_schema_migrations'
    ORDER BY t.relname COLLATE \"C\", c.attnum";

/// One table as the database has it.
#[derive(Default)]
struct Table {
    doc: Option<String>,
    /// The columns of the primary key, by place.
    key: BTreeMap<i32, String>,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    doc: Option<String>,
    kind: String,
    max_length: Option<i32>,
}

async fn tables(client: &Client) -> BTreeMap<String, Table> {
    let rows = client
        .query(COLUMNS, &[])
        .await
        .expect("the catalogue answers");
    let mut tables = BTreeMap::<String, Table>::new();
    for row in &rows {
        let table = tables.entry(row.get("table_name")).or_default();
        let column = column(row);
        table.doc = row.get("table_doc");
        let place: i32 = row.get("key_place");
        if place > 0 {
            table.key.insert(place, column.name.clone());
        }
        table.columns.push(column);
    }
    tables
}

fn column(row: &Row) -> Column {
    let kind = diesel_type(row.get("type_name"));
    let not_null: bool = row.get("not_null");
    Column {
        name: row.get("column_name"),
        doc: row.get("column_doc"),
        kind: if not_null {
            kind
        } else {
            format!("Nullable<{kind}>")
        },
        max_length: row.get("max_length"),
    }
}

/// `int8` is `Int8`; an array may hold NULLs.
fn diesel_type(name: &str) -> String {
    if let Some(element) = name.strip_prefix('_') {
        return format!("Array<Nullable<{}>>", diesel_type(element));
    }
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

/// The table as `diesel print-schema` writes it.
fn rendered(name: &str, table: &Table) -> String {
    let key: Vec<&str> = table.key.values().map(String::as_str).collect();
    let mut text = "diesel::table! {\n".to_owned();
    doc(&mut text, "    ", table.doc.as_deref());
    writeln!(text, "    {name} ({}) {{", key.join(", ")).expect("a string grows");
    for column in &table.columns {
        doc(&mut text, "        ", column.doc.as_deref());
        if let Some(length) = column.max_length {
            writeln!(text, "        #[max_length = {length}]").expect("a string grows");
        }
        writeln!(text, "        {} -> {},", column.name, column.kind).expect("a string grows");
    }
    text + "    }\n}\n"
}

fn doc(text: &mut String, indent: &str, doc: Option<&str>) {
    for line in doc.unwrap_or_default().lines() {
        writeln!(text, "{indent}/// {line}").expect("a string grows");
    }
}

/// The `table!` blocks of `schema.rs`, by table.
fn written(schema: &str) -> BTreeMap<String, String> {
    let blocks = schema.split("diesel::table! {\n").skip(1);
    blocks
        .map(|block| {
            let end = block.find("\n}\n").expect("a block ends") + "\n}\n".len();
            let head = block.lines().find(|line| line.ends_with(") {"));
            let name = head.and_then(|line| line.split_whitespace().next());
            let text = format!("diesel::table! {{\n{}", &block[..end]);
            (name.expect("a block names its table").to_owned(), text)
        })
        .collect()
}

/// Which tables differ, and how each should be written.
fn differences(schema: &str, tables: &BTreeMap<String, Table>) -> Violations {
    let written = written(schema);
    let gone = written.keys().filter(|name| !tables.contains_key(*name));
    let mut found: Violations = gone
        .map(|name| format!("schema.rs has {name}, the database does not"))
        .collect();
    for (name, table) in tables {
        let right = rendered(name, table);
        if written.get(name) != Some(&right) {
            found.push(format!(
                "schema.rs has {name} otherwise than the database:\n{right}"
            ));
        }
    }
    found
}

/// Which tables and columns nobody has explained.
fn unexplained(tables: &BTreeMap<String, Table>) -> Violations {
    let mut found = Vec::new();
    for (name, table) in tables {
        if table.doc.is_none() {
            found.push(format!("{name} has no COMMENT ON TABLE"));
        }
        let silent = table.columns.iter().filter(|column| column.doc.is_none());
        found.extend(
            silent.map(|column| format!("{name}.{} has no COMMENT ON COLUMN", column.name)),
        );
    }
    found
}

/// What beside tables and columns nobody has explained: functions, indexes and triggers, those of partitions aside, which
/// are made like their table's own.
const SILENT: &str = "
    SELECT 'function ' || p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'aimod%' AND obj_description(p.oid, 'pg_proc') IS NULL
    UNION ALL
    SELECT 'index ' || c.oid::regclass FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('i', 'I') AND NOT c.relispartition
    AND c.relname !~ '^__diesel' AND obj_description(c.oid, 'pg_class') IS NULL
    UNION ALL
    SELECT 'trigger ' || t.tgname || ' on ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal AND NOT c.relispartition
    AND obj_description(t.oid, 'pg_trigger') IS NULL";

async fn silent(client: &Client) -> Violations {
    let rows = client.query(SILENT, &[]).await;
    let rows = rows.expect("the catalogue answers");
    let named = rows.iter().map(|row| row.get::<_, String>(0));
    named.map(|name| format!("{name} has no COMMENT")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_explains_its_functions_indexes_and_triggers() {
    let database = database().await;
    let client = connected(database.url.expose_secret()).await;
    assert_clean(&silent(&client).await);
    let untold = "COMMENT ON INDEX appeals_user IS NULL; COMMENT ON FUNCTION aimod_take_turn IS NULL; \
                  COMMENT ON TRIGGER guild_config_turn ON guild_config IS NULL";
    client.batch_execute(untold).await.expect("the owner may");
    assert_eq!(
        silent(&client).await,
        [
            "function aimod_take_turn() has no COMMENT",
            "index appeals_user has no COMMENT",
            "trigger guild_config_turn on guild_config has no COMMENT"
        ]
    );
}

/// A bare connection.
pub(crate) async fn connected(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("the database is there");
    // The connection does the talking until the client is dropped.
    tokio_util::task::TaskTracker::new().spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rs_is_what_the_migrations_make() {
    let database = database().await;
    let client = connected(database.url.expose_secret()).await;
    let tables = tables(&client).await;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/schema.rs");
    let schema = fs::read_to_string(path).expect("it is there");
    assert!(!tables.is_empty());
    assert_clean(&differences(&schema, &tables));
    assert_clean(&unexplained(&tables));
}

/// A table made by hand, and what diesel writes for it.
fn sample() -> (BTreeMap<String, Table>, String) {
    let column = |name: &str, kind: &str, max_length| Column {
        name: name.to_owned(),
        doc: Some(format!("The {name}.")),
        kind: kind.to_owned(),
        max_length,
    };
    let table = Table {
        doc: Some("Notes of moderators.".to_owned()),
        key: BTreeMap::from([(1, "id".to_owned())]),
        columns: vec![
            column("id", "Int8", None),
            column("word", "Nullable<Varchar>", Some(20)),
        ],
    };
    let text = "diesel::table! {
    /// Notes of moderators.
    notes (id) {
        /// The id.
        id -> Int8,
        /// The word.
        #[max_length = 20]
        word -> Nullable<Varchar>,
    }
}
";
    (
        BTreeMap::from([("notes".to_owned(), table)]),
        text.to_owned(),
    )
}

#[test]
fn a_difference_is_found_and_the_right_text_shown() {
    let (tables, text) = sample();
    assert_clean(&differences(&text, &tables));
    for wrong in [
        text.replace("Int8", "Int4"),
        text.replace("Nullable<Varchar>", "Varchar"),
        text.replace("max_length = 20", "max_length = 30"),
        text.replace("The word.", "A word."),
        text.replace("notes (id)", "notes (id, word)"),
        String::new(),
    ] {
        let found = differences(&wrong, &tables);
        assert!(found.len() == 1 && found[0].contains(&text), "{found:?}");
    }
    let more = text.clone() + &text.replace("notes", "tags");
    assert_eq!(
        differences(&more, &tables),
        ["schema.rs has tags, the database does not"]
    );
}

#[test]
fn what_has_no_comment_is_found() {
    let (mut tables, _) = sample();
    assert_clean(&unexplained(&tables));
    let notes = tables.get_mut("notes").expect("it is there");
    notes.doc = None;
    notes.columns[1].doc = None;
    assert_eq!(
        unexplained(&tables),
        [
            "notes has no COMMENT ON TABLE",
            "notes.word has no COMMENT ON COLUMN"
        ]
    );
}

#[test]
fn types_are_named_as_diesel_names_them() {
    assert_eq!(diesel_type("timestamptz"), "Timestamptz");
    assert_eq!(diesel_type("_int8"), "Array<Nullable<Int8>>");
}
