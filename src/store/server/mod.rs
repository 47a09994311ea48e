//! Our own PostgreSQL server: private, on a Unix socket, kept running for as long as this process lives.
//!
//! ```text
//!  data_dir/postgres        the cluster, made by initdb at the first start and reused after
//!  data_dir/postgres.lock   locked while a process of ours runs that server
//!  data_dir/postgres.log    what the server said since its last start, without statements and values
//!  data_dir/socket          its socket; a short folder in the temporary one where the path would be too long
//! ```
//!
//! The server hangs on a lifeline: a shell of three lines stands between it and us and asks it to stop when our end of a
//! pipe closes, however we end. If the server dies instead, it is started again with back-off. What an earlier run left
//! behind (a server still stopping, backends without one, a stale `postmaster.pid`) is ended before a start.

mod account;
mod clients;
mod cluster;
mod error;
mod folders;
mod install;
mod launch;
mod leftovers;
mod programs;
mod watch;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use clients::{Clients, NoClients};
pub use error::ServerError;
pub use install::{Package, install_command};

use crate::settings::Settings;
use account::Account;
use folders::Folders;
use launch::Plan;
use programs::Programs;
use watch::Watch;

/// The role that owns everything in a server of ours.
const ROLE: &str = "aimod";
/// The database of the bot in a server of ours.
pub const DATABASE: &str = "aimod";

/// Which server to run.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// Where the cluster lives. Nothing: a throw-away cluster, quick because it would not survive a power cut, and
    /// removed when it stops.
    pub data_dir: Option<PathBuf>,
    /// The folder for short-lived files.
    pub temp_dir: PathBuf,
    /// The folder of the server programs, if it was set.
    pub postgres_bin: Option<PathBuf>,
    /// The folders of `PATH`.
    pub search_path: Vec<PathBuf>,
    /// Most connections that the server takes.
    pub max_connections: u32,
}

impl ServerOptions {
    /// The server that keeps the bot's data in the settings' data folder.
    #[must_use]
    pub fn kept(settings: &Settings) -> Self {
        Self {
            data_dir: Some(settings.places.data_dir.clone()),
            ..Self::throw_away(settings)
        }
    }

    /// A server that leaves nothing behind, for the demo and the tests.
    #[must_use]
    pub fn throw_away(settings: &Settings) -> Self {
        Self {
            data_dir: None,
            temp_dir: settings.places.temp_dir.clone(),
            postgres_bin: settings.database.postgres_bin.clone(),
            search_path: settings.places.programs.clone(),
            // The pool, and room for migrations, the listener, a psql by hand.
            max_connections: settings.database.max_connections + 20,
        }
    }
}

/// A running server. It stops with [`PostgresServer::stop`], or by itself when the process ends.
#[derive(Debug)]
pub struct PostgresServer {
    watch: Watch,
}

impl PostgresServer {
    /// Starts the server and waits until it takes connections; makes the cluster and the database [`DATABASE`] where they
    /// are missing. Recovery after a kill is part of the wait. The runtime of the caller carries the watch over it.
    ///
    /// # Errors
    /// See [`ServerError`]; every message says what to do.
    pub async fn start(options: ServerOptions) -> Result<Self, ServerError> {
        let account = Account::choose(&options.search_path).await?;
        let folders = Folders::prepare(&options, account.as_ref()).await?;
        let programs = Programs::find(&options, folders.cluster_major().as_deref()).await?;
        let plan = Plan {
            options,
            account,
            folders,
            programs,
        };
        cluster::ensure(&plan).await?;
        let running = launch::start(&plan).await?;
        let server = Self {
            watch: Watch::over(plan, running),
        };
        cluster::ensure_database(server.watch.plan(), DATABASE).await?;
        Ok(server)
    }

    /// The address of a database of this server. It stays the same over restarts.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        self.watch.plan().url(database)
    }

    /// The process id of the server; 0 while it is being started again.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.watch.pid()
    }

    /// How often the server died and was started again.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.watch.restarts()
    }

    /// Stops the server and waits for its end: it finishes its disk writes and closes every connection. After five
    /// seconds it is ended without ceremony, which costs a recovery at the next start and loses nothing.
    pub async fn stop(self) {
        self.watch.stop().await;
    }
}

/// Whether the data folder of `options` holds a cluster already.
#[must_use]
pub fn has_cluster(options: &ServerOptions) -> bool {
    options
        .data_dir
        .as_ref()
        .is_some_and(|data_dir| data_dir.join(folders::CLUSTER).join("PG_VERSION").exists())
}

/// The major version of the server that would run. Makes nothing.
///
/// # Errors
/// [`ServerError::NoPrograms`], [`ServerError::WrongFolder`] and [`ServerError::NoAccount`].
pub async fn find_version(options: &ServerOptions) -> Result<String, ServerError> {
    Account::choose(&options.search_path).await?;
    Ok(Programs::find(options, None).await?.major)
}

/// The address of the bot's database in a server that another process of ours runs in `data_dir`, if one does.
#[must_use]
pub fn find_running(data_dir: &Path) -> Option<String> {
    leftovers::PidFile::read(&data_dir.join(folders::CLUSTER))
        .filter(|_| folders::is_locked(data_dir))
        .map(|file| launch::socket_url(&file.socket_dir, DATABASE))
}
