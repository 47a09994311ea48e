//! `aimod run` as a process of its own, watched through its log and its metrics.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

/// Nothing takes longer in a test.
const LIMIT: Duration = Duration::from_secs(30);

/// A running `aimod run`; killed with the test where it was not stopped before.
pub(crate) struct Bot {
    child: Child,
    metrics: String,
    errors: Arc<Mutex<Vec<String>>>,
    log: Arc<Mutex<String>>,
    reading: TaskTracker,
}

impl Bot {
    /// Starts with these variables and no others, and waits until its endpoints are open.
    pub(crate) async fn start(variables: &[(&str, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
            .arg("run")
            .env_clear()
            .env("AIMOD__TELEMETRY__LOG_FORMAT", "json")
            .env("AIMOD__TELEMETRY__LISTEN", "127.0.0.1:0")
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        let stderr = child.stderr.take().expect("its log");
        let errors = Arc::default();
        let log = Arc::default();
        let (found, address) = oneshot::channel();
        let reading = TaskTracker::new();
        reading.spawn(read(stderr, (Arc::clone(&errors), Arc::clone(&log)), found));
        reading.close();
        let address = tokio::time::timeout(LIMIT, address).await;
        let address = address.expect("it starts in time");
        let address = address.unwrap_or_else(|_| panic!("it does not start: {errors:?}"));
        Self {
            child,
            metrics: format!("http://{address}/metrics"),
            errors,
            log,
            reading,
        }
    }

    /// Everything that Prometheus would read.
    pub(crate) async fn shown(&self) -> String {
        let shown = reqwest::get(&self.metrics).await.expect("it listens");
        shown.text().await.expect("a text")
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        let log = self.log.lock().expect("nobody panics under the lock");
        log.clone()
    }

    /// The value of one series; 0 where it has not been counted yet.
    pub(crate) async fn metric(&self, series: &str) -> f64 {
        let shown = self.shown().await;
        let line = shown.lines().find_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            (name == series).then(|| value.parse().expect("a number"))
        });
        line.unwrap_or(0.0)
    }

    /// Waits until a series has come to this value.
    pub(crate) async fn counts(&self, series: &str, value: f64) {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        let waiting = async {
            while self.metric(series).await < value {
                ticks.tick().await;
            }
        };
        let counted = tokio::time::timeout(LIMIT, waiting).await;
        assert!(counted.is_ok(), "{series} does not come to {value}");
    }

    /// Kills it in the middle of whatever it does.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.expect("it runs");
        self.reading.wait().await;
    }

    /// Asks it to stop as an operator does: it ends in order, and nothing went wrong meanwhile. Gives the whole log.
    pub(crate) async fn stop(mut self) -> String {
        let pid = self.child.id().expect("it runs").cast_signed();
        let pid = Pid::from_raw(pid).expect("a process");
        kill_process(pid, Signal::TERM).expect("it is told");
        let ended = tokio::time::timeout(LIMIT, self.child.wait()).await;
        let status = ended.expect("it stops in time").expect("a status");
        self.reading.wait().await;
        let errors = self.errors.lock().expect("nobody panics under the lock");
        assert!(status.success(), "{status}: {errors:?}");
        assert_eq!(*errors, Vec::<String>::new());
        self.log()
    }
}

/// Reads the log to its end: tells the address of the endpoints and keeps what went wrong.
async fn read(
    stderr: impl AsyncRead + Unpin,
    (errors, log): (Arc<Mutex<Vec<String>>>, Arc<Mutex<String>>),
    found: oneshot::Sender<String>,
) {
    let mut found = Some(found);
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        {
            let mut log = log.lock().expect("nobody panics under the lock");
            log.push_str(&line);
            log.push('\n');
        }
        let address = entry.get("address").or(entry.pointer("/fields/address"));
        if let Some(address) = address.and_then(Value::as_str)
            && let Some(found) = found.take()
        {
            // The test may have given up by now.
            drop(found.send(address.to_owned()));
        }
        // What is no entry of the log is a last word of the program.
        if entry["level"] == "ERROR" || entry.is_null() {
            errors
                .lock()
                .expect("nobody panics under the lock")
                .push(line);
        }
    }
}
