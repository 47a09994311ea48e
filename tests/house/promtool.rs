//! Prometheus' own tool reads what we give it: names and help of metrics, the queries, the configuration.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use aimod::telemetry::Telemetry;

use crate::source::{Tree, root};
use crate::telemetry::{Declared, declared, exprs};

/// Runs promtool on `input` and returns what it complains about.
fn complaints(arguments: &[&str], input: &str) -> Option<String> {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is missing: sudo apt-get install -y prometheus");
    let mut stdin = tool.stdin.take().expect("it is piped");
    stdin.write_all(input.as_bytes()).expect("promtool reads");
    drop(stdin);
    let output = tool.wait_with_output().expect("promtool ends");
    let text = [output.stdout, output.stderr].concat();
    (!output.status.success()).then(|| String::from_utf8_lossy(&text).into_owned())
}

/// One sample of each declared metric, as `/metrics` would show it.
fn exposition(metrics: &[Declared]) -> String {
    let mut text = String::new();
    for Declared {
        name, kind, labels, ..
    } in metrics
    {
        let kind = kind.to_lowercase();
        let labels: String = labels
            .iter()
            .map(|label| format!("{label}=\"a\","))
            .collect();
        let samples = match kind.as_str() {
            "histogram" => format!(
                "{name}_bucket{{{labels}le=\"+Inf\"}} 1\n{name}_sum{{{labels}}} 1\n{name}_count{{{labels}}} 1"
            ),
            _ => format!("{name}{{{labels}}} 1"),
        };
        writeln!(text, "# HELP {name} Help.\n# TYPE {name} {kind}\n{samples}")
            .expect("a string grows");
    }
    text
}

#[test]
fn promtool_accepts_every_declared_metric() {
    let text = exposition(&declared(&Tree::read()));
    assert_eq!(complaints(&["check", "metrics"], &text), None, "{text}");
}

#[test]
fn promtool_accepts_what_is_served() {
    let metrics = aimod::app::metrics();
    let telemetry = Telemetry::install(&metrics).expect("nobody else installs a recorder");
    let text = telemetry.render();
    assert!(text.contains("process_resident_memory_bytes"), "{text}");
    assert_eq!(complaints(&["check", "metrics"], &text), None, "{text}");
}

#[test]
fn promtool_finds_a_bad_name() {
    let text = "# HELP aimod_rows Rows.\n# TYPE aimod_rows counter\naimod_rows 1\n";
    let complaint = complaints(&["check", "metrics"], text).expect("a counter without _total");
    assert!(complaint.contains("_total"), "{complaint}");
}

/// Every query as a recording rule, so that the tool parses it.
fn rules(exprs: &[(String, String)]) -> String {
    let mut text = "groups:\n- name: aimod\n  rules:\n".to_owned();
    for (at, (_, expr)) in exprs.iter().enumerate() {
        // Grafana puts the interval in; quotes are doubled for YAML.
        let expr = expr.replace("$__rate_interval", "1m").replace('\'', "''");
        writeln!(text, "  - record: query:{at}\n    expr: '{expr}'").expect("a string grows");
    }
    text
}

fn rule_complaints(exprs: &[(String, String)]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(file.path(), rules(exprs)).expect("it is written");
    let path = file.path().to_str().expect("its name is UTF-8");
    complaints(&["check", "rules", path], "")
}

#[test]
fn promtool_parses_every_query_of_the_dashboards() {
    assert_eq!(rule_complaints(&exprs()), None);
    let broken = [("panel".to_owned(), "sum by (a (rate(b[5m]))".to_owned())];
    assert!(rule_complaints(&broken).is_some());
}

#[test]
fn promtool_accepts_the_configuration() {
    let path = root().join("grafana/prometheus.yml");
    let path = path.to_str().expect("the project lies in a readable path");
    assert_eq!(complaints(&["check", "config", path], ""), None);
}
