//! `aimod config history`.

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::Of;
use super::desk::Desk;
use super::words::{held, table, to_json, visible};
use crate::domain::ids::{ConfigVersion, UserId};
use crate::store::tables::config::{Revision, list_revisions};

/// From where on, and how many.
type Page = (Option<ConfigVersion>, i64);

pub(super) async fn tell(
    desk: &Desk,
    of: &Of,
    key: Option<&str>,
    (before, limit): Page,
) -> anyhow::Result<String> {
    let key = key.map(|name| desk.find_key(name)).transpose()?;
    let key = key.map(|key| key.name);
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

fn row(desk: &Desk, revision: &Revision) -> [String; 5] {
    let value = |json| shown(desk, &revision.key, json);
    let change = format!(
        "{} → {}",
        value(revision.old.as_ref()),
        value(revision.new.as_ref())
    );
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

/// A value of then, as today's key reads it; as it is stored where it does not fit any more, or no key has the name.
fn shown(desk: &Desk, key: &str, json: Option<&Json>) -> String {
    let spec = desk.registry().find(key);
    match (spec, json) {
        (Some(spec), None) => held(spec, None),
        (None, None) => "unset".to_owned(),
        (Some(spec), Some(json)) => match spec.read_stored(json) {
            Ok(value) => held(spec, value.as_ref()),
            Err(_) => visible(&json.to_string()),
        },
        (None, Some(json)) => visible(&json.to_string()),
    }
}

fn as_json(desk: &Desk, revision: &Revision) -> Json {
    let spec = desk.registry().find(&revision.key);
    let value = |json: &Option<Json>| {
        let read = json.as_ref().zip(spec);
        let read = read.and_then(|(json, spec)| spec.read_stored(json).ok().flatten());
        read.as_ref().map(to_json).or_else(|| json.clone())
    };
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
