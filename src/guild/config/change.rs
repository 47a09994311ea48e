//! A change of some keys: worked out purely from the current values, written by the actor, answered in words.

use std::sync::Arc;

use serde_json::Value as Json;

use super::key::KeySpec;
use super::snapshot::{Snapshot, Values};
use super::value::{Kind, Value, ValueError};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::store::tables::config::{ConfigChange, ConfigEdit, Place, Source};
use crate::writer::WriteError;

/// What somebody asks to change: all of it in one version, or nothing.
#[derive(Clone, Debug)]
pub struct Change {
    /// The keys, none twice, and what is to happen with each.
    pub edits: Vec<(&'static KeySpec, Edit)>,
    /// What is to be kept as it is under names that no key has, for whoever reads them later.
    pub kept: Vec<(String, Json)>,
    /// Who asks; 0 for the operator or AIMod itself.
    pub by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
    /// The version that the asker has seen. Where one of the keys has changed since, the change is refused.
    pub based_on: Option<ConfigVersion>,
}

impl Change {
    /// A change of one key, for no stated reason and whatever it was before.
    #[must_use]
    pub fn one(key: &'static KeySpec, edit: Edit, by: UserId, source: Source) -> Self {
        Self {
            edits: vec![(key, edit)],
            kept: Vec::new(),
            by,
            source,
            reason: None,
            based_on: None,
        }
    }
}

/// What is to happen with a key's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It gets this value.
    Set(Value),
    /// It becomes unset.
    Clear,
    /// These entries are added to the list that holds now, those already in it aside.
    Add(Value),
    /// These entries are taken out of the list that holds now.
    Remove(Value),
}

/// What became of one key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyChange {
    /// The key.
    pub key: &'static KeySpec,
    /// What was set before; `None` for unset.
    pub old: Option<Value>,
    /// What is set now.
    pub new: Option<Value>,
}

/// A committed change that every later event of the guild sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The version it made, or the current one where nothing had to be changed.
    pub version: ConfigVersion,
    /// The keys that changed. None where all had their values already; nothing was written then.
    pub keys: Vec<KeyChange>,
    /// The names under which something was kept that no key reads.
    pub kept: Vec<String>,
}

impl Changed {
    /// What a change comes to that had nothing to do.
    #[must_use]
    pub const fn nothing(version: ConfigVersion) -> Self {
        Self {
            version,
            keys: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Whether anything had to be written.
    #[must_use]
    pub const fn written(&self) -> bool {
        !self.keys.is_empty() || !self.kept.is_empty()
    }
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// A value does not fit its key.
    #[error(transparent)]
    Invalid(#[from] ValueError),
    /// A key has changed since the version that the change was based on.
    #[error("{} has changed since: version {version} holds now", .key.name)]
    Outdated {
        /// The key.
        key: &'static KeySpec,
        /// What was set then.
        then: Option<Value>,
        /// What is set now.
        now: Option<Value>,
        /// The version now.
        version: ConfigVersion,
    },
    /// The database did not take it.
    #[error("the change was not stored: {0}")]
    Write(#[from] WriteError),
}

/// A change worked out for one version: what is to be written, and what that makes of each key.
pub(crate) struct Plan {
    pub(crate) record: ConfigChange,
    pub(crate) keys: Vec<KeyChange>,
    pub(crate) kept: Vec<(String, Json)>,
}

impl Plan {
    /// What became of it.
    pub(crate) fn done(self, version: ConfigVersion) -> Changed {
        Changed {
            version,
            keys: self.keys,
            kept: self.kept.into_iter().map(|(name, _)| name).collect(),
        }
    }
}

/// Works a change out from the configuration that holds; nothing where all keys have their values already.
///
/// # Errors
/// [`ChangeError::Invalid`] names the first value that does not fit.
pub(crate) fn plan(
    guild: GuildId,
    current: &Snapshot,
    change: &Change,
) -> Result<Option<Plan>, ChangeError> {
    let mut keys = Vec::new();
    for (key, edit) in &change.edits {
        let key = *key;
        let old = current.values().find_set(key).cloned();
        let new = after(current.values(), key, edit)?;
        let is_misfit = current.misfits().iter().any(|bad| bad.key == key.name);
        if new != old || is_misfit {
            keys.push(KeyChange { key, old, new });
        }
    }
    let there = |name: &String| current.unread().get(name);
    let kept = change.kept.iter();
    let kept: Vec<(String, Json)> = kept
        .filter(|(name, json)| there(name) != Some(json))
        .cloned()
        .collect();
    if keys.is_empty() && kept.is_empty() {
        return Ok(None);
    }
    let edits = keys.iter().map(edit_of).chain(kept.iter().map(row_of));
    let record = ConfigChange {
        guild,
        expected: current.version(),
        edits: edits.collect(),
        changed_by: change.by,
        source: change.source,
        reason: change.reason.clone(),
    };
    Ok(Some(Plan { record, keys, kept }))
}

fn row_of((name, json): &(String, Json)) -> ConfigEdit {
    ConfigEdit {
        key: name.clone().into(),
        place: Place::Row,
        default: None,
        value: Some(json.clone()),
    }
}

fn edit_of(change: &KeyChange) -> ConfigEdit {
    let KeyChange { key, new, .. } = change;
    let is_column = key.place != Place::Row;
    ConfigEdit {
        key: key.name.into(),
        place: key.place,
        default: (key.default)()
            .filter(|_| is_column)
            .map(|value| value.to_json()),
        value: new.as_ref().map(Value::to_json),
    }
}

/// The value that a key has after an edit.
///
/// # Errors
/// Names what does not fit: a list edit of a key that is no list, or more entries than the key may have.
pub fn after(values: &Values, key: &KeySpec, edit: &Edit) -> Result<Option<Value>, ValueError> {
    let now = || values.find(key).cloned();
    let value = match edit {
        Edit::Clear => return Ok(None),
        Edit::Set(value) => value.clone(),
        Edit::Add(more) => add(key, now(), more)?,
        Edit::Remove(less) => {
            let value = remove(key, now(), less)?;
            // Nothing was there to be taken out: what was unset stays so.
            if Some(&value) == now().or_else(|| empty(&key.kind)).as_ref() {
                return Ok(values.find_set(key).cloned());
            }
            value
        }
    };
    // Through the key's own reader, so that bounds hold for the whole value however it came together.
    key.read(&value.to_json())
        .map(|value| key.unless_default(value))
}

fn add(key: &KeySpec, now: Option<Value>, more: &Value) -> Result<Value, ValueError> {
    match (now.or_else(|| empty(&key.kind)), more) {
        (Some(Value::Ids(there)), Value::Ids(more)) => Ok(Value::Ids(union(&there, more))),
        (Some(Value::Texts(there)), Value::Texts(more)) => Ok(Value::Texts(union(&there, more))),
        _ => Err(no_list(key)),
    }
}

fn remove(key: &KeySpec, now: Option<Value>, less: &Value) -> Result<Value, ValueError> {
    match (now.or_else(|| empty(&key.kind)), less) {
        (Some(Value::Ids(there)), Value::Ids(less)) => Ok(Value::Ids(without(&there, less))),
        (Some(Value::Texts(there)), Value::Texts(less)) => Ok(Value::Texts(without(&there, less))),
        _ => Err(no_list(key)),
    }
}

fn empty(kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Roles | Kind::Users => Some(Value::Ids(Arc::from([]))),
        Kind::Texts { .. } => Some(Value::Texts(Arc::from([]))),
        _ => None,
    }
}

fn no_list(key: &KeySpec) -> ValueError {
    ValueError(format!("{} holds a single value, not a list", key.name))
}

fn union<T: Clone + PartialEq>(there: &[T], more: &[T]) -> Arc<[T]> {
    let new = more.iter().filter(|item| !there.contains(item));
    there.iter().chain(new).cloned().collect()
}

fn without<T: Clone + PartialEq>(there: &[T], less: &[T]) -> Arc<[T]> {
    there
        .iter()
        .filter(|item| !less.contains(item))
        .cloned()
        .collect()
}
