//! `aimod bench`: a small run judges every message, and says so.

use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;

use crate::support::server_options;

async fn bench(words: &[&str]) -> (bool, String, String) {
    let path = std::env::join_paths(server_options().search_path).expect("folders without colons");
    let output = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(["bench", "gateway"])
        .args(words)
        .env_clear()
        .env("PATH", path)
        .stdin(Stdio::null())
        .output()
        .await
        .expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_run_judges_every_message_and_deletes_every_scam() {
    let words = [
        "--guilds",
        "3",
        "--messages",
        "600",
        "--mix",
        "scam=2,link=5,long=1",
        "--json",
    ];
    let (done, out, said) = bench(&words).await;
    assert!(done, "{said}");
    let report: Value = serde_json::from_str(&out).expect("one object");
    let number = |path: &str| report.pointer(path).and_then(Value::as_f64).expect(path);
    assert_eq!((number("/messages"), number("/shed")), (600.0, 0.0));
    assert!(number("/scams") > 0.0);
    assert_eq!(number("/deleted"), number("/scams"));
    let decisions = report["decisions"].as_object().expect("by action");
    let decisions: f64 = decisions.values().filter_map(Value::as_f64).sum();
    assert_eq!(decisions, number("/scams"), "{report}");
    for path in [
        "/sent_per_second",
        "/received_per_second",
        "/decided_per_second",
        "/message_decision_ms/p99",
        "/message_action_ms/p50",
        "/memory/after_mib",
        "/reference/received_per_second",
        "/reference/ratio",
    ] {
        assert!(number(path) > 0.0, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paced_run_ends_in_time_with_a_table() {
    let words = ["--guilds", "2", "--rate", "100", "--seconds", "1"];
    let (done, out, said) = bench(&words).await;
    assert!(done, "{said}");
    assert!(out.contains(" messages in 2 guilds, "), "{out}");
    assert!(out.contains("decided / reference"), "{out}");
}
