//! All keys of all rooms, and the rooms that judge: what a configuration is made with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::key::KeySpec;
use super::value::Value;
use crate::guild::rule::Judge;
use crate::store::tables::config::Place;

/// The declared keys and the judging rooms, in the order in which the rooms are listed. Made once, at start.
pub struct Registry {
    keys: BTreeMap<&'static str, &'static KeySpec>,
    judges: Vec<Arc<dyn Judge>>,
    tables: Vec<&'static str>,
    defaults: Arc<HashMap<&'static str, Value>>,
}

impl Registry {
    /// Gathers the house's own keys and those of every room.
    #[must_use]
    pub fn new(own: &[&'static KeySpec], judges: Vec<Arc<dyn Judge>>) -> Self {
        let all = own
            .iter()
            .copied()
            .chain(judges.iter().flat_map(|judge| judge.keys().iter().copied()));
        let keys: BTreeMap<_, _> = all.map(|key| (key.name, key)).collect();
        let mut tables: Vec<_> = keys
            .values()
            .filter_map(|key| match key.place {
                Place::Column { table, .. } => Some(table),
                Place::Row => None,
            })
            .collect();
        tables.sort_unstable();
        tables.dedup();
        let default_of = |key: &&'static KeySpec| Some((key.name, (key.default)()?));
        let defaults = keys.values().filter_map(default_of).collect();
        Self {
            defaults: Arc::new(defaults),
            keys,
            judges,
            tables,
        }
    }

    /// All keys, by name.
    pub fn keys(&self) -> impl Iterator<Item = &'static KeySpec> + '_ {
        self.keys.values().copied()
    }

    /// Finds a key by its name, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static KeySpec> {
        self.keys
            .get(name.trim().to_ascii_uppercase().as_str())
            .copied()
    }

    /// The known name that is nearest to a wrong one, where one is near.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        let name = name.trim().to_ascii_uppercase();
        let near = |known: &str| strsim::jaro_winkler(&name, known);
        self.keys
            .keys()
            .copied()
            .max_by(|a, b| near(a).total_cmp(&near(b)))
            .filter(|known| near(known) > 0.7)
    }

    /// The judging rooms, in order.
    #[must_use]
    pub fn judges(&self) -> &[Arc<dyn Judge>] {
        &self.judges
    }

    /// A room's name as a metric label; `unknown` for a room that does not judge.
    #[must_use]
    pub fn label_of(&self, room: &str) -> &'static str {
        self.judges
            .iter()
            .map(|judge| judge.room())
            .find(|known| *known == room)
            .unwrap_or("unknown")
    }

    /// The rooms' own settings tables.
    #[must_use]
    pub fn tables(&self) -> &[&'static str] {
        &self.tables
    }

    /// The defaults of all keys that have one: shared by every configuration, so that an unset key costs nothing.
    #[must_use]
    pub const fn defaults(&self) -> &Arc<HashMap<&'static str, Value>> {
        &self.defaults
    }
}
