//! What a backup holds, read out of it before anything is done with it.

use std::collections::BTreeSet;
use std::path::Path;

use super::{BackupError, failed, header};
use crate::store::server::Clients;

/// Where diesel notes the migrations.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// What the list of a backup says of the server before the version.
const FROM_SERVER: &str = "Dumped from database version:";

/// How pg_restore begins its complaint about a file of newer programs.
const UNSUPPORTED: &str = "unsupported version";

/// The tables and migrations of a backup.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) tables: BTreeSet<String>,
    pub(super) migrations: BTreeSet<String>,
    /// The major version of the server that was backed up, where the backup tells.
    pub(super) server: Option<u32>,
}

impl Contents {
    pub(super) async fn read(clients: &Clients, file: &Path) -> Result<Self, BackupError> {
        std::fs::File::open(file).map_err(BackupError::file("read", file))?;
        let listed = run(clients, file, &["--list"]).await;
        let listed = listed.map_err(|error| unreadable(file, error))?;
        let tables = tables(&listed);
        if !tables.contains(MIGRATIONS) {
            return Err(BackupError::Foreign(file.to_owned()));
        }
        let only = ["--data-only", "--table", MIGRATIONS, "--file", "-"];
        let migrations = migrations(&run(clients, file, &only).await?);
        Ok(Self {
            tables,
            migrations,
            server: server(&listed),
        })
    }
}

/// What it means that pg_restore cannot list a file.
fn unreadable(file: &Path, error: BackupError) -> BackupError {
    match error {
        BackupError::Program { reason, .. } if reason.contains(UNSUPPORTED) => {
            BackupError::NewerPrograms {
                file: file.to_owned(),
                from: header::written_by(file),
                said: reason,
            }
        }
        _ => BackupError::Foreign(file.to_owned()),
    }
}

async fn run(clients: &Clients, file: &Path, arguments: &[&str]) -> Result<String, BackupError> {
    let output = clients
        .command("pg_restore")
        .args(arguments)
        .arg(file)
        .output()
        .await
        .map_err(BackupError::file("run", "pg_restore"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed("pg_restore", &output)),
    }
}

/// `;     Dumped from database version: 15.18 (Debian 15.18-0+deb12u1)` tells the major version.
fn server(listed: &str) -> Option<u32> {
    let mut lines = listed.lines();
    let version = lines.find_map(|line| line.split_once(FROM_SERVER))?.1;
    header::major(version.trim_start())
}

/// `215; 1259 16390 TABLE public appeals aimod` names a table.
fn tables(listed: &str) -> BTreeSet<String> {
    let entries = listed.lines().filter(|line| !line.starts_with(';'));
    entries
        .filter_map(|line| {
            let mut words = line.split_whitespace().skip(3);
            let is_table = words.next() == Some("TABLE");
            let (_schema, name) = (words.next()?, words.next()?);
            // TABLE DATA and TABLE ATTACH have another word before the schema.
            (is_table && words.count() <= 1).then(|| name.to_owned())
        })
        .collect()
}

/// The rows between `COPY … FROM stdin;` and `\.`, of which the first column is the version.
fn migrations(script: &str) -> BTreeSet<String> {
    script
        .lines()
        .skip_while(|line| !line.starts_with("COPY "))
        .skip(1)
        .take_while(|line| *line != "\\.")
        .filter_map(|line| line.split('\t').next())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_read_from_the_list() {
        let listed = "\
;
; Archive created at 2026-11-25 00:00:00 UTC
215; 1259 16390 TABLE public appeals aimod
3501; 0 0 COMMENT public TABLE appeals aimod
216; 1259 16391 TABLE public command_logs_2026_11 aimod
3400; 0 0 TABLE ATTACH public command_logs_2026_11 aimod
3499; 0 16390 TABLE DATA public appeals aimod
231; 1255 16500 FUNCTION public aimod_announce_version() aimod
";
        let expected = ["appeals", "command_logs_2026_11"].map(str::to_owned);
        assert_eq!(tables(listed), expected.into());
    }

    #[test]
    fn the_server_is_read_from_the_list() {
        let listed = ";     Format: CUSTOM\n;     Dumped from database version: 15.18 (Debian 15.18-0+deb12u1)\n\
            ;     Dumped by pg_dump version: 17.2\n";
        assert_eq!(server(listed), Some(15));
        assert_eq!(server("; Dumped from database version: 18beta1"), Some(18));
        assert_eq!(server(";     Dumped by pg_dump version: 17.2"), None);
    }

    #[test]
    fn migrations_are_read_from_their_rows() {
        let script = "SET x;\n\nCOPY public.__diesel_schema_migrations (version, run_on) FROM stdin;\n\
            20261122000001\t2026-11-25 22:00:00\n20261123000001\t2026-11-25 22:00:01\n\\.\n\nCOPY x\n";
        let expected = ["20261122000001", "20261123000001"].map(str::to_owned);
        assert_eq!(migrations(script), expected.into());
        assert_eq!(migrations("nothing"), BTreeSet::new());
    }
}
