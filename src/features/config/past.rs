//! Looking back: what lies between two versions, and what takes a configuration back. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::guild::config::change::Edit;
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::Snapshot;

/// What each key that changed after a version had at it.
pub(crate) type Undo = BTreeMap<String, Option<Json>>;

/// One key between two versions; `None` is unset.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) key: String,
    pub(crate) old: Option<Json>,
    pub(crate) new: Option<Json>,
}

impl Step {
    /// The same the other way round.
    pub(crate) fn back(self) -> Self {
        Self {
            key: self.key,
            old: self.new,
            new: self.old,
        }
    }
}

/// The keys that differ between two versions, by name. What neither version has undone is as it is now.
pub(crate) fn between(registry: &Registry, now: &Snapshot, from: &Undo, to: &Undo) -> Vec<Step> {
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let at = |undo: &Undo, name: &String| match undo.get(name) {
        Some(then) => then.clone(),
        None => held(registry, now, name),
    };
    names
        .into_iter()
        .map(|name| Step {
            key: name.clone(),
            old: at(from, name),
            new: at(to, name),
        })
        .filter(|step| step.old != step.new)
        .collect()
}

fn held(registry: &Registry, now: &Snapshot, name: &str) -> Option<Json> {
    match key_of(registry, name) {
        Some(key) => now.values().find_set(key).map(|value| value.to_json()),
        None => now.unread().get(name).cloned(),
    }
}

/// The key that bears this very name: revisions never hold aliases of it.
pub(crate) fn key_of(registry: &Registry, name: &str) -> Option<&'static KeySpec> {
    registry.find(name).filter(|key| key.name == name)
}

/// What these values, by canonical name, would change now. Those that do not fit their keys change nothing; under names
/// that no key has everything fits.
pub(crate) fn towards(
    registry: &Registry,
    now: &Snapshot,
    values: &BTreeMap<String, Json>,
) -> Vec<Step> {
    let steps = values.iter().filter_map(|(name, json)| {
        let new = match key_of(registry, name) {
            Some(key) => key.read_stored(json).ok()?.map(|value| value.to_json()),
            None => Some(json.clone()),
        };
        let old = held(registry, now, name);
        let key = name.clone();
        (old != new).then_some(Step { key, old, new })
    });
    steps.collect()
}

/// What steps keep under names that no key has.
pub(crate) fn kept(registry: &Registry, steps: &[Step]) -> Vec<(String, Json)> {
    let others = steps
        .iter()
        .filter(|step| key_of(registry, &step.key).is_none());
    let kept = others.filter_map(|step| Some((step.key.clone(), step.new.clone()?)));
    kept.collect()
}

/// What is to be done to get where the steps lead, and the names for which that cannot be done.
pub(crate) fn edits(
    registry: &Registry,
    steps: &[Step],
) -> (Vec<(&'static KeySpec, Edit)>, Vec<String>) {
    let (mut edits, mut left) = (Vec::new(), Vec::new());
    for step in steps {
        let edit = key_of(registry, &step.key).and_then(|key| {
            let value = match &step.new {
                Some(json) => key.read_stored(json).ok()?,
                None => None,
            };
            Some((key, value.map_or(Edit::Clear, Edit::Set)))
        });
        match edit {
            Some(edit) => edits.push(edit),
            None => left.push(step.key.clone()),
        }
    }
    (edits, left)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::features::registry;
    use crate::guild::config::snapshot::Reading;
    use crate::guild::config::value::Value;
    use crate::store::tables::config::StoredConfig;

    fn now(registry: &Registry, values: Json) -> Snapshot {
        let Json::Object(values) = values else {
            panic!("an object")
        };
        let stored = StoredConfig {
            values: values.into_iter().collect(),
            ..StoredConfig::default()
        };
        Reading::of(registry, stored).compile(registry)
    }

    fn undo(entries: &[(&str, Option<Json>)]) -> Undo {
        let owned = entries
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        owned.collect()
    }

    #[test]
    fn what_changed_in_between_is_told_from_what_came_later() {
        let registry = registry();
        let now = now(
            &registry,
            json!({"PREFIX": "?", "APPEALS_ENABLED": false, "AI_MODEL": "m"}),
        );
        let first = undo(&[
            ("PREFIX", None),
            ("APPEALS_ENABLED", Some(json!(true))),
            ("AI_MODEL", None),
        ]);
        let second = undo(&[("APPEALS_ENABLED", Some(json!(true)))]);
        let steps = between(&registry, &now, &first, &second);
        let step = |key: &str, old, new| Step {
            key: key.to_owned(),
            old,
            new,
        };
        assert_eq!(
            steps,
            [
                step("AI_MODEL", None, Some(json!("m"))),
                step("PREFIX", None, Some(json!("?"))),
            ]
        );
        let back = between(&registry, &now, &second, &first);
        assert_eq!(back.len(), 2);
        assert_eq!(back[1], step("PREFIX", Some(json!("?")), None));
        assert!(between(&registry, &now, &first, &first).is_empty());
    }

    #[test]
    fn steps_become_edits_where_the_value_still_fits() {
        let registry = registry();
        let step = |key: &str, new| Step {
            key: key.to_owned(),
            old: None,
            new,
        };
        let steps = [
            step("PREFIX", Some(json!("?"))),
            step("APPEALS_ENABLED", None),
            step("BOTDETECT_TIMEOUT", Some(json!(3_600))),
            step("BOTDETECT_ACTION", Some(json!("explode"))),
            step("AI_MODEL", Some(json!("m"))),
            step("GUILD_SETTINGS.PREFIX", Some(json!("?"))),
        ];
        let (edits, left) = edits(&registry, &steps);
        let edits: Vec<_> = edits.iter().map(|(key, edit)| (key.name, edit)).collect();
        assert_eq!(
            edits,
            [
                ("PREFIX", &Edit::Set(Value::Text("?".into()))),
                ("APPEALS_ENABLED", &Edit::Clear),
                ("BOTDETECT_TIMEOUT", &Edit::Clear),
            ]
        );
        assert_eq!(
            left,
            ["BOTDETECT_ACTION", "AI_MODEL", "GUILD_SETTINGS.PREFIX"]
        );
    }
}
