//! Tests of the metric declarations.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;

use super::{COUNT, Kind, SECONDS, check_name};

mod sample {
    use crate::telemetry::metrics::{SECONDS, metrics};

    metrics! {
        /// Time to get a connection
        /// from the pool.
        pub(crate) static WAIT: Histogram<1> = ("aimod_sample_wait_seconds", ["pool"], buckets SECONDS);
        /// Rows by outcome.
        pub(crate) static ROWS: Counter<2> = ("aimod_sample_rows_total", ["table", "outcome"]);
        /// Things that wait.
        static DEPTH: Gauge<0> = ("aimod_sample_queue_depth", []);
    }

    pub(super) fn touch() {
        ROWS.increment(["cases", "committed"]);
        ROWS.add(["cases", "committed"], 2);
        DEPTH.set([], 5);
        DEPTH.add([], -2.0);
        WAIT.record(["main"], std::time::Duration::from_millis(2));
    }
}

/// What Prometheus would read after `touch`, as sorted lines.
fn rendered() -> Vec<String> {
    let recorder = PrometheusBuilder::new()
        .set_buckets(SECONDS)
        .expect("the bounds are not empty")
        .build_recorder();
    let handle = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        sample::METRICS.iter().for_each(|metric| metric.describe());
        sample::touch();
    });
    handle.render().lines().map(str::to_owned).collect()
}

#[test]
fn a_module_lists_its_metrics_in_order() {
    let names: Vec<_> = sample::METRICS.iter().map(|m| m.name()).collect();
    assert_eq!(
        names,
        [
            "aimod_sample_wait_seconds",
            "aimod_sample_rows_total",
            "aimod_sample_queue_depth"
        ]
    );
    assert_eq!(sample::METRICS[1].labels(), ["table", "outcome"]);
    assert_eq!(sample::METRICS[0].buckets(), SECONDS);
    assert!(sample::METRICS[2].buckets().is_empty());
}

#[test]
fn the_doc_comment_is_the_help_text() {
    let wait = sample::METRICS[0];
    assert_eq!(wait.help(), "Time to get a connection from the pool.");
    assert!(rendered().contains(&"# HELP aimod_sample_rows_total Rows by outcome.".to_owned()));
}

#[test]
fn every_kind_reaches_the_recorder() {
    let lines = rendered();
    for line in [
        r#"aimod_sample_rows_total{table="cases",outcome="committed"} 3"#,
        "aimod_sample_queue_depth 3",
        r#"aimod_sample_wait_seconds_bucket{pool="main",le="0.0025"} 1"#,
        r#"aimod_sample_wait_seconds_bucket{pool="main",le="0.001"} 0"#,
        r#"aimod_sample_wait_seconds_count{pool="main"} 1"#,
    ] {
        assert!(
            lines.iter().any(|l| l == line),
            "{line} is not in {lines:#?}"
        );
    }
}

#[test]
fn a_handle_writes_to_the_same_series() {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        let handle = sample::ROWS.handle(["cases", "failed"]);
        handle.increment(4);
        sample::ROWS.increment(["cases", "failed"]);
        sample::WAIT.handle(["main"]).record(Duration::ZERO);
    });
    let text = recorder.handle().render();
    assert!(
        text.contains(r#"{table="cases",outcome="failed"} 5"#),
        "{text}"
    );
}

#[test]
fn the_unit_is_the_last_word_of_the_name() {
    let units: Vec<_> = sample::METRICS.iter().map(|m| m.unit()).collect();
    let (seconds, count) = (metrics::Unit::Seconds, metrics::Unit::Count);
    assert_eq!(units, [Some(seconds), Some(count), Some(count)]);
}

#[test]
fn bucket_bounds_rise() {
    for bounds in [SECONDS, COUNT] {
        assert!(bounds.is_sorted_by(|a, b| a < b), "{bounds:?}");
    }
}

/// A panic here is a compile error in a declaration.
fn is_refused(name: &'static str, kind: Kind) -> bool {
    std::panic::catch_unwind(|| check_name(name.as_bytes(), kind)).is_err()
}

#[test]
fn wrong_names_are_refused() {
    for (name, kind) in [
        ("writer_rows_total", Kind::Counter),
        ("aimod_writer_rows", Kind::Counter),
        ("aimod_writer_depth_total", Kind::Gauge),
        ("aimod_writer_Depth", Kind::Gauge),
        ("aimod_writer__depth", Kind::Gauge),
        ("aimod_writer_depth_", Kind::Gauge),
        ("aimod_", Kind::Gauge),
        ("aimod_p99_seconds", Kind::Histogram),
    ] {
        assert!(is_refused(name, kind), "{name} was accepted");
    }
    assert!(!is_refused("aimod_writer_rows_total", Kind::Counter));
    assert!(!is_refused("aimod_guild_actors", Kind::Gauge));
}
