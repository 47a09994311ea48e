//! Readiness: named checks which together say whether this process does its work.

use std::fmt;
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::watch;

/// An orchestrator asks every few seconds; a check that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(2);

type Probe = Box<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The checks of one app, in the order in which they were added.
pub struct Readiness {
    checks: Vec<(&'static str, Probe)>,
    patience: Duration,
}

impl Default for Readiness {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            patience: PATIENCE,
        }
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.checks.iter().map(|(name, _)| name))
            .finish()
    }
}

/// What the checks found.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether all of them passed.
    pub ready: bool,
    /// Each check by name: `ok`, or what is missing.
    pub checks: Map<String, Value>,
}

impl Readiness {
    /// No check yet: ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check that asks something; it runs at each request, and what takes over two seconds has failed. Its
    /// error is shown to whoever asks, so it names the thing and carries no secret.
    #[must_use]
    pub fn probe<F, T>(mut self, name: &'static str, probe: F) -> Self
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: Future<Output = Result<(), String>> + Send + 'static,
    {
        self.checks
            .push((name, Box::new(move || Box::pin(probe()))));
        self
    }

    /// Adds a check that somebody else keeps up to date: what is missing, or nothing.
    #[must_use]
    pub fn watch(self, name: &'static str, missing: watch::Receiver<Option<String>>) -> Self {
        self.probe(name, move || {
            let missing = missing.borrow().clone();
            async move { missing.map_or(Ok(()), Err) }
        })
    }

    /// Runs all checks side by side.
    pub async fn report(&self) -> Report {
        let found = join_all(self.checks.iter().map(|(name, probe)| async move {
            let outcome = tokio::time::timeout(self.patience, probe()).await;
            let outcome = outcome.unwrap_or_else(|_| Err("no answer in time".to_owned()));
            (*name, outcome)
        }))
        .await;
        Report {
            ready: found.iter().all(|(_, outcome)| outcome.is_ok()),
            checks: found.into_iter().map(shown).collect(),
        }
    }
}

fn shown((name, outcome): (&'static str, Result<(), String>)) -> (String, Value) {
    let text = outcome.err().unwrap_or_else(|| "ok".to_owned());
    (name.to_owned(), Value::String(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_check_is_ready() {
        assert!(Readiness::new().report().await.ready);
    }

    #[tokio::test]
    async fn one_failed_check_is_enough_and_every_check_is_named() {
        let (shards, seen) = watch::channel(Some("0 of 2 connected".to_owned()));
        let readiness = Readiness::new()
            .probe("database", || async { Ok(()) })
            .watch("shards", seen);

        let report = readiness.report().await;
        assert_eq!(
            serde_json::to_string(&report).expect("plain data"),
            r#"{"ready":false,"checks":{"database":"ok","shards":"0 of 2 connected"}}"#
        );

        shards.send_replace(None);
        assert!(readiness.report().await.ready);
    }

    #[tokio::test]
    async fn a_check_that_never_answers_has_failed() {
        let readiness = Readiness {
            patience: Duration::from_millis(1),
            ..Readiness::new().probe("database", std::future::pending)
        };
        let report = readiness.report().await;
        assert!(!report.ready);
        assert_eq!(report.checks["database"], "no answer in time");
    }
}
