//! All keys of all rooms, and the rooms that judge: what a configuration is made with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::key::KeySpec;
use super::snapshot::Values;
use super::value::Value;
use crate::domain::verdict::Decision;
use crate::guild::rule::Judge;
use crate::store::tables::config::Place;

/// A name of a configuration key, in use or not, with its older names.
#[derive(Debug)]
pub struct KnownName {
    /// Its canonical upper-case name.
    pub name: &'static str,
    /// Other names under which imports and people may know it, in upper case.
    pub aliases: &'static [&'static str],
    /// What a person reads about it where no key of that name is declared: one sentence.
    pub description: &'static str,
}

impl KnownName {
    /// Whether this is its name or one of its older ones, in any case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.trim().to_ascii_uppercase();
        self.name == name || self.aliases.contains(&name.as_str())
    }
}

/// The declared keys and the judging rooms, in the order in which the rooms are listed. Made once, at start.
pub struct Registry {
    keys: BTreeMap<&'static str, &'static KeySpec>,
    judges: Vec<Arc<dyn Judge>>,
    tables: Vec<&'static str>,
    names: &'static [KnownName],
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
            names: &[],
        }
    }

    /// The same with names that are not in use yet, and with aliases of those that are.
    #[must_use]
    pub const fn with_names(mut self, names: &'static [KnownName]) -> Self {
        self.names = names;
        self
    }

    /// All keys, by name.
    pub fn keys(&self) -> impl Iterator<Item = &'static KeySpec> + '_ {
        self.keys.values().copied()
    }

    /// Finds a key by its name or an older one, in any case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'static KeySpec> {
        let name = name.trim().to_ascii_uppercase();
        self.keys
            .get(self.canonical_of(&name).unwrap_or(&name))
            .copied()
    }

    /// The canonical name of a known name or alias in upper case.
    fn canonical_of(&self, name: &str) -> Option<&'static str> {
        let mut names = self.names.iter();
        let known = names.find(|known| known.is_called(name));
        known.map(|known| known.name)
    }

    /// Finds a name that is known, but that no key in use bears.
    #[must_use]
    pub fn find_reserved(&self, name: &str) -> Option<&'static KnownName> {
        let name = name.trim().to_ascii_uppercase();
        let canonical = self.canonical_of(&name)?;
        let known = self.names.iter().find(|known| known.name == canonical)?;
        (!self.keys.contains_key(canonical)).then_some(known)
    }

    /// The names that are known, but that no key in use bears.
    pub fn reserved(&self) -> impl Iterator<Item = &'static KnownName> + '_ {
        let names = self.names.iter();
        names.filter(|known| !self.keys.contains_key(known.name))
    }

    /// The known name that is nearest to a wrong one, where one is near.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        let name = name.trim().to_ascii_uppercase();
        let near = |known: &str| strsim::jaro_winkler(&name, known);
        let names = self.names.iter().map(|known| known.name);
        self.keys
            .keys()
            .copied()
            .chain(names)
            .max_by(|a, b| near(a).total_cmp(&near(b)))
            .filter(|known| near(known) > 0.7)
    }

    /// The judging room that declares a key; none for the house's own.
    #[must_use]
    pub fn judge_of(&self, key: &KeySpec) -> Option<&dyn Judge> {
        let mut judges = self.judges.iter();
        let found = judges.find(|judge| judge.keys().iter().any(|own| own.name == key.name));
        found.map(|judge| &**judge)
    }

    /// The judging rooms, in order.
    #[must_use]
    pub fn judges(&self) -> &[Arc<dyn Judge>] {
        &self.judges
    }

    /// Hangs under a decision's notice what the rooms have for it, whichever room decided.
    pub fn hang_buttons(&self, decision: &mut Decision, values: &Values) {
        if decision.notice.is_none() {
            return;
        }
        for judge in &self.judges {
            let buttons = judge.notice_buttons(decision, values);
            decision.notice_buttons.extend(buttons);
        }
    }

    /// A room's name as a metric label; `unknown` for one that has no keys here.
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
