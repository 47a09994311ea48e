//! The process's own figures: memory, file descriptors, threads, CPU time, under the names Prometheus gives them.

use metrics_process::Collector;

/// Tells the recorder the help texts.
pub(super) fn describe() {
    Collector::default().describe();
}

/// Reads the figures from the operating system; a few file reads, so only when somebody looks.
pub(super) fn collect() {
    Collector::default().collect();
}
