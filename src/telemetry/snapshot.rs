//! The figures at one moment, asked by metric and label: for the demo's summary and for tests.

use std::collections::BTreeMap;

use super::metrics::Metric;

/// A label of a series and the value it must have.
pub type Where<'a> = (&'a str, &'a str);

/// All series at one moment. What is asked of a series that does not exist is zero.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    series: Vec<Series>,
}

#[derive(Clone, Debug, PartialEq)]
struct Series {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

impl Snapshot {
    /// Reads the text that Prometheus reads; lines which are no series are passed over.
    pub(super) fn parse(text: &str) -> Self {
        let series = text.lines().filter(|line| !line.starts_with('#'));
        Self {
            series: series.filter_map(Series::parse).collect(),
        }
    }

    /// The sum over all series of `metric` that have these labels; of a histogram, its number of samples.
    #[must_use]
    pub fn total(&self, metric: &dyn Metric, labels: &[Where<'_>]) -> f64 {
        let counted = format!("{}_count", metric.name());
        let named = |s: &&Series| s.name == metric.name() || s.name == counted;
        let fitting = self.series.iter().filter(named);
        fitting
            .filter(|series| series.has(labels))
            .map(|series| series.value)
            .sum()
    }

    /// The sums of `metric` by the values of one label.
    #[must_use]
    pub fn by_label(&self, metric: &dyn Metric, label: &str) -> BTreeMap<String, f64> {
        let mut sums = BTreeMap::new();
        for series in self.series.iter().filter(|s| s.name == metric.name()) {
            if let Some(value) = series.label(label) {
                *sums.entry(value.to_owned()).or_default() += series.value;
            }
        }
        sums
    }

    /// The value below which the share `q` (0 to 1) of a histogram's samples lies, as Prometheus reckons it: straight
    /// lines between bucket bounds. `None` without samples; the highest bound when it lies above all of them.
    #[must_use]
    pub fn find_quantile(&self, metric: &dyn Metric, q: f64, labels: &[Where<'_>]) -> Option<f64> {
        let samples = self.total(metric, labels);
        let rank = q * samples;
        let (mut below, mut lower) = (0.0, 0.0);
        for &bound in metric.buckets() {
            let upto = self.samples_upto(metric, bound, labels);
            if upto >= rank && upto > below {
                return Some(lower + (bound - lower) * (rank - below) / (upto - below));
            }
            (below, lower) = (upto, bound);
        }
        (samples > 0.0).then_some(lower)
    }

    /// What has been added to counters and histograms since `earlier`; gauges become the difference.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let was = |now: &Series| {
            let before = earlier.series.iter().find(|s| s.same_series(now));
            before.map_or(0.0, |series| series.value)
        };
        let moved = self.series.iter().map(|series| Series {
            value: series.value - was(series),
            ..series.clone()
        });
        Self {
            series: moved.collect(),
        }
    }

    fn samples_upto(&self, metric: &dyn Metric, bound: f64, labels: &[Where<'_>]) -> f64 {
        let name = format!("{}_bucket", metric.name());
        let fitting = self.series.iter().filter(|s| s.name == name);
        let upto = |s: &&Series| s.label("le").and_then(|le| le.parse().ok()) == Some(bound);
        fitting
            .filter(upto)
            .filter(|series| series.has(labels))
            .map(|series| series.value)
            .sum()
    }
}

impl Series {
    /// `name{label="value",…} number`, the labels optional.
    fn parse(line: &str) -> Option<Self> {
        let (series, value) = line.rsplit_once(' ')?;
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        Some(Self {
            name: name.to_owned(),
            labels: parse_labels(labels),
            value: value.parse().ok()?,
        })
    }

    fn label(&self, name: &str) -> Option<&str> {
        let mut labels = self.labels.iter();
        labels.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    fn has(&self, labels: &[Where<'_>]) -> bool {
        labels
            .iter()
            .all(|(name, value)| self.label(name) == Some(value))
    }

    fn same_series(&self, other: &Self) -> bool {
        self.name == other.name && self.labels == other.labels
    }
}

/// Label values here are closed sets of plain words, so none holds a quote.
fn parse_labels(text: &str) -> Vec<(String, String)> {
    let words: Vec<&str> = text.split('"').collect();
    words
        .chunks_exact(2)
        .map(|pair| {
            let name = pair[0].trim_matches([',', '=', '}']);
            (name.to_owned(), pair[1].to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    mod sample {
        use crate::telemetry::metrics::{SECONDS, metrics};

        metrics! {
            /// Rows by outcome.
            pub(crate) static ROWS: Counter<2> = ("aimod_rows_total", ["table", "outcome"]);
            /// Time of a batch.
            pub(crate) static TIME: Histogram<0> = ("aimod_batch_seconds", [], buckets SECONDS);
        }
    }
    use sample::{METRICS, ROWS, TIME};

    const TEXT: &str = r#"# HELP aimod_rows_total Rows.
# TYPE aimod_rows_total counter
aimod_rows_total{table="cases",outcome="ok"} 5
aimod_rows_total{table="cases",outcome="failed"} 1
aimod_rows_total{outcome="ok",table="users"} 2

aimod_batch_seconds_bucket{le="0.001"} 0
aimod_batch_seconds_bucket{le="0.0025"} 50
aimod_batch_seconds_bucket{le="0.005"} 100
aimod_batch_seconds_bucket{le="+Inf"} 100
aimod_batch_seconds_sum 0.3
aimod_batch_seconds_count 100
"#;

    #[test]
    fn series_are_summed_over_the_labels_that_are_not_asked_for() {
        let now = Snapshot::parse(TEXT);
        assert_eq!(now.total(&ROWS, &[]), 8.0);
        assert_eq!(now.total(&ROWS, &[("outcome", "ok")]), 7.0);
        assert_eq!(
            now.total(&ROWS, &[("outcome", "ok"), ("table", "users")]),
            2.0
        );
        assert_eq!(now.total(&ROWS, &[("outcome", "lost")]), 0.0);
        assert_eq!(now.total(&TIME, &[]), 100.0);
    }

    #[test]
    fn sums_are_grouped_by_a_label() {
        let by_table = Snapshot::parse(TEXT).by_label(&ROWS, "table");
        assert_eq!(
            by_table,
            BTreeMap::from([("cases".to_owned(), 6.0), ("users".to_owned(), 2.0)])
        );
    }

    #[test]
    fn quantiles_lie_on_straight_lines_between_bounds() {
        let now = Snapshot::parse(TEXT);
        assert_eq!(now.find_quantile(&TIME, 0.5, &[]), Some(0.0025));
        let p75 = now.find_quantile(&TIME, 0.75, &[]).expect("has samples");
        assert!((p75 - 0.00375).abs() < 1e-9, "{p75}");
        assert_eq!(Snapshot::default().find_quantile(&TIME, 0.5, &[]), None);
    }

    #[test]
    fn a_sample_above_all_bounds_counts_as_the_highest() {
        let text = "aimod_batch_seconds_bucket{le=\"+Inf\"} 1\naimod_batch_seconds_count 1\n";
        let p99 = Snapshot::parse(text).find_quantile(&TIME, 0.99, &[]);
        assert_eq!(p99, Some(10.0));
    }

    #[test]
    fn the_difference_starts_from_zero_for_what_was_not_there() {
        let earlier = Snapshot::parse("aimod_rows_total{table=\"cases\",outcome=\"ok\"} 3\n");
        let moved = Snapshot::parse(TEXT).since(&earlier);
        assert_eq!(moved.total(&ROWS, &[("outcome", "ok")]), 4.0);
        assert_eq!(moved.total(&ROWS, &[("outcome", "failed")]), 1.0);
    }

    #[test]
    fn the_samples_are_named_as_the_text_has_them() {
        for metric in METRICS {
            assert!(TEXT.contains(metric.name()), "{}", metric.name());
        }
    }
}
