//! Settings of PostgreSQL: the database of `DATABASE_URL`, or our own server.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::section::section;
use super::{DatabaseUrl, Problems};

section! {
    /// PostgreSQL, somebody else's or our own.
    "database" => DatabaseSettings {
        /// The database, as postgres://user:password@host:port/name; usually given as DATABASE_URL. Unset: AIMod runs a
        /// PostgreSQL server of its own. sslmode is disable, prefer (default), require (encrypted, any certificate) or
        /// verify-full (certificate checked, against sslrootcert=FILE or the public authorities).
        "url" => url: Option<SecretString> = None;
        /// Folder of the PostgreSQL server programs (initdb, postgres), when they are in none of the usual places.
        "postgres_bin" => postgres_bin: Option<PathBuf> = None;
        /// AIMod's own folder; its PostgreSQL server keeps the data there. Unset: /var/lib/aimod for root, else aimod in
        /// XDG_DATA_HOME or ~/.local/share.
        "data_dir" => data_dir: Option<PathBuf> = None;
        /// Connections that are kept open, number.
        "min_connections" => min_connections: u32 = 5, 0..=1000;
        /// Most connections at one time, number.
        "max_connections" => max_connections: u32 = 20, 1..=1000;
        /// Time limit of a single statement, seconds.
        "statement_timeout_secs" => statement_timeout: Duration = Duration::from_secs(60), 1..=3600;
        /// A connection that was idle for longer is closed, seconds.
        "idle_timeout_secs" => idle_timeout: Duration = Duration::from_secs(300), 10..=86400;
        /// How long a caller waits for a connection, milliseconds.
        "acquire_timeout_ms" => acquire_timeout: Duration = Duration::from_millis(3000), 50..=60000;
    }
}

impl DatabaseSettings {
    pub(super) fn validate(&self, problems: &mut Problems) {
        if let Some(url) = &self.url
            && let Err(error) = DatabaseUrl::parse(url)
        {
            problems.add("database.url", error.to_string());
        }
        if self.min_connections > self.max_connections {
            problems.add(
                "database.min_connections",
                format!(
                    "must not be above database.max_connections, is {} and {}",
                    self.min_connections, self.max_connections
                ),
            );
        }
        if let Some(folder) = &self.data_dir
            && folder.is_relative()
        {
            problems.add(
                "database.data_dir",
                format!(
                    "must be an absolute path, so that the same data is found from every working directory; is `{}`",
                    folder.display()
                ),
            );
        }
    }
}
