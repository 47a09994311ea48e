//! The metrics: declared once, with closed labels, and known to every query of the dashboards.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::source::{Tree, root};
use crate::strip::is_word;
use crate::{Violations, assert_clean, assert_found, assert_passed};

/// Labels that would grow with the number of guilds or people, or give away what they wrote.
const OPEN_LABELS: &[&str] = &[
    "guild",
    "guild_id",
    "user",
    "user_id",
    "member",
    "channel",
    "channel_id",
    "message",
    "text",
    "token",
];

/// What `metrics-process` serves.
const PROCESS: &[&str] = &[
    "process_cpu_seconds_total",
    "process_open_fds",
    "process_max_fds",
    "process_resident_memory_bytes",
    "process_virtual_memory_bytes",
    "process_start_time_seconds",
    "process_threads",
];

/// What operators are promised: these names and labels are an interface.
const PROMISED: &[(&str, &str, &[&str])] = &[
    ("Gauge", "aimod_db_pool_connections", &["pool", "state"]),
    ("Gauge", "aimod_db_pool_connections_max", &["pool"]),
    ("Histogram", "aimod_db_pool_wait_seconds", &["pool"]),
    ("Counter", "aimod_db_pool_timeouts_total", &["pool"]),
    ("Histogram", "aimod_db_query_seconds", &["query"]),
    (
        "Counter",
        "aimod_cache_requests_total",
        &["cache", "tier", "outcome"],
    ),
    ("Gauge", "aimod_writer_queue_depth", &[]),
    ("Gauge", "aimod_writer_rows_aside", &[]),
    ("Histogram", "aimod_writer_batch_rows", &[]),
    ("Histogram", "aimod_writer_commit_seconds", &[]),
    ("Counter", "aimod_writer_rows_total", &["table", "outcome"]),
    ("Gauge", "aimod_guild_actors", &["state"]),
    ("Counter", "aimod_guild_restarts_total", &["reason"]),
    ("Histogram", "aimod_guild_mailbox_wait_seconds", &[]),
    ("Counter", "aimod_guild_shed_total", &["reason"]),
    ("Histogram", "aimod_config_reload_seconds", &[]),
    (
        "Counter",
        "aimod_config_changes_total",
        &["source", "outcome"],
    ),
    ("Counter", "aimod_gateway_events_total", &["event"]),
    ("Counter", "aimod_gateway_unknown_events_total", &[]),
    ("Gauge", "aimod_gateway_shards", &["state"]),
    ("Gauge", "aimod_gateway_latency_seconds", &[]),
    (
        "Counter",
        "aimod_discord_requests_total",
        &["route", "status"],
    ),
    ("Histogram", "aimod_discord_request_seconds", &["route"]),
    ("Counter", "aimod_discord_rate_limited_total", &["scope"]),
    ("Counter", "aimod_commands_total", &["command", "outcome"]),
    ("Histogram", "aimod_command_seconds", &["command"]),
    ("Counter", "aimod_decisions_total", &["room", "action"]),
    ("Counter", "aimod_actions_total", &["action", "outcome"]),
    ("Histogram", "aimod_message_decision_seconds", &[]),
    ("Counter", "aimod_messages_judged_total", &[]),
    ("Gauge", "aimod_actions_in_flight", &[]),
    ("Gauge", "aimod_actions_spool_bytes", &[]),
    ("Counter", "aimod_gateway_dropped_total", &["reason"]),
    ("Counter", "aimod_writer_restarts_total", &[]),
    ("Counter", "aimod_log_errors_total", &["source"]),
];

/// A declaration as it stands in a `metrics!` block.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) labels: Vec<String>,
    place: String,
}

/// Every metric that the house declares, read from the text of its `metrics!` blocks.
pub(crate) fn declared(tree: &Tree) -> Vec<Declared> {
    let mut found = Vec::new();
    for file in tree.house() {
        let mut line = 1;
        for (before, text) in pairs(&file.uncommented) {
            line += before.matches('\n').count();
            let statement = text.split(';').next().unwrap_or_default();
            if let (Some(kind), false) = (kind(statement), file.is_test(line)) {
                found.push(declaration(kind, statement, file.at(line, "")));
            }
        }
    }
    found
}

/// The text cut at each `static `: what stands before a cut, and what after it.
fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts: Vec<&str> = text.split("static ").collect();
    (1..parts.len()).map(move |at| (parts[at - 1], parts[at]))
}

fn kind(statement: &str) -> Option<&'static str> {
    let head = statement.split('=').next()?;
    ["Counter", "Gauge", "Histogram"]
        .into_iter()
        .find(|kind| head.contains(&format!(": {kind}<")))
}

/// Reads `X: Counter<1> = ("name", ["label"])`.
fn declaration(kind: &'static str, statement: &str, place: String) -> Declared {
    let mut words = statement.split('"').skip(1).step_by(2).map(str::to_owned);
    Declared {
        name: words.next().unwrap_or_default(),
        kind,
        labels: words.collect(),
        place,
    }
}

/// Names are unique and of the form that DESIGN gives; labels are closed sets.
fn declarations(tree: &Tree) -> Violations {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let mut found = Vec::new();
    for metric in declared(tree) {
        let Declared {
            name,
            kind,
            labels,
            place,
        } = metric;
        if let Some(first) = places.insert(name.clone(), place.clone()) {
            found.push(format!("{place}{name} is declared at {first} already"));
        }
        if !is_well_named(&name, kind) {
            found.push(format!("{place}{name} is no good name of a {kind}"));
        }
        let open = labels.iter().filter(|l| OPEN_LABELS.contains(&l.as_str()));
        found.extend(open.map(|label| format!("{place}{name} has the open label {label}")));
    }
    found
}

/// `aimod_<area>_<what>`, `_total` at the end of counters only, a unit at the end of histograms.
fn is_well_named(name: &str, kind: &str) -> bool {
    let words: Vec<&str> = name.split('_').collect();
    let last = words.last().copied().unwrap_or_default();
    let plain = words
        .iter()
        .all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
    let ending = match kind {
        "Counter" => last == "total",
        "Histogram" => ["seconds", "bytes", "rows"].contains(&last),
        _ => last != "total",
    };
    words[0] == "aimod" && words.len() >= 3 && plain && ending
}

/// Every metric that a query of the dashboards names.
fn queried() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (title, expr) in exprs() {
        found.extend(
            metric_names(&expr)
                .into_iter()
                .map(|name| (title.clone(), name)),
        );
    }
    found
}

/// Titles and expressions of all panels, rows opened.
pub(crate) fn exprs() -> Vec<(String, String)> {
    let text =
        fs::read_to_string(root().join("grafana/aimod.json")).expect("the dashboard is there");
    let dashboard: Value = serde_json::from_str(&text).expect("the dashboard is JSON");
    let mut found = Vec::new();
    collect_exprs(&dashboard, "", &mut found);
    found
}

fn collect_exprs(value: &Value, title: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            let title = map.get("title").and_then(Value::as_str).unwrap_or(title);
            if let Some(Value::String(expr)) = map.get("expr") {
                into.push((title.to_owned(), expr.clone()));
            }
            map.values()
                .for_each(|inner| collect_exprs(inner, title, into));
        }
        Value::Array(list) => list
            .iter()
            .for_each(|inner| collect_exprs(inner, title, into)),
        _ => {}
    }
}

/// The words of an expression that name a metric of AIMod or of its process.
fn metric_names(expr: &str) -> Vec<String> {
    expr.split(|c: char| !is_word(c))
        .filter(|word| word.starts_with("aimod_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// The promised metrics, in the form of declarations.
fn promised() -> impl Iterator<Item = Declared> {
    PROMISED.iter().map(|(kind, name, labels)| Declared {
        name: (*name).to_owned(),
        kind,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        place: String::new(),
    })
}

/// The name as it is declared: a histogram's series carry `_bucket`, `_sum` or `_count`.
fn is_known(name: &str, known: &[Declared]) -> bool {
    let histogram = ["_bucket", "_sum", "_count"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix));
    known.iter().any(|metric| match metric.kind {
        "Histogram" => histogram == Some(metric.name.as_str()),
        _ => metric.name == name,
    })
}

#[test]
fn metrics_are_declared_once_with_good_names_and_closed_labels() {
    assert_clean(&declarations(&Tree::read()));
}

#[test]
fn bad_declarations_are_found() {
    let good = r#"static A: Counter<1> = ("aimod_writer_rows_total", ["table"]);"#;
    for (text, word) in [
        (good.to_owned() + good, "already"),
        (good.replace("rows_total", "rows"), "no good name"),
        (good.replace("aimod_writer_rows", "aimod"), "no good name"),
        (good.replace("Counter", "Gauge"), "no good name"),
        (good.replace("Counter", "Histogram"), "no good name"),
        (
            good.replace("\"table\"", "\"table\", \"guild\""),
            "open label guild",
        ),
    ] {
        assert_found(declarations, &[("src/writer/metrics.rs", &text)], word);
    }
    assert_passed(declarations, &[("src/writer/metrics.rs", good)]);
}

#[test]
fn the_dashboards_query_metrics_that_exist() {
    let known: Vec<Declared> = declared(&Tree::read())
        .into_iter()
        .chain(promised())
        .collect();
    let unknown: Violations = queried()
        .into_iter()
        .filter(|(_, name)| !is_known(name, &known) && !PROCESS.contains(&name.as_str()))
        .map(|(panel, name)| format!("grafana/aimod.json: {panel:?} asks for {name}"))
        .collect();
    assert!(!queried().is_empty());
    assert_clean(&unknown);
}

#[test]
fn every_promised_metric_is_declared_as_promised() {
    let known = declared(&Tree::read());
    let broken: Violations = promised()
        .filter(|promise| {
            let kept = known.iter().find(|metric| metric.name == promise.name);
            kept.is_none_or(|metric| {
                (metric.kind, &metric.labels) != (promise.kind, &promise.labels)
            })
        })
        .map(
            |Declared {
                 name, kind, labels, ..
             }| format!("{kind} {name} {labels:?} is not declared"),
        )
        .collect();
    assert_clean(&broken);
}

#[test]
fn names_in_queries_are_compared_as_they_are_declared() {
    let text = r#"
        static A: Histogram<0> = ("aimod_writer_commit_seconds", [], buckets SECONDS);
        static B: Gauge<0> = ("aimod_writer_queue_depth", []);"#;
    let known = declared(&Tree::planted(&[("src/writer/metrics.rs", text)]));
    assert!(is_known("aimod_writer_commit_seconds_bucket", &known));
    assert!(is_known("aimod_writer_queue_depth", &known));
    for name in [
        "aimod_writer_commit_seconds",
        "aimod_writer_queue_depth_sum",
        "aimod_writer_depth",
    ] {
        assert!(!is_known(name, &known), "{name}");
    }
    assert_eq!(
        metric_names("sum(rate(aimod_a_total{b=~\"x|y\"}[5m])) / process_threads"),
        ["aimod_a_total", "process_threads"]
    );
}
