//! Starts the server on its lifeline and waits until it takes connections.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use tokio::process::{Child, ChildStdin, Command};

use super::account::{Account, command, last_lines};
use super::folders::{Folders, make_for};
use super::leftovers::{self, PidFile};
use super::programs::Programs;
use super::{ROLE, ServerError, ServerOptions};
use crate::store::connect;

/// Names the lifeline's shell among processes.
pub(super) const LIFELINE_NAME: &str = "aimod-postgres";

/// Stands between us and the server: `$1` is what to remove after a stop, the rest is the server's command. Our end of the
/// pipe on its input closes when we end, in whatever way, and the server is then asked for a fast shutdown, again and
/// again, because one that has just been started does not listen yet. When the
/// server ends, so does this, with its exit code. Signals that a service manager sends to everybody are not for the shell:
/// it must outlive the server.
const LIFELINE: &str = r#"
trap '' HUP INT TERM
rubbish=$1; shift
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
stopping=
trap stopping=1 USR1
{
  while read -r line <&3; do :; done
  kill -USR1 "$$"
  while kill -INT "$server"; do sleep 1; done
} 2>/dev/null & watcher=$!
exec 3<&-
code=1
while kill -0 "$server" 2>/dev/null; do wait "$server"; code=$?; done
kill -KILL "$watcher" 2>/dev/null
if [ -n "$stopping" ] && [ -n "$rubbish" ]; then rm -rf "$rubbish"; fi
exit "$code"
"#;

/// How often a starting server is asked whether it is ready.
const POLL: Duration = Duration::from_millis(15);

/// Everything that is needed to start the server, now and again later.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) options: ServerOptions,
    pub(super) account: Option<Account>,
    pub(super) folders: Folders,
    pub(super) programs: Programs,
}

impl Plan {
    pub(super) fn url(&self, database: &str) -> String {
        socket_url(&self.folders.socket, database)
    }
}

/// The address of a database behind the socket in `folder`.
pub(super) fn socket_url(folder: &Path, database: &str) -> String {
    let host = folder.to_string_lossy();
    format!(
        "postgres://{ROLE}@{}/{}",
        utf8_percent_encode(&host, NON_ALPHANUMERIC),
        utf8_percent_encode(database, NON_ALPHANUMERIC)
    )
}

/// A server that takes connections.
#[derive(Debug)]
pub(super) struct Running {
    /// The lifeline's shell; it ends with the server.
    pub(super) lifeline: Child,
    /// Our end of the pipe. Not left in `Child`, whose `wait` closes it.
    pub(super) pipe: ChildStdin,
    /// The server itself.
    pub(super) pid: u32,
}

/// Ends what an earlier run left, starts the server and waits until it takes connections.
pub(super) async fn start(plan: &Plan) -> Result<Running, ServerError> {
    leftovers::end(&plan.folders.cluster, &plan.folders.tag()).await?;
    // Only now, because an earlier run's lifeline removes it at its end.
    make_for(&plan.folders.socket, plan.account.as_ref())?;
    let (mut lifeline, pipe) = spawn(plan)?;
    wait_until_ready(plan, &mut lifeline).await?;
    let pid = PidFile::read(&plan.folders.cluster).map_or(0, |file| file.pid);
    Ok(Running {
        lifeline,
        pipe,
        pid: u32::try_from(pid).unwrap_or_default(),
    })
}

fn spawn(plan: &Plan) -> Result<(Child, ChildStdin), ServerError> {
    let folders = &plan.folders;
    // The log before this one tells why the server ended; without it, renaming fails and nothing is lost.
    std::fs::rename(&folders.log, folders.log.with_extension("log.1")).ok();
    let log = File::create(&folders.log).map_err(ServerError::file("write", &folders.log))?;
    let mut shell = on_lifeline(plan, folders.rubbish.as_deref());
    shell
        .arg(plan.programs.folder.join("postgres"))
        .arg("-D")
        .arg(&folders.cluster)
        .arg("-k")
        .arg(&folders.socket)
        .args(parameters(plan).iter().flat_map(|one| ["-c", one]));
    let failed = |reason: String| ServerError::Program {
        program: "sh",
        reason,
    };
    let mut lifeline = shell
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let pipe = lifeline.stdin.take();
    pipe.map(|pipe| (lifeline, pipe))
        .ok_or_else(|| failed("it has no pipe".to_owned()))
}

/// The lifeline's shell; the program and its arguments are still to be added, and the input is to be held.
pub(super) fn on_lifeline(plan: &Plan, rubbish: Option<&Path>) -> Command {
    let mut shell = command(
        Path::new("sh"),
        plan.account.as_ref(),
        &plan.options.search_path,
    );
    shell
        .args(["-c", LIFELINE, LIFELINE_NAME])
        .arg(rubbish.unwrap_or(Path::new("")))
        .stdin(Stdio::piped())
        // Ctrl-C on the terminal reaches every process of the group; the server must not stop before we do.
        .process_group(0);
    shell
}

/// What our server is set to. Given at each start, so that it follows this program and not the age of the cluster.
fn parameters(plan: &Plan) -> Vec<String> {
    let mut parameters = vec![
        "listen_addresses=".to_owned(),
        "port=5432".to_owned(),
        "unix_socket_permissions=0700".to_owned(),
        format!("max_connections={}", plan.options.max_connections),
        format!("cluster_name={}", plan.folders.tag()),
        "jit=off".to_owned(),
        "logging_collector=off".to_owned(),
        "lc_messages=C".to_owned(),
        "log_checkpoints=off".to_owned(),
        // No statement and no value of a row may reach a log.
        "log_statement=none".to_owned(),
        "log_min_error_statement=panic".to_owned(),
        "log_error_verbosity=terse".to_owned(),
    ];
    if plan.folders.throw_away {
        // What is committed still reaches the system at once, so it survives a kill of the server, if no power cut.
        parameters.extend(["fsync=off", "full_page_writes=off"].map(str::to_owned));
    }
    parameters
}

async fn wait_until_ready(plan: &Plan, lifeline: &mut Child) -> Result<(), ServerError> {
    let url = SecretString::from(plan.url("postgres"));
    loop {
        if connect(&url, Duration::from_secs(5)).await.is_ok() {
            return Ok(());
        }
        // Recovery may take long, so only the end of the process ends the wait.
        if let Ok(ended) = tokio::time::timeout(POLL, lifeline.wait()).await {
            let said = std::fs::read_to_string(&plan.folders.log).unwrap_or_default();
            return Err(ServerError::Start {
                reason: match ended {
                    Ok(_) => last_lines(&said, 3),
                    Err(error) => error.to_string(),
                },
                log: plan.folders.log.clone(),
            });
        }
    }
}
