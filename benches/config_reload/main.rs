//! What live configuration costs, from a sleeping guild to a thousand changed at once, against PostgreSQL and Redis bare.

mod change;
mod follow;
mod ground;
mod load;
#[path = "../support/table.rs"]
mod table;
#[path = "../support/timing.rs"]
mod timing;
mod wake;
mod yard;

use std::time::Duration;

use aimod::app;
use aimod::telemetry::Telemetry;

use ground::Ground;

/// The value that so large a part of all is not above, in milliseconds.
fn quantile(times: &mut [Duration], part: f64) -> f64 {
    times.sort_unstable();
    let at = ((times.len() - 1) as f64 * part) as usize;
    times[at].as_secs_f64() * 1e3
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Counting is part of what is measured.
    Telemetry::install(&app::metrics())?;
    let ground = Ground::lay().await?;
    let mut lines = load::measure(&ground).await?;
    lines.extend(wake::measure(&ground).await?);
    lines.extend(change::measure(&ground).await?);
    lines.extend(follow::measure(&ground).await?);
    let command = "cargo bench --bench config_reload";
    table::print(command, "ms", &lines);
    let reads = change::measure_reads(&ground).await?;
    table::print(command, "ns p50", &reads);
    ground.stop().await;
    Ok(())
}
