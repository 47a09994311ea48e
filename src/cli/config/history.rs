//! `aimod config history`.

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::Of;
use super::desk::Desk;
use super::words::{of_stored, stored_json, table, visible};
use crate::domain::ids::{ConfigVersion, UserId};
use crate::store::tables::config::{Revision, list_revisions};

/// From where on, and how many.
type Page = (Option<ConfigVersion>, i64);

pub(super) async fn tell(
    desk: &Desk<'_>,
    of: &Of,
    key: Option<&str>,
    (before, limit): Page,
) -> anyhow::Result<String> {
    let key = key.map(|name| desk.find_name(name)).transpose()?;
    let mut conn = desk.pool.acquire().await?;
    let revisions = list_revisions(&mut conn, of.guild, key, before, limit).await;
    let revisions = revisions.context("the history cannot be read")?;
    if of.json {
        let told = revisions.iter().map(|revision| as_json(desk, revision));
        return Ok(json!({"guild": of.guild, "changes": told.collect::<Vec<_>>()}).to_string());
    }
    if revisions.is_empty() {
        return Ok(format!("guild {}: nothing was changed", of.guild));
    }
    let mut rows = vec![["VERSION", "WHEN (UTC)", "BY", "SETTING", "CHANGE"].map(str::to_owned)];
    rows.extend(revisions.iter().map(|revision| row(desk, revision)));
    Ok(table(&rows))
}

fn row(desk: &Desk<'_>, revision: &Revision) -> [String; 5] {
    let (old, new) = (revision.old.as_ref(), revision.new.as_ref());
    let change = of_stored(desk.registry(), &revision.key, old, new);
    let change = match &revision.reason {
        Some(reason) => format!("{change}  ({})", visible(reason)),
        None => change,
    };
    [
        format!("{:>7}", revision.version.0),
        revision.changed_at.format("%Y-%m-%d %H:%M:%S").to_string(),
        by(revision),
        visible(&revision.key),
        change,
    ]
}

/// The way it came, and who, where that says more.
fn by(revision: &Revision) -> String {
    let way = revision.source.to_lowercase();
    match revision.changed_by {
        UserId(0) => way,
        user => format!("{way} {user}"),
    }
}

fn as_json(desk: &Desk<'_>, revision: &Revision) -> Json {
    let value = |json: &Option<Json>| stored_json(desk.registry(), &revision.key, json.as_ref());
    json!({
        "version": revision.version,
        "key": revision.key,
        "old": value(&revision.old),
        "new": value(&revision.new),
        "by": revision.changed_by,
        "source": revision.source,
        "reason": revision.reason,
        "at": revision.changed_at,
    })
}
