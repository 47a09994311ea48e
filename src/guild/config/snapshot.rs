//! An immutable configuration: what judges and commands read, without lock, await, SQL or Redis.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::Value as Json;

use super::change::KeyChange;
use super::key::KeySpec;
use super::registry::Registry;
use super::value::Value;
use crate::domain::event::Event;
use crate::domain::ids::{ChannelId, ConfigVersion, RoleId};
use crate::domain::verdict::Decision;
use crate::guild::rule::{Matter, Rule};
use crate::guild::view::GuildView;
use crate::store::tables::config::StoredConfig;

/// The values of one version.
#[derive(Clone, Default)]
pub struct Values {
    /// What holds where nobody has set anything; shared by all guilds.
    defaults: Arc<HashMap<&'static str, Value>>,
    /// What somebody has set.
    set: BTreeMap<&'static str, Value>,
}

impl Values {
    /// What holds for a key: its set value, else its default, else nothing.
    #[must_use]
    pub fn find(&self, key: &KeySpec) -> Option<&Value> {
        self.set
            .get(key.name)
            .or_else(|| self.defaults.get(key.name))
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

    /// A key of kind `Number`.
    #[must_use]
    pub fn number(&self, key: &KeySpec) -> Option<u64> {
        match self.find(key) {
            Some(Value::Number(value)) => Some(*value),
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

    /// Lets a key have this value, or be unset.
    pub(super) fn put(&mut self, key: &'static KeySpec, value: Option<Value>) {
        match value {
            Some(value) => drop(self.set.insert(key.name, value)),
            None => drop(self.set.remove(key.name)),
        }
    }
}

/// A stored value that does not fit its key. It is not applied: the last good value holds instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The key.
    pub key: &'static str,
    /// What is wrong with the stored value, in words.
    pub problem: String,
}

/// A stored configuration as the declared keys understand it; compiled, it is a [`Snapshot`].
pub struct Reading {
    version: ConfigVersion,
    values: Values,
    misfits: Vec<Misfit>,
    unread: BTreeMap<String, Json>,
}

impl Reading {
    /// Reads what the database holds. A value that does not fit is a misfit and counts as unset until
    /// [`Reading::repair`] gives its key another; rows of names that no key has are kept aside.
    #[must_use]
    pub fn of(registry: &Registry, stored: StoredConfig) -> Self {
        let mut reading = Self {
            version: stored.version,
            values: Values {
                defaults: Arc::clone(registry.defaults()),
                set: BTreeMap::new(),
            },
            misfits: Vec::new(),
            unread: stored.values,
        };
        for key in registry.keys() {
            let json = reading.unread.remove(&key.stored_name());
            match json.as_ref().map_or(Ok(None), |json| key.read_stored(json)) {
                Ok(value) => reading.values.put(key, value),
                Err(error) => reading.misfits.push(Misfit {
                    key: key.name,
                    problem: error.to_string(),
                }),
            }
        }
        // Columns are the tables' own affair: those that no key has are no settings.
        reading.unread.retain(|name, _| !name.contains('.'));
        reading
    }

    /// The stored values that do not fit.
    #[must_use]
    pub fn misfits(&self) -> &[Misfit] {
        &self.misfits
    }

    /// Gives a key the value that it last had and that fits.
    pub fn repair(&mut self, key: &'static KeySpec, last_good: Option<Value>) {
        self.values.put(key, last_good);
    }

    /// The values alone.
    #[must_use]
    pub fn into_values(self) -> Values {
        self.values
    }

    /// Makes the rules.
    #[must_use]
    pub fn compile(self, registry: &Registry) -> Snapshot {
        Snapshot {
            version: self.version,
            rules: rules(registry, &self.values),
            values: self.values,
            misfits: self.misfits,
            unread: Arc::new(self.unread),
        }
    }
}

/// The rooms' rules, each with the room's name.
type Rules = Vec<(&'static str, Arc<dyn Rule>)>;

fn rules(registry: &Registry, values: &Values) -> Rules {
    let compiled = registry
        .judges()
        .iter()
        .map(|judge| (judge.room(), judge.compile(values)));
    compiled.collect()
}

/// One version of a guild's configuration with the rules made from it. Never changes; a change makes another.
pub struct Snapshot {
    version: ConfigVersion,
    values: Values,
    rules: Rules,
    misfits: Vec<Misfit>,
    unread: Arc<BTreeMap<String, Json>>,
}

impl Snapshot {
    /// The next version, in which some keys have other values.
    #[must_use]
    pub fn with(&self, registry: &Registry, version: ConfigVersion, keys: &[KeyChange]) -> Self {
        let mut values = self.values.clone();
        for change in keys {
            values.put(change.key, change.new.clone());
        }
        let is_changed = |misfit: &&Misfit| keys.iter().any(|change| change.key.name == misfit.key);
        let misfits = self.misfits.iter().filter(|misfit| !is_changed(misfit));
        Self {
            version,
            rules: rules(registry, &values),
            values,
            misfits: misfits.cloned().collect(),
            unread: Arc::clone(&self.unread),
        }
    }

    /// The same with something more under names that no key has.
    #[must_use]
    pub fn keeping(mut self, kept: &[(String, Json)]) -> Self {
        if !kept.is_empty() {
            let unread = Arc::make_mut(&mut self.unread);
            unread.extend(kept.iter().cloned());
        }
        self
    }

    /// Stored values that do not fit their keys; the last good ones hold instead.
    #[must_use]
    pub fn misfits(&self) -> &[Misfit] {
        &self.misfits
    }

    /// Stored values under names that no declared key has.
    #[must_use]
    pub fn unread(&self) -> &BTreeMap<String, Json> {
        &self.unread
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
