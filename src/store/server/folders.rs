//! The folders of a server: made, owned by its user, reachable for it, locked against a second process.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::account::{Account, command};
use super::{ServerError, ServerOptions};

/// The cluster's folder inside the data folder.
pub(super) const CLUSTER: &str = "postgres";
const LOCK: &str = "postgres.lock";
const LOG: &str = "postgres.log";
const SOCKET: &str = "socket";

/// A socket's path may have 103 bytes on macOS and 107 on Linux, of which `/.s.PGSQL.5432` takes 14.
const LONGEST_SOCKET_DIR: usize = 103 - "/.s.PGSQL.5432".len();

/// Where a server keeps its things.
#[derive(Debug)]
pub(super) struct Folders {
    pub(super) cluster: PathBuf,
    pub(super) log: PathBuf,
    pub(super) socket: PathBuf,
    /// What goes when the server stops: everything of a throw-away server, else a socket folder outside the data folder.
    pub(super) rubbish: Option<PathBuf>,
    pub(super) throw_away: bool,
    /// Held for as long as the server is ours; the system takes it back when the process ends.
    _lock: File,
}

impl Folders {
    pub(super) async fn prepare(
        options: &ServerOptions,
        account: Option<&Account>,
    ) -> Result<Self, ServerError> {
        match &options.data_dir {
            Some(data_dir) => Self::kept(data_dir, options, account).await,
            None => Self::throw_away(options, account).await,
        }
    }

    async fn kept(
        data_dir: &Path,
        options: &ServerOptions,
        account: Option<&Account>,
    ) -> Result<Self, ServerError> {
        // The server's user has to pass through a data folder that is root's.
        make(data_dir, if account.is_some() { 0o711 } else { 0o700 })?;
        let data_dir = data_dir
            .canonicalize()
            .map_err(ServerError::file("find", data_dir))?;
        require_reachable(&data_dir, options, account).await?;
        let lock = lock(&data_dir)?;
        let inside = data_dir.join(SOCKET);
        let (socket, rubbish) = if fits(&inside) {
            (inside, None)
        } else {
            let outside = outside(&data_dir, options, account).await?;
            (outside.clone(), Some(outside))
        };
        Ok(Self {
            cluster: data_dir.join(CLUSTER),
            log: data_dir.join(LOG),
            socket,
            rubbish,
            throw_away: false,
            _lock: lock,
        })
    }

    async fn throw_away(
        options: &ServerOptions,
        account: Option<&Account>,
    ) -> Result<Self, ServerError> {
        let base = temporary(options, account).await?;
        let lock = lock(&base)?;
        Ok(Self {
            cluster: base.join(CLUSTER),
            log: base.join(LOG),
            socket: base.clone(),
            rubbish: Some(base),
            throw_away: true,
            _lock: lock,
        })
    }

    /// The major version that made the cluster; nothing where there is none yet.
    pub(super) fn cluster_major(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.cluster.join("PG_VERSION")).ok()?;
        Some(text.trim().to_owned())
    }

    /// Marks the server's processes, so that those of an earlier run are recognised.
    pub(super) fn tag(&self) -> String {
        format!("aimod_{}", hash_of(&self.cluster))
    }
}

impl Drop for Folders {
    /// Removes what is not kept. The lifeline does the same after its server's end; whoever comes second finds nothing.
    fn drop(&mut self) {
        if let Some(rubbish) = &self.rubbish
            && let Err(error) = std::fs::remove_dir_all(rubbish)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::debug!(%error, "a temporary folder of the server stays behind");
        }
    }
}

/// Whether a process of ours runs the server of `data_dir`.
pub(super) fn is_locked(data_dir: &Path) -> bool {
    File::open(data_dir.join(LOCK))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn lock(data_dir: &Path) -> Result<File, ServerError> {
    let path = data_dir.join(LOCK);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(ServerError::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ServerError::InUse {
            folder: data_dir.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(ServerError::file("lock", path)(error)),
    }
}

/// Makes a folder and those above it; one that is there keeps its rights.
fn make(path: &Path, mode: u32) -> Result<(), ServerError> {
    DirBuilder::new()
        .recursive(true)
        .mode(mode)
        .create(path)
        .map_err(ServerError::file("make the folder", path))
}

/// Makes a folder that only the server's user may enter.
pub(super) fn make_for(path: &Path, account: Option<&Account>) -> Result<(), ServerError> {
    use std::os::unix::fs::PermissionsExt;
    make(path, 0o700)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
        .map_err(ServerError::file("close", path))?;
    account.map_or(Ok(()), |account| account.own(path))
}

/// A path that PostgreSQL takes as it stands: short, without the characters that mean something in a list of folders.
fn fits(socket: &Path) -> bool {
    socket.as_os_str().len() <= LONGEST_SOCKET_DIR
        && socket
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(byte))
}

/// The socket's folder outside a data folder whose path is too long. Always the same one, so that kills do not fill the
/// temporary folder; another where somebody else has made one of that name.
async fn outside(
    data_dir: &Path,
    options: &ServerOptions,
    account: Option<&Account>,
) -> Result<PathBuf, ServerError> {
    let parent = temporary_parent(options, account).await;
    let path = parent.join(format!("aimod-{}", hash_of(data_dir)));
    let owner = account.map_or_else(
        || rustix::process::geteuid().as_raw(),
        |account| account.uid,
    );
    match std::fs::symlink_metadata(&path) {
        Ok(there) if !there.is_dir() || there.uid() != owner => temporary(options, account).await,
        _ => Ok(path),
    }
}

/// The temporary folder, or /tmp where that is too long or closed to the server's user.
async fn temporary_parent(options: &ServerOptions, account: Option<&Account>) -> PathBuf {
    let good = fits(&options.temp_dir.join("aimod-0123456789abcdef"))
        && require_reachable(&options.temp_dir, options, account)
            .await
            .is_ok();
    if good {
        options.temp_dir.clone()
    } else {
        PathBuf::from("/tmp")
    }
}

/// FNV-1a: short, and the same in every version of this program.
fn hash_of(path: &Path) -> String {
    let hash = path
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{hash:016x}")
}

/// A new private folder in the temporary one.
async fn temporary(
    options: &ServerOptions,
    account: Option<&Account>,
) -> Result<PathBuf, ServerError> {
    let parent = &temporary_parent(options, account).await;
    let made = tempfile::Builder::new()
        .prefix("aimod-")
        .tempdir_in(parent)
        .map_err(ServerError::file("make a folder in", parent))?;
    // The server outlives us by a moment, so the folder goes when the server has ended.
    let path = made.keep();
    make_for(&path, account)?;
    Ok(path)
}

async fn require_reachable(
    folder: &Path,
    options: &ServerOptions,
    account: Option<&Account>,
) -> Result<(), ServerError> {
    let Some(account) = account else {
        return Ok(());
    };
    let entered = command(Path::new("sh"), Some(account), &options.search_path)
        .args(["-c", "cd \"$1\" 2>/dev/null", "sh"])
        .arg(folder)
        .status()
        .await;
    if entered.is_ok_and(|status| status.success()) {
        Ok(())
    } else {
        Err(ServerError::Unreachable {
            folder: folder.to_owned(),
            account: account.name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_folder_is_short_and_plain() {
        assert!(fits(Path::new("/var/lib/aimod/socket")));
        assert!(!fits(Path::new("/my data/socket")));
        assert!(!fits(Path::new("/a,b/socket")));
        assert!(!fits(Path::new(&format!("/{}", "x".repeat(100)))));
    }

    #[test]
    fn a_data_folder_has_one_server() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(!is_locked(folder.path()));
        let first = lock(folder.path()).expect("free");
        assert!(is_locked(folder.path()));
        let second = lock(folder.path()).expect_err("taken");
        assert!(
            second
                .to_string()
                .contains("in use by another aimod process")
        );
        drop(first);
        assert!(!is_locked(folder.path()));
    }
}
