//! Why our own server cannot run, each with the next step.

use std::path::PathBuf;

/// Why our own PostgreSQL server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// No server programs on this machine.
    #[error(
        "no PostgreSQL server programs found; install them with `{command}`, or set DATABASE_URL to use a database elsewhere"
    )]
    NoPrograms {
        /// The exact command for this system.
        command: String,
    },
    /// `database.postgres_bin` holds none.
    #[error("database.postgres_bin: the folder {folder} holds no initdb and postgres")]
    WrongFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The data was made by another major version than is installed.
    #[error(
        "the data in {folder} was made by PostgreSQL {wanted}, but only {found} is installed; install PostgreSQL {wanted} again, or move the data with pg_upgrade"
    )]
    WrongVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// The cluster's version.
        wanted: String,
        /// What is installed.
        found: String,
    },
    /// Another process of ours runs the server of this data folder.
    #[error("the data folder {folder} is in use by another aimod process; stop that one first")]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// PostgreSQL refuses to run as root, and there is no other user for it.
    #[error(
        "PostgreSQL does not run as root, and this system has neither the user postgres nor nobody; make one with `useradd --system postgres`"
    )]
    NoAccount,
    /// The server's user cannot get into the data folder.
    #[error(
        "PostgreSQL does not run as root, and its user {account} cannot enter {folder}; set database.data_dir to a folder outside private homes, such as /var/lib/aimod"
    )]
    Unreachable {
        /// The data folder.
        folder: PathBuf,
        /// The user.
        account: String,
    },
    /// A file or folder cannot be used.
    #[error("cannot {what} {path}: {reason}")]
    File {
        /// What was to be done.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        reason: std::io::Error,
    },
    /// A program could not be run or failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it said.
        reason: String,
    },
    /// The server ended instead of taking connections.
    #[error("PostgreSQL did not start: {reason}; its log is {log}")]
    Start {
        /// The end of its log.
        reason: String,
        /// The log.
        log: PathBuf,
    },
    /// Processes of an earlier run do not end.
    #[error("processes {pids:?} of an earlier PostgreSQL in this data folder do not end")]
    Leftovers {
        /// Their ids.
        pids: Vec<i32>,
    },
}

impl ServerError {
    pub(super) fn file(
        what: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |reason| Self::File { what, path, reason }
    }
}
