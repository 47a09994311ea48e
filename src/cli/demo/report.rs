//! The demo's figures as one JSON object.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::stage::Doings;
use crate::actions::metrics::ACTIONS_TOTAL;
use crate::cache::REQUESTS;
use crate::guild::metrics::{
    CHANGES_TOTAL, DECISIONS_TOTAL, MESSAGE_DECISION, MESSAGES_TOTAL, RESTARTS_TOTAL,
};
use crate::store::tables::ledger::Ledger;
use crate::telemetry::snapshot::Snapshot;
use crate::writer::metrics::ROWS_TOTAL;

/// What a run did, in the order in which it is printed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    seed: u64,
    guilds: usize,
    seconds: f64,
    events: u64,
    events_per_second: f64,
    messages: u64,
    joins: u64,
    scams: u64,
    commands: u64,
    decisions: BTreeMap<String, u64>,
    actions: BTreeMap<String, u64>,
    infractions: i64,
    cases: i64,
    config_changes: u64,
    actor_restarts: u64,
    cache: Cache,
    writer_rows: u64,
    message_decision_ms: Quantiles,
    rows: BTreeMap<String, i64>,
    /// Differences between database, acknowledgements and world; empty when all is well.
    differences: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Cache {
    hits: u64,
    misses: u64,
}

#[derive(Debug, Serialize)]
struct Quantiles {
    p50: f64,
    p99: f64,
}

/// What a report is made of.
pub(super) struct Account<'a> {
    pub(super) seed: u64,
    pub(super) lasted: Duration,
    pub(super) events: u64,
    pub(super) doings: &'a [Doings],
    pub(super) figures: &'a Snapshot,
    pub(super) ledger: Ledger,
    pub(super) differences: Vec<String>,
}

impl Report {
    pub(super) fn of(account: Account<'_>) -> Self {
        let Account {
            seed,
            lasted,
            events,
            doings,
            figures,
            ledger,
            differences,
        } = account;
        let total = |of: fn(&Doings) -> u64| doings.iter().map(of).sum();
        let kept = |name: &str| ledger.rows.get(name).copied().unwrap_or_default();
        Self {
            seed,
            guilds: doings.len(),
            seconds: rounded(lasted.as_secs_f64()),
            events,
            events_per_second: rounded(events as f64 / lasted.as_secs_f64().max(0.001)),
            messages: whole(figures.total(&MESSAGES_TOTAL, &[])),
            joins: total(|doings| doings.joins),
            scams: total(|doings| doings.scams.len() as u64),
            commands: total(|doings| doings.commands),
            decisions: by_label(figures.by_label(&DECISIONS_TOTAL, "action")),
            actions: by_label(figures.by_label(&ACTIONS_TOTAL, "action")),
            infractions: kept("user_infractions"),
            cases: kept("moderation_logs"),
            config_changes: whole(figures.total(&CHANGES_TOTAL, &[("outcome", "written")])),
            actor_restarts: whole(figures.total(&RESTARTS_TOTAL, &[])),
            cache: Cache {
                hits: whole(figures.total(&REQUESTS, &[("outcome", "hit")])),
                misses: whole(figures.total(&REQUESTS, &[("outcome", "miss")])),
            },
            writer_rows: whole(figures.total(&ROWS_TOTAL, &[("outcome", "committed")])),
            message_decision_ms: Quantiles {
                p50: decision_ms(figures, 0.5),
                p99: decision_ms(figures, 0.99),
            },
            rows: ledger.rows,
            differences,
        }
    }

    /// Whether the accounts agree.
    pub(super) const fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    /// The differences, for whoever reads the terminal.
    pub(super) fn differences(&self) -> &[String] {
        &self.differences
    }
}

fn decision_ms(figures: &Snapshot, quantile: f64) -> f64 {
    let seconds = figures
        .find_quantile(&MESSAGE_DECISION, quantile, &[])
        .unwrap_or_default();
    (seconds * 1_000_000.0).round() / 1_000.0
}

fn by_label(sums: BTreeMap<String, f64>) -> BTreeMap<String, u64> {
    sums.into_iter()
        .map(|(label, sum)| (label, whole(sum)))
        .collect()
}

/// Counters come back as floating-point numbers and are whole and not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counters are whole and not negative"
)]
fn whole(sum: f64) -> u64 {
    sum.max(0.0).round() as u64
}

fn rounded(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}
