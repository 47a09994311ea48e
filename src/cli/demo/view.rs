//! The live view: a few lines on the terminal, drawn anew four times a second.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use super::stage::Place;
use crate::actions::metrics::ACTIONS_TOTAL;
use crate::app::App;
use crate::cache::REQUESTS;
use crate::domain::ids::{GuildId, UserId};
use crate::guild::metrics::{CHANGES_TOTAL, DECISIONS_TOTAL, MESSAGE_DECISION, RESTARTS_TOTAL};
use crate::simulator::{AuditEntry, Simulator, World};
use crate::telemetry::snapshot::Snapshot;
use crate::writer::metrics::ROWS_TOTAL;

/// How often the view is drawn.
const TICK: Duration = Duration::from_millis(250);
/// How many of the last actions are shown.
const LAST: usize = 8;

/// What the view looks at.
pub(super) struct Scene<'a> {
    pub(super) sim: &'a Simulator,
    pub(super) app: &'a App,
    pub(super) places: &'a [Place],
}

/// Draws until it is told to stop.
pub(super) async fn draw(scene: &Scene<'_>, stop: &CancellationToken) -> io::Result<()> {
    let begun = Instant::now();
    let mut ticks = tokio::time::interval(TICK);
    let mut before = (Instant::now(), scene.sim.events_sent());
    let mut rate = 0.0;
    let mut out = io::stdout();
    write!(out, "\x1b[2J")?;
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let now = (Instant::now(), scene.sim.events_sent());
        let passed = now.0.duration_since(before.0).as_secs_f64();
        if passed > 0.9 {
            rate = (now.1.saturating_sub(before.1)) as f64 / passed;
            before = now;
        }
        let text = page(scene, begun.elapsed(), rate);
        // Home, then each line cleared to its end: no flicker.
        write!(out, "\x1b[H{}\x1b[J", text.replace('\n', "\x1b[K\r\n"))?;
        out.flush()?;
    }
    Ok(())
}

fn page(scene: &Scene<'_>, lasted: Duration, rate: f64) -> String {
    let head = format!(
        "  AIMod demo: {} guilds, {} s · Ctrl-C ends it\n\n",
        scene.places.len(),
        lasted.as_secs()
    );
    let figures = figures(scene, rate);
    let lines = figures.map(|(name, value)| format!("  {name:<15}{value}\n"));
    let actions = last_actions(scene);
    let actions = actions.iter().map(|action| format!("  {action}\n"));
    std::iter::once(head)
        .chain(lines)
        .chain(["\n".to_owned()])
        .chain(actions)
        .collect()
}

fn figures(scene: &Scene<'_>, rate: f64) -> [(&'static str, String); 10] {
    let figures = scene.app.telemetry().snapshot();
    let pool = scene.app.pool().state();
    let written = [("outcome", "written")];
    let committed = [("outcome", "committed")];
    let events = scene.sim.events_sent();
    let address = scene.app.address();
    [
        ("events", format!("{rate:.0}/s, {events} in all")),
        (
            "decisions",
            listed(&figures.by_label(&DECISIONS_TOTAL, "action")),
        ),
        (
            "side effects",
            listed(&figures.by_label(&ACTIONS_TOTAL, "action")),
        ),
        ("judged within", judged(&figures)),
        (
            "config changes",
            count(figures.total(&CHANGES_TOTAL, &written)),
        ),
        (
            "written rows",
            count(figures.total(&ROWS_TOTAL, &committed)),
        ),
        ("cache", hit_rate(&figures)),
        (
            "pool",
            format!("{} of {} connections in use", pool.in_use, pool.max),
        ),
        ("restarts", count(figures.total(&RESTARTS_TOTAL, &[]))),
        (
            "metrics",
            address.map_or_else(|| "nowhere".into(), metrics_address),
        ),
    ]
}

/// A counter; a sum over nothing is -0.0, which would be shown as such.
pub(super) fn count(sum: f64) -> String {
    format!("{:.0}", sum + 0.0)
}

fn metrics_address(address: SocketAddr) -> String {
    format!("http://{address}/metrics")
}

pub(super) fn listed(sums: &std::collections::BTreeMap<String, f64>) -> String {
    if sums.is_empty() {
        return "none yet".into();
    }
    sums.iter()
        .map(|(label, sum)| format!("{label} {sum:.0}"))
        .collect::<Vec<_>>()
        .join(" · ")
}

pub(super) fn judged(figures: &Snapshot) -> String {
    let of = |quantile| {
        figures
            .find_quantile(&MESSAGE_DECISION, quantile, &[])
            .unwrap_or_default()
            * 1_000.0
    };
    format!("{:.3} ms p50, {:.3} ms p99", of(0.5), of(0.99))
}

fn hit_rate(figures: &Snapshot) -> String {
    let hits = figures.total(&REQUESTS, &[("outcome", "hit")]);
    let all = hits + figures.total(&REQUESTS, &[("outcome", "miss")]);
    if all > 0.0 {
        format!("{:.1} % hits", 100.0 * hits / all)
    } else {
        "not asked yet".into()
    }
}

/// The newest entries of the guilds' audit logs, newest last.
fn last_actions(scene: &Scene<'_>) -> Vec<String> {
    scene.sim.look(|world| {
        let newest = |place: &Place| world.audit_log(place.id()).iter().rev().take(LAST);
        let mut entries: Vec<_> = scene
            .places
            .iter()
            .flat_map(|place| newest(place).map(move |entry| (entry.id, place.id(), entry)))
            .collect();
        entries.sort_by_key(|(id, ..)| *id);
        let first = entries.len().saturating_sub(LAST);
        entries[first..]
            .iter()
            .map(|(_, guild, entry)| in_words(world, *guild, entry))
            .collect()
    })
}

/// Strangers carry their guild's number in their names, which only makes them unique.
fn first_name(name: &str) -> &str {
    name.split('-').next().unwrap_or(name)
}

fn in_words(world: &World, guild: GuildId, entry: &AuditEntry) -> String {
    let verb = match entry.action {
        20 => "kicked",
        22 => "banned",
        24 => "timed out",
        72 => "deleted a message of",
        _ => "changed",
    };
    let guild = world.guild(guild).map_or("?", |guild| guild.name.as_str());
    let target = entry
        .target
        .and_then(|id| world.user(UserId(id)))
        .map_or("somebody", |user| first_name(&user.name));
    let reason = entry.reason.as_deref().unwrap_or("no reason given");
    format!("{guild}: {verb} {target} ({reason})")
        .chars()
        .take(76)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_counted_is_shown_as_0() {
        assert_eq!(count([].iter().sum::<f64>()), "0");
        assert_eq!(count(12.0), "12");
    }

    #[test]
    fn a_strangers_name_is_shown_without_its_number() {
        assert_eq!(first_name("promo7-1429272605235347456"), "promo7");
        assert_eq!(first_name("alice"), "alice");
    }
}
