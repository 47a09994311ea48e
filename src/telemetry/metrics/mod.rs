//! Metrics, declared where they live: the doc comment is the help text, the type holds the number of labels.
//!
//! ```ignore
//! use crate::telemetry::metrics::{SECONDS, metrics};
//!
//! metrics! {
//!     /// Time to get a connection from the pool.
//!     pub(crate) static POOL_WAIT: Histogram<1> = ("aimod_db_pool_wait_seconds", ["pool"], buckets SECONDS);
//!     /// Rows that the writer has settled.
//!     pub(crate) static ROWS: Counter<2> = ("aimod_writer_rows_total", ["table", "outcome"]);
//!     /// Records that wait for the next commit.
//!     pub(crate) static DEPTH: Gauge<0> = ("aimod_writer_queue_depth", []);
//! }
//!
//! ROWS.increment(["cases", "committed"]);
//! POOL_WAIT.record(["main"], started.elapsed());
//! ```
//!
//! The macro also makes `METRICS`, the list of that module, which the app hands to `Telemetry::install`.

use ::metrics::{IntoF64, Key, KeyName, Label, Level, Metadata, Unit, with_recorder};

/// Bucket bounds for durations: ten microseconds to ten seconds.
pub const SECONDS: &[f64] = &[
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Bucket bounds for how many things came together: one to ten thousand.
pub const COUNT: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0,
];

/// What a metric does with the numbers it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Sorts its samples into buckets.
    Histogram,
}

/// A declared metric, seen without its number of labels.
pub trait Metric: Sync {
    /// The name Prometheus knows it by.
    fn name(&self) -> &'static str;
    /// The doc comment of its declaration.
    fn help(&self) -> &'static str;
    /// The label names, in the order in which their values are given.
    fn labels(&self) -> &[&'static str];
    /// What it does with its numbers.
    fn kind(&self) -> Kind;
    /// The bucket bounds; none for anything but a histogram.
    fn buckets(&self) -> &'static [f64];

    /// The unit, which is the last word of the name (before `_total`).
    fn unit(&self) -> Option<Unit> {
        let name = self.name().trim_end_matches("_total");
        match name.rsplit('_').next() {
            Some("seconds") => Some(Unit::Seconds),
            Some("bytes") => Some(Unit::Bytes),
            _ => Some(Unit::Count),
        }
    }

    /// Tells the current recorder the help text and the unit. A counter or gauge without labels starts at zero.
    fn describe(&self) {
        let name = KeyName::from_const_str(self.name());
        let (unit, help) = (self.unit(), self.help().into());
        with_recorder(|recorder| match self.kind() {
            Kind::Counter => recorder.describe_counter(name, unit, help),
            Kind::Gauge => recorder.describe_gauge(name, unit, help),
            Kind::Histogram => recorder.describe_histogram(name, unit, help),
        });
        if self.labels().is_empty() {
            self.begin();
        }
    }

    /// Makes the series of a metric without labels appear.
    fn begin(&self) {
        let key = Key::from_static_name(self.name());
        with_recorder(|recorder| match self.kind() {
            Kind::Counter => drop(recorder.register_counter(&key, &METADATA)),
            Kind::Gauge => drop(recorder.register_gauge(&key, &METADATA)),
            Kind::Histogram => drop(recorder.register_histogram(&key, &METADATA)),
        });
    }
}

/// What all three kinds hold.
#[derive(Debug)]
struct Declared<const N: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
}

impl<const N: usize> Declared<N> {
    const fn new(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        kind: Kind,
    ) -> Self {
        let help = help.trim_ascii();
        assert!(!help.is_empty(), "a metric needs a doc comment");
        check_name(name.as_bytes(), kind);
        Self { name, help, labels }
    }

    fn key(&self, values: [&'static str; N]) -> Key {
        if N == 0 {
            return Key::from_static_name(self.name);
        }
        let labels: Vec<Label> = self
            .labels
            .iter()
            .zip(values)
            .map(|(label, value)| Label::from_static_parts(label, value))
            .collect();
        Key::from_parts(self.name, labels)
    }
}

/// Refuses, while compiling, a name that is not `aimod_<area>_<what>` in snake case, or whose `_total` and kind disagree.
const fn check_name(name: &[u8], kind: Kind) {
    let (prefix, suffix) = (b"aimod_", b"_total");
    let mut at = 0;
    while at < prefix.len() {
        assert!(
            at < name.len() && name[at] == prefix[at],
            "a metric's name starts with aimod_"
        );
        at += 1;
    }
    assert!(
        name[name.len() - 1] != b'_',
        "a metric's name ends with a word"
    );
    while at < name.len() {
        let good = name[at].is_ascii_lowercase() || (name[at] == b'_' && name[at - 1] != b'_');
        assert!(good, "a metric's name is snake case without digits");
        at += 1;
    }
    let mut total = true;
    at = 0;
    while at < suffix.len() {
        total = total && name[name.len() - suffix.len() + at] == suffix[at];
        at += 1;
    }
    assert!(
        total == matches!(kind, Kind::Counter),
        "counters, and only counters, end in _total"
    );
}

/// Where a call comes from is no part of any metric here; the recorder wants it nevertheless.
const METADATA: Metadata<'static> = Metadata::new("aimod", Level::INFO, None);

/// A number that only grows.
#[derive(Debug)]
pub struct Counter<const N: usize>(Declared<N>);

impl<const N: usize> Counter<N> {
    /// Declares a counter; `metrics!` calls this.
    #[must_use]
    pub const fn declare(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Self {
        Self(Declared::new(name, help, labels, Kind::Counter))
    }

    /// Adds one.
    pub fn increment(&self, values: [&'static str; N]) {
        self.add(values, 1);
    }

    /// Adds `by`. Adding zero makes the series appear.
    pub fn add(&self, values: [&'static str; N], by: u64) {
        self.handle(values).increment(by);
    }

    /// The series itself, for hot paths: saves the look-up. Only good after telemetry is installed.
    pub fn handle(&self, values: [&'static str; N]) -> ::metrics::Counter {
        let key = self.0.key(values);
        with_recorder(|recorder| recorder.register_counter(&key, &METADATA))
    }
}

/// A number that goes up and down.
#[derive(Debug)]
pub struct Gauge<const N: usize>(Declared<N>);

impl<const N: usize> Gauge<N> {
    /// Declares a gauge; `metrics!` calls this.
    #[must_use]
    pub const fn declare(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
    ) -> Self {
        Self(Declared::new(name, help, labels, Kind::Gauge))
    }

    /// Replaces the value.
    pub fn set(&self, values: [&'static str; N], to: impl IntoF64) {
        self.handle(values).set(to.into_f64());
    }

    /// Moves the value up, or down by a negative step.
    pub fn add(&self, values: [&'static str; N], by: impl IntoF64) {
        self.handle(values).increment(by.into_f64());
    }

    /// The series itself, for hot paths: saves the look-up. Only good after telemetry is installed.
    pub fn handle(&self, values: [&'static str; N]) -> ::metrics::Gauge {
        let key = self.0.key(values);
        with_recorder(|recorder| recorder.register_gauge(&key, &METADATA))
    }
}

/// Samples sorted into buckets.
#[derive(Debug)]
pub struct Histogram<const N: usize>(Declared<N>, &'static [f64]);

impl<const N: usize> Histogram<N> {
    /// Declares a histogram; `metrics!` calls this.
    #[must_use]
    pub const fn declare(
        name: &'static str,
        help: &'static str,
        labels: [&'static str; N],
        buckets: &'static [f64],
    ) -> Self {
        assert!(!buckets.is_empty(), "a histogram needs buckets");
        Self(Declared::new(name, help, labels, Kind::Histogram), buckets)
    }

    /// Notes one sample; a `Duration` counts in seconds.
    pub fn record(&self, values: [&'static str; N], sample: impl IntoF64) {
        self.handle(values).record(sample);
    }

    /// The series itself, for hot paths: saves the look-up. Only good after telemetry is installed.
    pub fn handle(&self, values: [&'static str; N]) -> ::metrics::Histogram {
        let key = self.0.key(values);
        with_recorder(|recorder| recorder.register_histogram(&key, &METADATA))
    }
}

macro_rules! impl_metric {
    ($kind:ident, $this:ident => $buckets:expr) => {
        impl<const N: usize> Metric for $kind<N> {
            fn name(&self) -> &'static str {
                self.0.name
            }
            fn help(&self) -> &'static str {
                self.0.help
            }
            fn labels(&self) -> &[&'static str] {
                &self.0.labels
            }
            fn kind(&self) -> Kind {
                Kind::$kind
            }
            fn buckets(&self) -> &'static [f64] {
                let $this = self;
                $buckets
            }
        }
    };
}

impl_metric!(Counter, _counter => &[]);
impl_metric!(Gauge, _gauge => &[]);
impl_metric!(Histogram, histogram => histogram.1);

/// Declares the metrics of a module and their list `METRICS`; the form is shown at the top of this file.
macro_rules! declare_metrics {
    ($(
        $(#[doc = $doc:literal])+
        $vis:vis static $metric:ident: $kind:ident<$n:literal> =
            ($name:literal, [$($label:literal),* $(,)?] $(, buckets $buckets:expr)? $(,)?);
    )+) => {
        $(
            $(#[doc = $doc])+
            $vis static $metric: $crate::telemetry::metrics::$kind<$n> =
                $crate::telemetry::metrics::$kind::declare(
                    $name, concat!($($doc),+), [$($label),*] $(, $buckets)?
                );
        )+

        /// The metrics of this module, for the list that is described at the start.
        pub(crate) static METRICS: &[&dyn $crate::telemetry::metrics::Metric] = &[$(&$metric),+];
    };
}
pub(crate) use declare_metrics as metrics;

#[cfg(test)]
mod tests;
