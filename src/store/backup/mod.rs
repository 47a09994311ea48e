//! Backups: a dump of everything of ours by the server's own tools, and the way back.

mod dump;
mod header;
mod preamble;
mod restore;
mod script;

use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::sql_types::{Integer, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::SecretString;

pub use self::dump::dump;
pub use self::restore::{Restored, restore};

use super::migrations::MigrationError;
use super::server::{Clients, NoClients, ServerOptions};
use super::{StoreError, connect};

/// Why there is no backup, or no restored database. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state of its schema stands in the way.
    #[error(transparent)]
    Migrations(#[from] MigrationError),
    /// The programs that write and read dumps are missing or too old.
    #[error(transparent)]
    Clients(#[from] NoClients),
    /// A file cannot be used.
    #[error("cannot {what} {file}: {reason}")]
    File {
        /// What was to be done.
        what: &'static str,
        /// The file.
        file: PathBuf,
        /// Why not.
        reason: std::io::Error,
    },
    /// The file is there already.
    #[error("{0} is there already; say --force to replace it")]
    Exists(PathBuf),
    /// A program failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it said.
        reason: String,
    },
    /// There is nothing to keep.
    #[error("this database holds nothing of AIMod; `aimod migrate` prepares it")]
    NothingThere,
    /// The file is a dump of something else.
    #[error("{0} is no backup of AIMod")]
    Foreign(PathBuf),
    /// A newer program wrote the file.
    #[error(
        "the backup is newer than this program: it has the migrations {} that this version does not know; restore it with the newer version of aimod",
        .0.join(", ")
    )]
    Newer(Vec<String>),
    /// Newer client programs wrote the file.
    #[error(
        "{file} was written by newer PostgreSQL programs than those here, which cannot read it ({said}); install {} and try again",
        able_clients(*.from)
    )]
    NewerPrograms {
        /// The file.
        file: PathBuf,
        /// The major version of the pg_dump that wrote it, where the file tells.
        from: Option<u32>,
        /// What pg_restore said.
        said: String,
    },
    /// The file comes from a newer server, whose statements this one would not understand.
    #[error(
        "the backup comes from PostgreSQL {from}, but this server is PostgreSQL {server}; restore it into PostgreSQL {from} or newer"
    )]
    NewerServer {
        /// The major version of the server that was backed up.
        from: u32,
        /// The major version of this one.
        server: u32,
    },
    /// The database has rows.
    #[error(
        "the database is not empty ({0} has rows); say --force to put the backup in the place of everything in it"
    )]
    NotEmpty(String),
    /// The bot runs on it.
    #[error("{0} connections of aimod are open to this database; stop the bot first")]
    InUse(i64),
}

/// The programs that can read a file of pg_dump's major version `from`.
fn able_clients(from: Option<u32>) -> String {
    match from {
        Some(from) => format!("the client programs of PostgreSQL {from} or newer"),
        None => "the client programs of a newer PostgreSQL".to_owned(),
    }
}

impl From<diesel::result::Error> for BackupError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl BackupError {
    fn file(what: &'static str, file: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.into();
        move |reason| Self::File { what, file, reason }
    }
}

/// The database of a backup, and the programs that fit its server.
struct Workshop {
    conn: AsyncPgConnection,
    clients: Clients,
    /// The server's major version.
    server: u32,
    /// The schema that our tables stand in.
    schema: String,
}

impl Workshop {
    async fn open(options: &ServerOptions, url: &SecretString) -> Result<Self, BackupError> {
        let mut conn = connect(url, Duration::from_secs(10)).await?;
        let version: i32 = diesel::select(sql::<Integer>(
            "current_setting('server_version_num')::int / 10000",
        ))
        .get_result(&mut conn)
        .await?;
        let schema: String = diesel::select(sql::<Text>("current_schema()::text"))
            .get_result(&mut conn)
            .await?;
        let server = u32::try_from(version).unwrap_or_default();
        let clients = Clients::find(options, url, server).await?;
        Ok(Self {
            conn,
            clients,
            server,
            schema,
        })
    }
}

/// What a program that failed has to say; nothing of what it read or wrote.
fn failed(program: &'static str, output: &Output) -> BackupError {
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said
        .lines()
        .map(str::trim)
        .find(|line| line.contains("error:") || line.contains("ERROR:"));
    BackupError::Program {
        program,
        reason: match first {
            Some(first) => first.to_owned(),
            None => format!("it ended with {}", output.status),
        },
    }
}
