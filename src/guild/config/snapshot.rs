//! An immutable configuration: what judges and commands read, without lock, await, SQL or Redis.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value as Json;

use super::key::KeySpec;
use super::registry::Registry;
use super::value::Value;
use crate::domain::event::Event;
use crate::domain::ids::{ChannelId, ConfigVersion, RoleId};
use crate::domain::verdict::Decision;
use crate::guild::rule::{Matter, Rule};
use crate::guild::view::GuildView;
use crate::store::tables::config::StoredConfig;

/// The values of one version. A key that is not here is unset; its default is here under `defaults`.
#[derive(Clone, Default)]
pub struct Values {
    /// What holds: set values over defaults.
    effective: HashMap<&'static str, Value>,
    /// What somebody has set.
    set: BTreeMap<&'static str, Value>,
}

impl Values {
    /// What holds for a key: its set value, else its default, else nothing.
    #[must_use]
    pub fn find(&self, key: &KeySpec) -> Option<&Value> {
        self.effective.get(key.name)
    }

    /// What somebody has set, if anybody has.
    #[must_use]
    pub fn find_set(&self, key: &KeySpec) -> Option<&Value> {
        self.set.get(key.name)
    }

    /// A key of kind `Bool`; false where it is unset and has no default.
    #[must_use]
    pub fn bool(&self, key: &KeySpec) -> bool {
        matches!(self.find(key), Some(Value::Bool(true)))
    }

    /// A key of kind `Text` or `Choice`.
    #[must_use]
    pub fn text(&self, key: &KeySpec) -> Option<&str> {
        match self.find(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A key of kind `Seconds`.
    #[must_use]
    pub fn seconds(&self, key: &KeySpec) -> Option<u64> {
        match self.find(key) {
            Some(Value::Seconds(value)) => Some(*value),
            _ => None,
        }
    }

    fn id(&self, key: &KeySpec) -> Option<u64> {
        match self.find(key) {
            Some(Value::Id(id)) => Some(*id),
            _ => None,
        }
    }

    /// A key of kind `Channel`.
    #[must_use]
    pub fn channel(&self, key: &KeySpec) -> Option<ChannelId> {
        self.id(key).map(ChannelId)
    }

    /// A key of kind `Role`.
    #[must_use]
    pub fn role(&self, key: &KeySpec) -> Option<RoleId> {
        self.id(key).map(RoleId)
    }

    /// A key of kind `Roles` or `Users`.
    #[must_use]
    pub fn ids(&self, key: &KeySpec) -> &[u64] {
        match self.find(key) {
            Some(Value::Ids(ids)) => ids,
            _ => &[],
        }
    }

    /// A key of kind `Texts`.
    #[must_use]
    pub fn texts(&self, key: &KeySpec) -> &[Arc<str>] {
        match self.find(key) {
            Some(Value::Texts(texts)) => texts,
            _ => &[],
        }
    }

    fn put(&mut self, key: &'static KeySpec, value: Option<Value>) {
        match value.clone() {
            Some(value) => drop(self.set.insert(key.name, value)),
            None => drop(self.set.remove(key.name)),
        }
        match value.or_else(key.default) {
            Some(value) => drop(self.effective.insert(key.name, value)),
            None => drop(self.effective.remove(key.name)),
        }
    }
}

/// One version of a guild's configuration with the rules made from it. Never changes; a change makes another.
pub struct Snapshot {
    version: ConfigVersion,
    values: Values,
    rules: Vec<(&'static str, Arc<dyn Rule>)>,
}

impl Snapshot {
    /// Makes the configuration of what the database holds.
    ///
    /// A stored value that does not fit its key, and a key that nobody declares, are left out and returned as
    /// problems: `(stored name, what is wrong)`.
    #[must_use]
    pub fn from_stored(
        registry: &Registry,
        stored: &StoredConfig,
    ) -> (Self, Vec<(String, String)>) {
        let mut values = Values::default();
        let mut problems = Vec::new();
        for key in registry.keys() {
            let name = key.stored_name();
            let value = match stored.values.get(&name) {
                None | Some(Json::Null) => None,
                Some(json) => match key.read(json) {
                    Ok(value) => Some(value),
                    Err(error) => {
                        problems.push((name, error.to_string()));
                        None
                    }
                },
            };
            values.put(key, value);
        }
        (Self::of_values(registry, stored.version, values), problems)
    }

    fn of_values(registry: &Registry, version: ConfigVersion, values: Values) -> Self {
        let rules = registry
            .judges()
            .iter()
            .map(|judge| (judge.room(), judge.compile(&values)))
            .collect();
        Self {
            version,
            values,
            rules,
        }
    }

    /// The next version, in which one key has another value.
    #[must_use]
    pub fn with(
        &self,
        registry: &Registry,
        version: ConfigVersion,
        key: &'static KeySpec,
        value: Option<Value>,
    ) -> Self {
        let mut values = self.values.clone();
        values.put(key, value);
        Self::of_values(registry, version, values)
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> ConfigVersion {
        self.version
    }

    /// Its values.
    #[must_use]
    pub const fn values(&self) -> &Values {
        &self.values
    }

    /// Asks the rooms in order; the first decision holds.
    #[must_use]
    pub fn judge(
        &self,
        guild: &GuildView,
        event: &Event,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Option<Decision> {
        let matter = Matter {
            guild,
            values: &self.values,
            version: self.version,
            event,
            now,
        };
        self.rules.iter().find_map(|(_, rule)| rule.judge(&matter))
    }
}
