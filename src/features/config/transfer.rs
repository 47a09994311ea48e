//! Configurations as files: written with the names of channels and roles, and read back in any guild by them. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::table::NewValues;
use crate::domain::ids::{ChannelId, GuildId, RoleId};
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;
use crate::guild::config::value::{Kind, Value};
use crate::guild::view::GuildView;
use crate::store::tables::provider_keys::KEY_NAME;
use crate::vault::{Token, sounds_secret};

/// The most bytes of a file.
pub(crate) const MOST_BYTES: usize = 1024 * 1024;

/// Whoever has the address of a webhook can write with it.
const WEBHOOK: &str = "/api/webhooks/";

/// The format that is written, and the only one that is read.
const FORMAT: u64 = 1;

/// Writes everything that is set. Ids are texts, as programs read them without loss.
pub(crate) fn export(
    guild: GuildId,
    snapshot: &Snapshot,
    registry: &Registry,
    view: &GuildView,
) -> Json {
    let mut settings = serde_json::Map::new();
    let (mut channels, mut roles) = (BTreeMap::new(), BTreeMap::new());
    for key in registry.keys() {
        let Some(value) = snapshot.values().find_set(key) else {
            continue;
        };
        for id in ids(value) {
            match key.kind {
                Kind::Channel => drop(
                    view.find_channel(ChannelId(id))
                        .map(|channel| channels.insert(id.to_string(), channel.name.clone())),
                ),
                Kind::Role | Kind::Roles => drop(
                    view.find_role(RoleId(id))
                        .map(|role| roles.insert(id.to_string(), role.name.clone())),
                ),
                _ => {}
            }
        }
        settings.insert(key.name.to_owned(), written(value));
    }
    // A sealed secret is of no use without this house's keys, and goes to no file.
    let unread = snapshot.unread().iter();
    let unread = unread.filter(|(_, json)| Token::find_in(json).is_none());
    settings.extend(unread.map(|(name, json)| (name.clone(), json.clone())));
    json!({
        "format": FORMAT, "guild": guild.to_string(), "version": snapshot.version().0, "settings": settings,
        "names": {"channels": channels, "roles": roles},
    })
}

fn ids(value: &Value) -> Vec<u64> {
    match value {
        Value::Id(id) => vec![*id],
        Value::Ids(ids) => ids.to_vec(),
        _ => Vec::new(),
    }
}

fn written(value: &Value) -> Json {
    match value {
        Value::Id(id) => Json::from(id.to_string()),
        Value::Ids(ids) => ids.iter().map(|id| Json::from(id.to_string())).collect(),
        other => other.to_json(),
    }
}

/// A file as it was written.
#[derive(Debug, Default)]
pub(crate) struct Export {
    guild: String,
    settings: BTreeMap<String, Json>,
    names: Names,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Names {
    channels: BTreeMap<String, String>,
    roles: BTreeMap<String, String>,
}

/// Why a file is no export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is no JSON from this line and column on.
    Json(usize, usize),
    /// It has no settings.
    Shape,
    /// It is of another format.
    Format,
}

/// Reads a file.
pub(crate) fn read(bytes: &[u8]) -> Result<Export, Unreadable> {
    // Editors on some systems put a mark of byte order before the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let file: Json = serde_json::from_slice(bytes)
        .map_err(|error| Unreadable::Json(error.line(), error.column()))?;
    let Some(Json::Object(settings)) = file.get("settings") else {
        return Err(Unreadable::Shape);
    };
    if file.get("format").and_then(Json::as_u64) != Some(FORMAT) {
        return Err(Unreadable::Format);
    }
    let guild = match file.get("guild") {
        Some(Json::String(guild)) => guild.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let names = file.get("names").cloned().unwrap_or_default();
    Ok(Export {
        guild,
        settings: settings.clone().into_iter().collect(),
        names: Names::deserialize(names).unwrap_or_default(),
    })
}

/// Something that the reader of a plan should know before the button is pressed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Doubt {
    /// A channel was found by its name: name, id here.
    Channel(&'static KeySpec, String, u64),
    /// A role was found by its name.
    Role(&'static KeySpec, String, u64),
    /// A channel has no counterpart, or several.
    ChannelLost(&'static KeySpec, String),
    /// A role has none, or several.
    RoleLost(&'static KeySpec, String),
    /// Users are the same in every guild, but may be no members of this one.
    Users(&'static KeySpec),
    /// The name is not in use yet: its value is kept as it is.
    Reserved(String),
    /// The name is none of ours: its value is kept as it is.
    Unknown(String),
    /// Names and values like this are not kept.
    Unkept(String),
    /// The value holds a secret, which belongs into no file.
    Secret(String),
    /// The value does not fit the key.
    Misfit(&'static KeySpec),
}

/// What an import would do.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Plan {
    /// The new values by canonical key.
    pub(crate) values: NewValues,
    /// What is to be known about it.
    pub(crate) doubts: Vec<Doubt>,
    /// Whether the file is of another guild.
    pub(crate) is_foreign: bool,
}

/// Where a channel or a role of a file is in a guild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the very one.
    Same,
    /// This one stands for it.
    Instead(u64),
    /// Nowhere, or it could be one of several.
    Nowhere,
}

/// Finds channels and roles of a file in a guild: by their ids where the file is of that guild, else by their names.
pub(crate) trait Directory {
    /// Where a channel is.
    fn channel(&self, id: ChannelId, name: &str, is_foreign: bool) -> Place;
    /// Where a role is.
    fn role(&self, id: RoleId, name: &str, is_foreign: bool) -> Place;
}

impl Directory for GuildView {
    fn channel(&self, id: ChannelId, name: &str, is_foreign: bool) -> Place {
        if !is_foreign && self.find_channel(id).is_some() {
            return Place::Same;
        }
        let found = self.find_channel_named(name);
        found.map_or(Place::Nowhere, |channel| Place::Instead(channel.id.0))
    }

    fn role(&self, id: RoleId, name: &str, is_foreign: bool) -> Place {
        if !is_foreign && self.find_role(id).is_some() {
            return Place::Same;
        }
        let found = self.find_role_named(name);
        found.map_or(Place::Nowhere, |role| Place::Instead(role.id.0))
    }
}

/// Works out what a file means in a guild.
pub(crate) fn plan(
    file: &Export,
    guild: GuildId,
    view: &dyn Directory,
    registry: &Registry,
) -> Plan {
    let mut plan = Plan {
        is_foreign: file.guild != guild.to_string(),
        ..Plan::default()
    };
    // Canonical names come last, so that they win over their aliases.
    let canonical = |name: &str| {
        let key = registry.find(name).map(|key| key.name);
        key.or_else(|| registry.find_reserved(name).map(|known| known.name))
    };
    let is_alias = |name: &str| canonical(name) != Some(name);
    let (aliases, canonical): (Vec<_>, Vec<_>) = file
        .settings
        .iter()
        .filter(|(_, json)| !json.is_null())
        .partition(|(name, _)| is_alias(name));
    for (name, json) in aliases.into_iter().chain(canonical) {
        let Some(key) = registry.find(name) else {
            plan.keep(registry, name, json);
            continue;
        };
        let Ok(value) = key.kind.from_json(json) else {
            plan.doubts.push(Doubt::Misfit(key));
            continue;
        };
        let Some(value) = here(file, view, key, value, &mut plan) else {
            continue;
        };
        match key.read(&value.to_json()) {
            Ok(value) => drop(plan.values.insert(key.name.to_owned(), value.to_json())),
            Err(_) => plan.doubts.push(Doubt::Misfit(key)),
        }
    }
    plan
}

impl Plan {
    /// Takes over what no key reads, for whoever reads it later.
    fn keep(&mut self, registry: &Registry, name: &str, json: &Json) {
        let shown = || name.chars().take(60).collect();
        let known = registry.find_reserved(name).map(|known| known.name);
        let Some(kept) = known.map(str::to_owned).or_else(|| storable(name)) else {
            self.doubts.push(Doubt::Unkept(shown()));
            return;
        };
        let text = json.to_string();
        self.doubts.push(match known {
            _ if Token::find_in(json).is_some() || text.contains(WEBHOOK) => Doubt::Secret(shown()),
            None if sounds_secret(name.trim(), json) => Doubt::Secret(shown()),
            _ if text.contains("\\u0000") => Doubt::Unkept(shown()),
            known => {
                self.values.insert(kept, json.clone());
                match known {
                    Some(known) => Doubt::Reserved(known.to_owned()),
                    None => Doubt::Unknown(shown()),
                }
            }
        });
    }
}

/// A name that nobody knows as it is stored: in upper case, as all are. None where it would be taken for a column of a
/// settings table, for the API key, or for no name at all.
fn storable(name: &str) -> Option<String> {
    let name = name.trim().to_uppercase();
    let is_name = (1..=255).contains(&name.chars().count()) && !name.contains(['\0', '.']);
    (is_name && !name.starts_with("BOTDETECT_") && name != KEY_NAME).then_some(name)
}

/// The value in terms of this guild; none where nothing is left of it.
fn here(
    file: &Export,
    view: &dyn Directory,
    key: &'static KeySpec,
    value: Value,
    plan: &mut Plan,
) -> Option<Value> {
    match (key.kind, &value) {
        (Kind::Channel, Value::Id(id)) => channel_here(file, view, key, *id, plan).map(Value::Id),
        (Kind::Role, Value::Id(id)) => role_here(file, view, key, *id, plan).map(Value::Id),
        (Kind::Roles, Value::Ids(ids)) => {
            let found = ids
                .iter()
                .filter_map(|id| role_here(file, view, key, *id, plan));
            let found: Vec<u64> = found.collect();
            (ids.is_empty() || !found.is_empty()).then(|| Value::Ids(found.into()))
        }
        (Kind::Users, Value::Ids(ids)) if plan.is_foreign && !ids.is_empty() => {
            plan.doubts.push(Doubt::Users(key));
            Some(value)
        }
        _ => Some(value),
    }
}

fn channel_here(
    file: &Export,
    view: &dyn Directory,
    key: &'static KeySpec,
    id: u64,
    plan: &mut Plan,
) -> Option<u64> {
    let name = file.names.channels.get(&id.to_string());
    let name = name.cloned().unwrap_or_else(|| id.to_string());
    let place = view.channel(ChannelId(id), &name, plan.is_foreign);
    let (found, doubt) = match place {
        Place::Same => return Some(id),
        Place::Instead(here) => (Some(here), Doubt::Channel(key, name, here)),
        Place::Nowhere => (None, Doubt::ChannelLost(key, name)),
    };
    plan.doubts.push(doubt);
    found
}

fn role_here(
    file: &Export,
    view: &dyn Directory,
    key: &'static KeySpec,
    id: u64,
    plan: &mut Plan,
) -> Option<u64> {
    let name = file.names.roles.get(&id.to_string());
    let name = name.cloned().unwrap_or_else(|| id.to_string());
    let place = view.role(RoleId(id), &name, plan.is_foreign);
    let (found, doubt) = match place {
        Place::Same => return Some(id),
        Place::Instead(here) => (Some(here), Doubt::Role(key, name, here)),
        Place::Nowhere => (None, Doubt::RoleLost(key, name)),
    };
    plan.doubts.push(doubt);
    found
}
