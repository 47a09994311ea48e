//! The figures of `stats`: what the bot did since it started, and what the database holds.

use super::house::House;
use crate::actions::metrics::ACTIONS_TOTAL;
use crate::cli::demo::view::{count, judged, listed};
use crate::guild::metrics::{CHANGES_TOTAL, DECISIONS_TOTAL, MESSAGES_TOTAL};
use crate::store::tables::ledger::Ledger;

/// Figures for a reader.
pub(super) async fn figures(house: &House) -> anyhow::Result<String> {
    let app = house.app()?;
    let figures = app.telemetry().snapshot();
    let written = [("outcome", "written")];
    let mut lines = vec![
        (
            "messages",
            format!(
                "{} judged, {}",
                count(figures.total(&MESSAGES_TOTAL, &[])),
                judged(&figures)
            ),
        ),
        (
            "decisions",
            listed(&figures.by_label(&DECISIONS_TOTAL, "action")),
        ),
        (
            "side effects",
            listed(&figures.by_label(&ACTIONS_TOTAL, "action")),
        ),
        (
            "settings",
            format!("{} changes", count(figures.total(&CHANGES_TOTAL, &written))),
        ),
        ("database", held(&house.ledger().await?)),
    ];
    if let Some(address) = app.address() {
        lines.push(("metrics", format!("http://{address}/metrics")));
    }
    lines.push(("Discord", house.sim.api_base()));
    let lines = lines
        .into_iter()
        .map(|(name, value)| format!("  {name:<13} {value}"));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// What the database holds, in a sentence.
pub(super) fn held(ledger: &Ledger) -> String {
    let kept = |name: &str| ledger.rows.get(name).copied().unwrap_or_default();
    format!(
        "{} cases, {} infractions, {} changed settings, {} logged commands, {} side effects",
        kept("moderation_logs"),
        kept("user_infractions"),
        kept("guild_config_revisions"),
        kept("command_logs"),
        kept("action_journal"),
    )
}
