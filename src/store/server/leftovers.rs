//! What an earlier run left behind: a server that still runs or stops, backends without a server, a stale lock file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::time::Instant;

use super::ServerError;
use super::launch::LIFELINE_NAME;

const POLL: Duration = Duration::from_millis(20);

/// How the processes are asked to go, and how long they may take each time: a fast shutdown, one without ceremony, none.
const STEPS: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(20)),
    (Signal::QUIT, Duration::from_secs(5)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// What PostgreSQL writes into `postmaster.pid`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: i32,
    pub(super) socket_dir: PathBuf,
}

impl PidFile {
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
        Self::parse(&text)
    }

    /// Lines: process, cluster, start time, port, socket folder, address, shared memory, state.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        Some(Self {
            pid: lines.next()?.trim().parse().ok()?,
            socket_dir: PathBuf::from(lines.nth(3)?),
        })
    }
}

/// Ends every process of an earlier run in this cluster, then removes its lock file, which PostgreSQL would take for that
/// of whatever process has the number now (in containers, often one of ours). The caller holds the data folder's lock.
pub(super) async fn end(cluster: &Path, tag: &str) -> Result<(), ServerError> {
    let mut left = processes(cluster, tag).await;
    for (signal, patience) in STEPS {
        if left.is_empty() {
            break;
        }
        tracing::info!(
            processes = left.len(),
            "ending the PostgreSQL server of an earlier run"
        );
        for pid in targets(cluster, signal, &left) {
            send(pid, signal);
        }
        left = wait_for_end(cluster, tag, patience).await;
    }
    if !left.is_empty() {
        return Err(ServerError::Leftovers {
            pids: left.iter().map(|pid| pid.as_raw_nonzero().get()).collect(),
        });
    }
    let lock_file = cluster.join("postmaster.pid");
    match std::fs::remove_file(&lock_file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ServerError::file("remove", lock_file)(error))
        }
        _ => Ok(()),
    }
}

/// Sends a signal; a process that has ended in the meantime is what we want.
pub(super) fn send(pid: Pid, signal: Signal) {
    if let Err(error) = kill_process(pid, signal) {
        tracing::debug!(%error, "a process of the server could not be signalled");
    }
}

/// A fast shutdown is the server's to conduct; if it is gone, or does not listen, each process is told itself.
fn targets(cluster: &Path, signal: Signal, left: &[Pid]) -> Vec<Pid> {
    let server = PidFile::read(cluster)
        .and_then(|file| Pid::from_raw(file.pid))
        .filter(|pid| left.contains(pid));
    match server {
        Some(server) if signal == Signal::INT => vec![server],
        _ => left.to_vec(),
    }
}

async fn wait_for_end(cluster: &Path, tag: &str, patience: Duration) -> Vec<Pid> {
    let until = Instant::now() + patience;
    loop {
        let left = processes(cluster, tag).await;
        if left.is_empty() || Instant::now() >= until {
            return left;
        }
        tokio::time::sleep(POLL).await;
    }
}

/// The processes of this cluster: server and lifeline by their arguments, the server's children by the title with our tag. A process
/// that merely has a number from a stale file is not among them.
async fn processes(cluster: &Path, tag: &str) -> Vec<Pid> {
    let own = rustix::process::getpid();
    list_commands()
        .await
        .into_iter()
        .filter(|(pid, command)| *pid != own && belongs(command, cluster, tag))
        .map(|(pid, _)| pid)
        .collect()
}

/// `command` has its arguments between NULs, or between blanks where the system only tells a line.
fn belongs(command: &str, cluster: &Path, tag: &str) -> bool {
    if command.starts_with(&format!("postgres: {tag}: ")) {
        return true;
    }
    let program = command.split(['\0', ' ']).next().unwrap_or_default();
    let lifeline = ['\0', ' '].map(|gap| format!("{gap}{LIFELINE_NAME}{gap}"));
    let cluster = cluster.to_string_lossy();
    (program.ends_with("/postgres") || lifeline.iter().any(|name| command.contains(name)))
        && (command.contains(&format!("\0-D\0{cluster}\0"))
            || command.contains(&format!(" -D {cluster} ")))
}

async fn list_commands() -> Vec<(Pid, String)> {
    if cfg!(target_os = "linux") {
        commands_of_proc()
    } else {
        commands_of_ps().await
    }
}

fn commands_of_proc() -> Vec<(Pid, String)> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            let command = std::fs::read(entry.path().join("cmdline")).ok()?;
            Some((pid, String::from_utf8_lossy(&command).into_owned()))
        })
        .collect()
}

async fn commands_of_ps() -> Vec<(Pid, String)> {
    let Ok(output) = super::account::command(Path::new("ps"), None, &[])
        .args(["-axo", "pid=,args="])
        .output()
        .await
    else {
        return Vec::new();
    };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let (pid, command) = line.trim().split_once(' ')?;
            Some((Pid::from_raw(pid.parse().ok()?)?, command.trim().to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: &str = "/my data/postgres";

    #[test]
    fn the_lock_file_tells_process_and_socket() {
        let text = "4711\n/my data/postgres\n1763845200\n5432\n/tmp/aimod-x\n\n  1 2\nready   \n";
        let file = PidFile::parse(text).expect("whole");
        assert_eq!(file.pid, 4711);
        assert_eq!(file.socket_dir, PathBuf::from("/tmp/aimod-x"));
        for half in ["", "4711", "x\n\n\n\n/tmp\n"] {
            assert_eq!(PidFile::parse(half), None, "{half:?}");
        }
    }

    #[test]
    fn only_processes_of_this_cluster_belong_to_it() {
        let ours = |command: &str| belongs(command, Path::new(CLUSTER), "aimod_12");
        assert!(ours("/usr/bin/postgres\0-D\0/my data/postgres\0-k\0/tmp\0"));
        assert!(ours("/usr/bin/postgres -D /my data/postgres -k /tmp"));
        assert!(ours("postgres: aimod_12: checkpointer "));
        assert!(ours(
            "sh\0-c\0script\0aimod-postgres\0\0/usr/bin/postgres\0-D\0/my data/postgres\0"
        ));
        for other in [
            "",
            "/usr/bin/postgres\0-D\0/my data/postgres2\0",
            "postgres: aimod_34: checkpointer ",
            "vim\0/my data/postgres\0",
            "sh\0-c\0script\0/usr/bin/postgres\0-D\0/my data/postgres\0",
        ] {
            assert!(!ours(other), "{other:?}");
        }
    }
}
