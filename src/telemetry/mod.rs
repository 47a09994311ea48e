//! Logs, metrics and the HTTP endpoints that show them.
//!
//! One process has one log and one table of metrics, however many apps a test starts in it: installing again
//! joins what is there.

pub mod http;
pub mod logs;
pub mod metrics;
mod process;
pub mod ready;
pub mod snapshot;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::sync::CancellationToken;

use self::metrics::{Kind, Metric, SECONDS};
use self::snapshot::Snapshot;

/// Histograms keep every sample until they are sorted into buckets; this often they are.
const UPKEEP: Duration = Duration::from_secs(5);

/// The recorder of this process, once it is installed.
static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// The metrics of telemetry's own modules, for the app's list.
#[must_use]
pub fn metrics() -> Vec<&'static dyn Metric> {
    logs::METRICS.to_vec()
}

/// Why the metrics could not be installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A histogram without bounds, or another library's recorder was there first.
    #[error("cannot install the recorder of metrics")]
    Recorder(#[from] BuildError),
}

/// The metrics of this process, readable. Clones read the same table.
#[derive(Clone, Debug)]
pub struct Telemetry {
    handle: PrometheusHandle,
}

impl Telemetry {
    /// Installs the recorder, with help, unit and buckets of each of `metrics`; joins the one that is installed already.
    ///
    /// # Errors
    ///
    /// [`InstallError::Recorder`] when something else in this process has installed a recorder.
    pub fn install(metrics: &[&'static dyn Metric]) -> Result<Self, InstallError> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = match &*installed {
            Some(handle) => handle.clone(),
            None => builder(metrics)?.install_recorder()?,
        };
        *installed = Some(handle.clone());
        metrics.iter().for_each(|metric| metric.describe());
        process::describe();
        Ok(Self { handle })
    }

    /// Everything there is, as Prometheus reads it.
    #[must_use]
    pub fn render(&self) -> String {
        process::collect();
        self.handle.render()
    }

    /// The figures at this moment, to be asked by metric and label.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::parse(&self.handle.render())
    }

    /// Keeps the memory of histograms bounded until `stop`.
    pub async fn keep_up(&self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(UPKEEP);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.handle.run_upkeep();
        }
    }
}

/// A recorder that knows the buckets of each histogram. One that is missing from the list gets those of durations,
/// because without any it would come out as a summary.
fn builder(metrics: &[&'static dyn Metric]) -> Result<PrometheusBuilder, BuildError> {
    metrics
        .iter()
        .filter(|metric| metric.kind() == Kind::Histogram)
        .try_fold(
            PrometheusBuilder::new().set_buckets(SECONDS)?,
            |builder, metric| {
                let name = Matcher::Full(metric.name().to_owned());
                builder.set_buckets_for_metric(name, metric.buckets())
            },
        )
}

#[cfg(test)]
mod tests;
