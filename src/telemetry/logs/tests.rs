//! Tests of the log: what is written, what is counted, and what is never let out.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use metrics_exporter_prometheus::PrometheusBuilder;
use tracing::Dispatch;

use super::*;

/// Standard error of the test: everything that was written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl io::Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `act` writes under this filter.
fn written(filter: &str, format: Format, act: impl FnOnce()) -> String {
    let paper = Paper::default();
    let writer = paper.clone();
    let lines = lines(filter, format, move || writer.clone()).expect("the filter is good");
    let subscriber = Registry::default().with(lines).with(counts());
    tracing::dispatcher::with_default(&Dispatch::new(subscriber), act);
    paper.text()
}

/// What Prometheus reads after `act`, with a log that shows nothing.
fn counted(act: impl FnOnce()) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        assert_eq!(written("off", Format::Readable, act), "");
    });
    recorder.handle().render()
}

/// Writes each of the lines.
fn say(lines: &[fn()]) {
    lines.iter().for_each(|line| line());
}

#[test]
fn a_readable_line_has_level_span_and_fields() {
    let text = written("info", Format::Readable, || {
        let _span = tracing::info_span!(target: "aimod::guild", "event", guild.id = 42).entered();
        tracing::info!(target: "aimod::guild", { config.version = 7 }, "the configuration has changed");
    });
    for part in [
        "INFO",
        "event{guild.id=42}",
        "the configuration has changed",
        "config.version=7",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_json_line_is_one_object_with_its_span() {
    let text = written("info", Format::Json, || {
        let _span = tracing::info_span!(target: "aimod", "command", command = "ban").entered();
        tracing::warn!(target: "aimod", duration_ms = 12, "slow");
    });
    let line: serde_json::Value = serde_json::from_str(&text).expect("one object");
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["message"], "slow");
    assert_eq!(line["duration_ms"], 12);
    assert_eq!(line["span"]["command"], "ban");
}

#[test]
fn the_filter_chooses_by_module() {
    let text = written("warn,aimod::guild=debug", Format::Readable, || {
        tracing::debug!(target: "aimod::guild", "shown");
        tracing::info!(target: "aimod::store", "hidden");
    });
    assert!(text.contains("shown") && !text.contains("hidden"), "{text}");
}

#[test]
fn a_bad_filter_is_an_error_that_quotes_it() {
    let error = install("aimod=loud", Format::Readable).expect_err("no such level");
    let text = error.to_string();
    assert!(
        text.starts_with(r#"cannot read the log filter "aimod=loud""#),
        "{text}"
    );
}

#[test]
fn payloads_of_libraries_are_not_written_whatever_the_filter_says() {
    let text = written("trace", Format::Json, || {
        let _span = tracing::info_span!(target: "serenity::gateway::shard", "handle_event", event = "secret")
            .entered();
        say(&[
            || tracing::debug!(target: "tokio_postgres::query", "executing statement with secret"),
            || tracing::warn!(target: "serenity::gateway::ws", "Err deserializing text: secret"),
            || tracing::error!(target: "serenity::gateway::bridge::shard_runner", "received err: secret"),
            || tracing::info!(target: "serenity::http", "secret"),
            || tracing::warn!(target: "serenity::gateway::shard", "heartbeat missed"),
            || tracing::info!(target: "ractor", "started"),
            || tracing::trace!(target: "aimod::gateway", "own"),
        ]);
    });
    assert!(!text.contains("secret"), "{text}");
    for line in ["heartbeat missed", "started", "own"] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[test]
fn events_unknown_to_serenity_are_counted_while_the_log_is_off() {
    let text = counted(|| {
        say(&[
            || tracing::debug!(target: "serenity::client::dispatch", "An unknown event was received: {:?}", [1]),
            || tracing::debug!(target: "serenity::client::dispatch", "An older event"),
            || tracing::debug!(target: "serenity::client::dispatch", "An"),
            || tracing::warn!(target: "serenity::gateway::ws", "Err deserializing text: {{}}"),
            || tracing::debug!(target: "serenity::gateway::shard", "An unknown event was received"),
        ]);
    });
    assert!(
        text.contains("aimod_gateway_unknown_events_total 2"),
        "{text}"
    );
}

#[test]
fn errors_are_counted_by_source_and_the_newest_remembered() {
    let mark = errors_seen();
    let text = counted(|| {
        say(&[
            || tracing::error!(target: "aimod::logs_test", { case.number = 3 }, "it broke"),
            || tracing::error!(target: "ractor::logs_test", "a payload"),
            || tracing::warn!(target: "aimod::logs_test", "only a warning"),
        ]);
    });
    assert!(
        text.contains(r#"aimod_log_errors_total{source="aimod"} 1"#),
        "{text}"
    );
    assert!(
        text.contains(r#"aimod_log_errors_total{source="library"} 1"#),
        "{text}"
    );

    // Other tests of this process may have logged meanwhile.
    let mine: Vec<_> = errors_after(mark)
        .into_iter()
        .filter(|line| line.contains("logs_test"))
        .collect();
    assert_eq!(
        mine,
        [
            "aimod::logs_test message=it broke case.number=3",
            "ractor::logs_test"
        ]
    );
    assert_eq!(errors_after(usize::MAX), Vec::<String>::new());

    let mark = errors_seen();
    written("off", Format::Readable, || {
        for _ in 0..2 * REMEMBERED {
            tracing::error!(target: "aimod::logs_test", "again");
        }
    });
    assert_eq!(errors_after(mark).len(), REMEMBERED);
    assert!(errors_seen() >= mark + 2 * REMEMBERED);
}
