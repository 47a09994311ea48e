//! The user that the server runs as: PostgreSQL refuses root, so root lends it an unprivileged one.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tokio::process::Command;

use super::ServerError;

/// Users to try, the best first. Both exist with a name on usual systems; initdb refuses a bare id.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// An unprivileged user.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Account {
    /// Nothing when we are no root ourselves: then the server runs as we do.
    pub(super) async fn choose(search_path: &[PathBuf]) -> Result<Option<Self>, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        for name in NAMES {
            let uid = id("-u", name, search_path).await;
            let gid = id("-g", name, search_path).await;
            if let (Some(uid), Some(gid)) = (uid, gid) {
                return Ok(Some(Self { name, uid, gid }));
            }
        }
        Err(ServerError::NoAccount)
    }

    /// Gives `path` to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), ServerError> {
        std::os::unix::fs::chown(path, Some(self.uid), Some(self.gid))
            .map_err(ServerError::file("give to the server's user", path))
    }
}

async fn id(what: &str, name: &str, search_path: &[PathBuf]) -> Option<u32> {
    let output = command(Path::new("id"), None, search_path)
        .args([what, name])
        .output()
        .await
        .ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// A command that runs as `account`, knows nothing of our environment (a stray PGOPTIONS or PGPORT would change what the
/// server does) and does not stand in a folder that the account may not enter.
pub(super) fn command(
    program: &Path,
    account: Option<&Account>,
    search_path: &[PathBuf],
) -> Command {
    let usual = ["/usr/bin", "/bin"].map(PathBuf::from);
    let path = std::env::join_paths(search_path.iter().chain(&usual)).unwrap_or_default();
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null());
    if let Some(account) = account {
        command.uid(account.uid).gid(account.gid);
    }
    command
}

/// Runs a program to its end; its error is the last thing it said.
pub(super) async fn run(name: &'static str, command: &mut Command) -> Result<Output, ServerError> {
    let failed = |reason: String| ServerError::Program {
        program: name,
        reason,
    };
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    // Waiting would close the input, which is the lifeline of programs that have one.
    let lifeline = child.stdin.take();
    let output = child
        .wait_with_output()
        .await
        .map_err(|error| failed(error.to_string()))?;
    drop(lifeline);
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(last_lines(&said, 5)))
}

/// The last lines that say something, on one line.
pub(super) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let from = lines.len().saturating_sub(count);
    match lines.get(from..) {
        Some(last) if !last.is_empty() => last.join(" / "),
        _ => "it said nothing".to_owned(),
    }
}
