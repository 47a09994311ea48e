//! Finds the client programs that write and read dumps, and lets them talk to a database without showing its password.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tokio::process::Command;
use tokio_postgres::config::Host;

use super::account::command;
use super::programs::{candidates, major_version};
use super::{Package, ServerOptions, install_command};
use crate::settings::{DatabaseUrl, TlsMode};

/// Why no client programs can be used.
#[derive(Debug, thiserror::Error)]
pub enum NoClients {
    /// None on this machine.
    #[error("no pg_dump, pg_restore and psql found; install them with `{command}`")]
    Missing {
        /// The exact command for this system.
        command: String,
    },
    /// All are older than the server, whose data they would not understand.
    #[error(
        "the server is PostgreSQL {server}, but pg_dump here is only {found}; install the client programs of PostgreSQL {server} or newer with `{command}`"
    )]
    Older {
        /// The server's major version.
        server: u32,
        /// What is installed.
        found: String,
        /// The command for this system.
        command: String,
    },
    /// The file with the password cannot be written.
    #[error("cannot write the password for pg_dump to a file of its own: {0}")]
    PasswordFile(std::io::Error),
}

/// A set of client programs and the way to a database.
#[derive(Debug)]
pub struct Clients {
    folder: PathBuf,
    search_path: Vec<PathBuf>,
    environment: Vec<(&'static str, OsString)>,
    /// Removed with this.
    _password: Option<tempfile::NamedTempFile>,
}

impl Clients {
    /// The programs of the server's own major version, or else the oldest that are newer.
    ///
    /// # Errors
    /// See [`NoClients`].
    pub async fn find(
        options: &ServerOptions,
        url: &SecretString,
        server: u32,
    ) -> Result<Self, NoClients> {
        let mut found: Vec<(u32, PathBuf)> = Vec::new();
        for folder in candidates(options, &["pg_dump", "pg_restore", "psql"]) {
            let major = major_version(&folder.join("pg_dump"), options).await;
            if let Some(major) = major.and_then(|major| major.parse().ok()) {
                found.push((major, folder));
            }
        }
        let folder = choose(found, server)?;
        let (environment, password) = way_to(url, &options.temp_dir)?;
        Ok(Self {
            folder,
            search_path: options.search_path.clone(),
            environment,
            _password: password,
        })
    }

    /// One of the programs, told where the database is.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = command(&self.folder.join(program), None, &self.search_path);
        command
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true);
        command
    }
}

fn choose(mut found: Vec<(u32, PathBuf)>, server: u32) -> Result<PathBuf, NoClients> {
    // Stable: of one version the first folder counts.
    found.sort_by_key(|(major, _)| *major);
    let newest = found.last().map(|(major, _)| *major);
    match (
        found.into_iter().find(|(major, _)| *major >= server),
        newest,
    ) {
        (Some((_, folder)), _) => Ok(folder),
        (None, None) => Err(NoClients::Missing {
            command: install_command(Package::PostgresClient),
        }),
        (None, Some(newest)) => Err(NoClients::Older {
            server,
            found: newest.to_string(),
            command: install_command(Package::PostgresClient),
        }),
    }
}

type Environment = Vec<(&'static str, OsString)>;

/// The address in variables that libpq reads. The password goes into a file that only we can read: arguments can be seen by
/// everybody, and variables by some.
fn way_to(
    url: &SecretString,
    temp_dir: &Path,
) -> Result<(Environment, Option<tempfile::NamedTempFile>), NoClients> {
    // It was parsed before a connection was opened with it.
    let Ok(DatabaseUrl { config, tls }) = DatabaseUrl::parse(url) else {
        return Ok((Vec::new(), None));
    };
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) => folder.to_string_lossy().into_owned(),
    });
    let addresses = config.get_hostaddrs().iter().map(ToString::to_string);
    let ports = config.get_ports().iter().map(ToString::to_string);
    let lists = [
        ("PGHOST", hosts.collect::<Vec<_>>()),
        ("PGHOSTADDR", addresses.collect()),
        ("PGPORT", ports.collect()),
    ];
    let words = [
        ("PGUSER", config.get_user()),
        ("PGDATABASE", config.get_dbname().or(config.get_user())),
        ("PGOPTIONS", config.get_options()),
    ];
    let mut environment: Environment = vec![
        ("PGAPPNAME", "aimod backup".into()),
        ("PGCONNECT_TIMEOUT", "10".into()),
    ];
    environment.extend(tls_of(&tls));
    environment.extend(
        lists
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(name, list)| (name, list.join(",").into())),
    );
    environment.extend(
        words
            .into_iter()
            .filter_map(|(name, word)| Some((name, word?.into()))),
    );
    let password = config
        .get_password()
        .map(|password| password_file(password, temp_dir));
    let password = password.transpose().map_err(NoClients::PasswordFile)?;
    if let Some(file) = &password {
        environment.push(("PGPASSFILE", file.path().into()));
    }
    Ok((environment, password))
}

fn tls_of(tls: &TlsMode) -> Vec<(&'static str, OsString)> {
    let (mode, authorities) = match tls {
        TlsMode::Off => ("disable", None),
        TlsMode::Prefer => ("prefer", None),
        TlsMode::Require => ("require", None),
        TlsMode::Verify(file) => (
            "verify-full",
            Some(file.clone().unwrap_or_else(public_authorities)),
        ),
    };
    let authorities = authorities.map(|file| ("PGSSLROOTCERT", file.into_os_string()));
    [("PGSSLMODE", mode.into())]
        .into_iter()
        .chain(authorities)
        .collect()
}

/// Where systems keep the public authorities; libpq from version 16 on also knows the word.
fn public_authorities() -> PathBuf {
    let usual = [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];
    let there = usual.iter().map(PathBuf::from).find(|file| file.is_file());
    there.unwrap_or_else(|| PathBuf::from("system"))
}

/// Readable for us alone.
fn password_file(password: &[u8], temp_dir: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix("aimod-")
        .tempfile_in(temp_dir)?;
    let mut line = b"*:*:*:*:".to_vec();
    for byte in password {
        if matches!(byte, b':' | b'\\') {
            line.push(b'\\');
        }
        line.push(*byte);
    }
    line.push(b'\n');
    file.write_all(&line)?;
    file.flush()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_servers_own_version_is_best_and_an_older_one_is_refused() {
        let found = || {
            ["/a/14", "/b/17", "/c/15", "/d/15"]
                .map(|path| (path[3..].parse().expect("a number"), PathBuf::from(path)))
                .to_vec()
        };
        assert_eq!(choose(found(), 15).expect("there"), Path::new("/c/15"));
        assert_eq!(choose(found(), 16).expect("newer"), Path::new("/b/17"));
        let older = choose(found(), 18).expect_err("older").to_string();
        assert!(older.starts_with("the server is PostgreSQL 18, but pg_dump here is only 17; "));
        let none = choose(vec![], 15).expect_err("none").to_string();
        assert!(none.starts_with("no pg_dump, pg_restore and psql found; install them with `"));
    }

    #[test]
    fn the_password_stands_in_a_file_of_ours_and_nowhere_else() {
        let url = "postgres://bot:hunter%3A2%5C@db.example.org:6543/mod?sslmode=require";
        let folder = tempfile::tempdir().expect("a folder");
        let (environment, file) = way_to(&url.into(), folder.path()).expect("written");
        let file = file.expect("a password");
        let text = std::fs::read_to_string(file.path()).expect("readable");
        assert_eq!(text, "*:*:*:*:hunter\\:2\\\\\n");
        let mode = file.as_file().metadata().expect("there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
        let shown = format!("{environment:?}");
        assert!(!shown.contains("hunter"), "{shown}");
        for part in [
            r#"("PGHOST", "db.example.org")"#,
            r#"("PGPORT", "6543")"#,
            r#"("PGUSER", "bot")"#,
            r#"("PGDATABASE", "mod")"#,
            r#"("PGSSLMODE", "require")"#,
        ] {
            assert!(shown.contains(part), "{part} is not in {shown}");
        }
        let path = file.path().to_owned();
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn a_socket_needs_no_password_and_a_certificate_is_checked_as_told() {
        let socket = "postgres://aimod@%2Ftmp%2Fa%20b/aimod";
        let (environment, file) = way_to(&socket.into(), Path::new("/tmp")).expect("nothing");
        assert!(file.is_none());
        let shown = format!("{environment:?}");
        assert!(shown.contains(r#"("PGHOST", "/tmp/a b")"#), "{shown}");
        assert!(shown.contains(r#"("PGSSLMODE", "disable")"#), "{shown}");
        let checked = tls_of(&TlsMode::Verify(Some("/ca.pem".into())));
        assert_eq!(checked[1], ("PGSSLROOTCERT", OsString::from("/ca.pem")));
        assert_eq!(tls_of(&TlsMode::Verify(None)).len(), 2);
        assert_eq!(tls_of(&TlsMode::Prefer), [("PGSSLMODE", "prefer".into())]);
    }
}
