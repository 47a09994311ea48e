//! `aimod config diff | rollback`: what lies between two versions, and the way back.

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::change::{done, make};
use super::desk::Desk;
use super::words::{Refused, confirm, of_stored, stored_json, table, visible};
use super::{Of, Remarks};
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::features::config::past::{self, Step};
use crate::features::config::span;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::store::tables::config::Source;

pub(super) async fn diff(
    desk: &Desk<'_>,
    of: &Of,
    from: ConfigVersion,
    to: Option<ConfigVersion>,
) -> anyhow::Result<String> {
    let now = desk.load(of.guild).await?;
    let to = to.unwrap_or(now.version());
    let steps = between(desk, of.guild, &now, (from, to)).await?;
    if of.json {
        let changes = steps.iter().map(|step| as_json(desk.registry(), step));
        let changes: Vec<Json> = changes.collect();
        let told = json!({"guild": of.guild, "from": from, "to": to, "changes": changes});
        return Ok(told.to_string());
    }
    let head = format!("guild {}, version {from} → {to}", of.guild);
    if steps.is_empty() {
        return Ok(format!("{head}: no difference"));
    }
    Ok(format!("{head}\n\n{}", listed(desk.registry(), &steps)))
}

pub(super) async fn rollback(
    desk: &Desk<'_>,
    of: &Of,
    target: ConfigVersion,
    remarks: Remarks,
    yes: bool,
) -> anyhow::Result<String> {
    let now = desk.load(of.guild).await?;
    let steps = between(desk, of.guild, &now, (now.version(), target)).await?;
    let (edits, left) = past::edits(desk.registry(), &steps);
    let able = steps.into_iter().filter(|step| !left.contains(&step.key));
    let able: Vec<Step> = able.collect();
    for key in &left {
        eprintln!("aimod: {} cannot be taken back and stays", visible(key));
    }
    if edits.is_empty() && !left.is_empty() && !of.json {
        return Ok(format!(
            "guild {}: nothing can be taken back to version {target}",
            of.guild
        ));
    }
    if edits.is_empty() && !of.json {
        return Ok(format!(
            "guild {}: nothing to change, version {target} has the settings of {}",
            of.guild,
            now.version()
        ));
    }
    let head = format!(
        "guild {}: back from version {} to the settings of {target}\n",
        of.guild,
        now.version()
    );
    say(of, &format!("{head}\n{}", listed(desk.registry(), &able)));
    confirm("Take the settings back?", yes || edits.is_empty())?;
    let remarks = Remarks {
        reason: remarks
            .reason
            .or_else(|| Some(format!("rollback to {target}"))),
        version: remarks.version.or(Some(now.version())),
    };
    let changed = make(desk, of, (edits, vec![]), (Source::Cli, remarks)).await?;
    Ok(done(of, &changed))
}

/// What lies between two versions of a guild.
async fn between(
    desk: &Desk<'_>,
    guild: GuildId,
    now: &Snapshot,
    (from, to): (ConfigVersion, ConfigVersion),
) -> anyhow::Result<Vec<Step>> {
    let newest = now.version();
    if let Some(unknown) = [from, to].into_iter().find(|version| *version > newest) {
        return Err(Refused(format!(
            "guild {guild} has no version {unknown}; the newest is {newest}"
        ))
        .into());
    }
    let mut conn = desk.pool.acquire().await?;
    let steps = span::between(&mut conn, guild, (desk.registry(), now), (from, to)).await;
    steps.context("the earlier settings cannot be read")
}

/// A line for each step.
pub(super) fn listed(registry: &Registry, steps: &[Step]) -> String {
    let rows = steps.iter().map(|step| {
        let (old, new) = (step.old.as_ref(), step.new.as_ref());
        let change = of_stored(registry, &step.key, old, new);
        [visible(&step.key), change]
    });
    table(&rows.collect::<Vec<_>>())
}

fn as_json(registry: &Registry, step: &Step) -> Json {
    let value = |json: &Option<Json>| stored_json(registry, &step.key, json.as_ref());
    json!({"key": step.key, "old": value(&step.old), "new": value(&step.new)})
}

/// Says something before the end; to people only, since programs read one object.
pub(super) fn say(of: &Of, text: &str) {
    if !of.json {
        println!("{text}\n");
    }
}
