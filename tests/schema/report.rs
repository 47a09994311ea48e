//! What a comparison found, and how much it covered.

use std::collections::BTreeSet;
use std::fmt;

/// One place where the traffic and the description disagree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// What was looked at: `body of PUT /guilds/{guild_id}/bans/{user_id}`, `200 of GET /gateway`, `READY`.
    pub(crate) subject: String,
    /// Where in it, as a JSON pointer.
    pub(crate) place: String,
    pub(crate) problem: String,
}

/// Counts and findings.
#[derive(Debug, Default)]
pub(crate) struct Report {
    operations: BTreeSet<String>,
    events: BTreeSet<String>,
    frames: usize,
    findings: BTreeSet<Finding>,
}

impl Report {
    pub(crate) fn operation(&mut self, name: &str) {
        self.operations.insert(name.to_owned());
    }

    /// Counts a frame by its event or, for the others, its operation.
    pub(crate) fn frame(&mut self, name: &str) {
        self.frames += 1;
        if name.starts_with(char::is_alphabetic) {
            self.events.insert(name.to_owned());
        }
    }

    pub(crate) fn finding(&mut self, finding: Finding) {
        self.findings.insert(finding);
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn assert_clean(&self) {
        let lines: Vec<String> = self
            .findings
            .iter()
            .map(|one| format!("{} at {:?}: {}", one.subject, one.place, one.problem))
            .collect();
        assert!(lines.is_empty(), "{self}\n{}", lines.join("\n"));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "operations {}, events {}, frames {}, findings {}",
            self.operations.len(),
            self.events.len(),
            self.frames,
            self.findings.len()
        )
    }
}

#[test]
fn a_report_counts_kinds_and_frames() {
    let mut report = Report::default();
    for name in ["READY", "10", "READY"] {
        report.frame(name);
    }
    report.operation("GET /gateway");
    report.operation("GET /gateway");
    assert_eq!(
        report.to_string(),
        "operations 1, events 1, frames 3, findings 0"
    );
}
