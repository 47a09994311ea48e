//! What people read, as snapshots.
