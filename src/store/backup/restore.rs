//! Reads a backup back: all of it in one transaction, or nothing.
//!
//! `pg_restore` writes the backup as statements, `psql` carries them out, and we stand between them: COMMIT follows only
//! after the last statement of a backup that was read to its end. Rows come before triggers, so versions, case numbers and
//! times are what they were.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection as _};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};

use super::script::Contents;
use super::{BackupError, Workshop, failed, preamble};
use crate::store::migrations;
use crate::store::rights;
use crate::store::server::{Clients, ServerOptions};

/// How often connections are counted again, and how long after.
const PATIENCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(200);

/// So many bytes of statements are handed over at once.
const CHUNK: usize = 256 * 1024;

/// What makes a restored database ours: a function that acts as its owner is for those only who are granted it, as its
/// migration says; the backup's own grants name roles that may not be here.
const CLOSING: &str = "
DO $$ DECLARE name TEXT; BEGIN
    FOR name IN SELECT oid::pg_catalog.regprocedure FROM pg_catalog.pg_proc
        WHERE prosecdef AND proname LIKE 'aimod\\_%' AND pg_catalog.pg_has_role(proowner, 'MEMBER')
    LOOP
        EXECUTE 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC';
    END LOOP;
END $$;
COMMIT;
";

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The tables, with their rows.
    pub rows: Vec<(String, i64)>,
    /// Migrations that came after the backup.
    pub pending: usize,
}

/// Puts a backup into the database. One with rows is refused unless `force`: then everything of ours in it is replaced.
/// `told` hears how many bytes of statements were carried out.
///
/// # Errors
/// See [`BackupError`]. The database is then as it was.
pub async fn restore(
    options: &ServerOptions,
    url: &SecretString,
    file: &Path,
    force: bool,
    told: impl Fn(u64),
) -> Result<Restored, BackupError> {
    let file = std::path::absolute(file).map_err(BackupError::file("find", file))?;
    let mut workshop = Workshop::open(options, url).await?;
    let contents = read(&mut workshop, options, url, &file).await?;
    refuse_newer(&contents, workshop.server)?;
    // A database that is newer than this program is refused as well.
    migrations::status(url).await?;
    refuse_used(&mut workshop.conn).await?;
    let there = list_there(&mut workshop.conn, &contents).await?;
    if !force && let Some(table) = find_filled(&mut workshop.conn, &there).await? {
        return Err(BackupError::NotEmpty(table));
    }
    let prelude = clearing(&mut workshop.conn, &there).await?;
    let known = list_settings(&mut workshop.conn).await?;
    carry_out(&workshop, &file, &prelude, &known, told).await?;
    let conn = &mut workshop.conn;
    conn.batch_execute("ANALYZE").await?;
    let mut rows = Vec::new();
    for table in contents.tables.iter().filter(|table| is_ours(table)) {
        rows.push((table.clone(), count(conn, table).await?));
    }
    let states = migrations::status(url).await?;
    Ok(Restored {
        rows,
        pending: states.iter().filter(|state| !state.applied).count(),
    })
}

/// What the file holds. Where it is too new for the programs that fit the server, newer ones take their place, if they
/// are here.
async fn read(
    workshop: &mut Workshop,
    options: &ServerOptions,
    url: &SecretString,
    file: &Path,
) -> Result<Contents, BackupError> {
    let read = Contents::read(&workshop.clients, file).await;
    let from = match &read {
        Err(BackupError::NewerPrograms {
            from: Some(from), ..
        }) => *from,
        _ => return read,
    };
    match Clients::find(options, url, from).await {
        Ok(newer) => {
            workshop.clients = newer;
            Contents::read(&workshop.clients, file).await
        }
        // What is missing was told already.
        Err(_) => read,
    }
}

fn is_ours(table: &str) -> bool {
    rights::tables().any(|ours| ours == table)
}

fn refuse_newer(contents: &Contents, server: u32) -> Result<(), BackupError> {
    if let Some(from) = contents.server.filter(|from| *from > server) {
        return Err(BackupError::NewerServer { from, server });
    }
    let known = migrations::versions()?;
    let unknown = contents
        .migrations
        .iter()
        .filter(|one| !known.contains(*one));
    let unknown: Vec<String> = unknown.cloned().collect();
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(BackupError::Newer(unknown)),
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// A bot that runs on it would go on with what it has in memory. One that was just stopped gets a moment.
async fn refuse_used(conn: &mut AsyncPgConnection) -> Result<(), BackupError> {
    let mut open = count_others(conn).await?;
    for _ in 0..PATIENCE {
        if open == 0 {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
        open = count_others(conn).await?;
    }
    Err(BackupError::InUse(open))
}

async fn count_others(conn: &mut AsyncPgConnection) -> Result<i64, BackupError> {
    let others: Number = diesel::sql_query(
        "SELECT count(*) AS value FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name = 'aimod' AND pid <> pg_backend_pid()",
    )
    .get_result(conn)
    .await?;
    Ok(others.value)
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The names of all settings that the server has.
async fn list_settings(conn: &mut AsyncPgConnection) -> Result<BTreeSet<String>, BackupError> {
    let rows: Vec<Word> = diesel::sql_query("SELECT name AS text FROM pg_settings")
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

/// The tables in the database that are ours or stand in the backup, quoted. Parts of a table go and come with it.
async fn list_there(
    conn: &mut AsyncPgConnection,
    contents: &Contents,
) -> Result<Vec<String>, BackupError> {
    let mut names: Vec<&str> = rights::tables().collect();
    names.extend(contents.tables.iter().map(String::as_str));
    let rows: Vec<Word> = diesel::sql_query(
        "SELECT format('%I.%I', n.nspname, c.relname) AS text FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname = ANY ($1) \
         ORDER BY 1",
    )
    .bind::<Array<Text>, _>(names)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.text).collect())
}

/// The first table that has a row; the migrations themselves do not count.
async fn find_filled(
    conn: &mut AsyncPgConnection,
    there: &[String],
) -> Result<Option<String>, BackupError> {
    #[derive(QueryableByName)]
    struct Filled {
        #[diesel(sql_type = Bool)]
        value: bool,
    }
    let tables = there.iter().filter(|table| !table.contains("__diesel"));
    for table in tables {
        let filled: Filled =
            diesel::sql_query(format!("SELECT EXISTS (SELECT FROM {table}) AS value"))
                .get_result(conn)
                .await?;
        if filled.value {
            return Ok(Some(table.clone()));
        }
    }
    Ok(None)
}

async fn count(conn: &mut AsyncPgConnection, table: &str) -> Result<i64, BackupError> {
    let rows: Number = diesel::sql_query(format!("SELECT count(*) AS value FROM {table}"))
        .get_result(conn)
        .await?;
    Ok(rows.value)
}

/// The statements that make room: what is there of ours goes in the same transaction.
async fn clearing(conn: &mut AsyncPgConnection, there: &[String]) -> Result<String, BackupError> {
    let functions: Vec<Word> = diesel::sql_query(
        "SELECT p.oid::regprocedure::text AS text FROM pg_proc p \
         WHERE p.pronamespace = to_regnamespace(quote_ident(current_schema())) AND p.proname LIKE 'aimod\\_%'",
    )
    .load(conn)
    .await?;
    let tables = there
        .iter()
        .map(|table| format!("DROP TABLE {table} CASCADE;\n"));
    let functions = functions
        .iter()
        .map(|function| format!("DROP FUNCTION {} CASCADE;\n", function.text));
    let begin = "BEGIN;\nSET client_min_messages = error;\n".to_owned();
    // A table may go with one before it, as a part of it does.
    let tables = tables.map(|drop| drop.replacen("TABLE", "TABLE IF EXISTS", 1));
    Ok([begin].into_iter().chain(tables).chain(functions).collect())
}

async fn carry_out(
    workshop: &Workshop,
    file: &Path,
    prelude: &str,
    known: &BTreeSet<String>,
    told: impl Fn(u64),
) -> Result<(), BackupError> {
    let mut reader = reader(workshop, file)?;
    let mut psql = writer(workshop)?;
    let mut input = psql.stdin.take();
    let feeding = async {
        if let Some(input) = &mut input {
            return feed(&mut reader, input, prelude, known, told).await;
        }
        Ok(())
    };
    let fed = feeding.await;
    // Its end of input; without COMMIT before it, everything is rolled back.
    drop(input);
    let read = reader
        .wait_with_output()
        .await
        .map_err(BackupError::file("run", "pg_restore"))?;
    let written = psql
        .wait_with_output()
        .await
        .map_err(BackupError::file("run", "psql"))?;
    // Where psql took everything, what is wrong is the file; a reader that was cut off says nothing of itself.
    if fed.is_ok() && !read.status.success() {
        return Err(failed("pg_restore", &read));
    }
    if !written.status.success() {
        return Err(failed("psql", &written));
    }
    fed.map_err(BackupError::file("read", file))
}

fn reader(workshop: &Workshop, file: &Path) -> Result<Child, BackupError> {
    workshop
        .clients
        .command("pg_restore")
        .args(["--no-owner", "--no-privileges", "--file", "-", "--schema"])
        .arg(&workshop.schema)
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(BackupError::file("run", "pg_restore"))
}

/// Errors without their context: that would quote rows.
fn writer(workshop: &Workshop) -> Result<Child, BackupError> {
    workshop
        .clients
        .command("psql")
        .args(["--no-psqlrc", "--quiet", "--no-password", "--file", "-"])
        .args(["-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse"])
        .args(["-v", "SHOW_CONTEXT=never"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(BackupError::file("run", "psql"))
}

/// Hands everything over, and the COMMIT only where the reader has come to its end in order.
async fn feed(
    reader: &mut Child,
    input: &mut ChildStdin,
    prelude: &str,
    known: &BTreeSet<String>,
    told: impl Fn(u64),
) -> std::io::Result<()> {
    input.write_all(prelude.as_bytes()).await?;
    if let Some(output) = &mut reader.stdout {
        let mut output = BufReader::with_capacity(CHUNK, output);
        let mut handed = preamble::hand_over(&mut output, input, known).await?;
        loop {
            told(handed);
            let part = output.fill_buf().await?;
            let count = part.len();
            if count == 0 {
                break;
            }
            input.write_all(part).await?;
            output.consume(count);
            handed += count as u64;
        }
    }
    if reader.wait().await?.success() {
        input.write_all(CLOSING.as_bytes()).await?;
    }
    input.flush().await
}
