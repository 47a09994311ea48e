//! `aimod config show`.

use serde_json::{Map, Value as Json, json};

use super::Of;
use super::desk::Desk;
use super::words::{held, plain, raw, raw_json, table, to_json, visible};
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;

pub(super) async fn tell(desk: &Desk<'_>, of: &Of, key: Option<&str>) -> anyhow::Result<String> {
    let key = key.map(|name| desk.find_key(name)).transpose()?;
    let snapshot = desk.load(of.guild).await?;
    let keys: Vec<&'static KeySpec> = match key {
        Some(key) => vec![key],
        None => desk.registry().keys().collect(),
    };
    if of.json {
        return Ok(as_json(of, &snapshot, &keys).to_string());
    }
    Ok(match key {
        Some(key) => one(key, &snapshot),
        None => all(of, desk.registry(), &snapshot, &keys),
    })
}

fn all(of: &Of, registry: &Registry, snapshot: &Snapshot, keys: &[&KeySpec]) -> String {
    let rows = keys.iter().map(|key| {
        let set = snapshot.values().find_set(key);
        [key.name.to_owned(), held(key, set)]
    });
    let mut text = format!("guild {}, version {}\n\n", of.guild, snapshot.version());
    text.push_str(&table(&rows.collect::<Vec<_>>()));
    if !snapshot.unread().is_empty() {
        let unread = snapshot.unread().iter();
        let rows: Vec<_> = unread
            .map(|(name, value)| [visible(name), unread_line(registry, name, value)])
            .collect();
        text.push_str("\n\nstored, but read by nothing:\n");
        text.push_str(&table(&rows));
    }
    for misfit in snapshot.misfits() {
        text.push_str(&format!("\n\n{}", misfit_line(misfit.key, &misfit.problem)));
    }
    text
}

fn unread_line(registry: &Registry, name: &str, value: &Json) -> String {
    match registry.find(name) {
        Some(newer) => format!("{}  (an older name of {})", raw(value), newer.name),
        None => raw(value),
    }
}

fn misfit_line(key: &str, problem: &str) -> String {
    format!(
        "{key}: the stored value is not applied, the last good one holds; {}",
        visible(problem)
    )
}

fn one(key: &KeySpec, snapshot: &Snapshot) -> String {
    let values = snapshot.values();
    let default = (key.default)().map_or_else(|| "unset".to_owned(), |value| plain(&value));
    let mut rows = vec![
        [key.name.to_owned(), held(key, values.find_set(key))],
        ["means".to_owned(), key.description.to_owned()],
        ["takes".to_owned(), key.kind.describe()],
        ["default".to_owned(), default],
        ["version".to_owned(), snapshot.version().to_string()],
    ];
    let misfits = snapshot.misfits().iter();
    rows.extend(
        misfits
            .filter(|misfit| misfit.key == key.name)
            .map(|misfit| {
                let line = misfit_line(key.name, &misfit.problem);
                ["problem".to_owned(), line]
            }),
    );
    table(&rows)
}

fn as_json(of: &Of, snapshot: &Snapshot, keys: &[&KeySpec]) -> Json {
    let values = snapshot.values();
    let settings = keys.iter().map(|key| {
        let value = values.find(key).map_or(Json::Null, to_json);
        let is_set = values.find_set(key).is_some();
        (key.name.to_owned(), json!({"value": value, "set": is_set}))
    });
    let unread = snapshot.unread().iter();
    let unread = unread.map(|(name, value)| (name.clone(), raw_json(value)));
    let misfits = snapshot.misfits().iter();
    let misfits = misfits.map(|misfit| (misfit.key.to_owned(), Json::from(&*misfit.problem)));
    json!({
        "guild": of.guild,
        "version": snapshot.version(),
        "settings": settings.collect::<Map<_, _>>(),
        "unread": unread.collect::<Map<_, _>>(),
        "misfits": misfits.collect::<Map<_, _>>(),
    })
}
