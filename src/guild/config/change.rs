//! A change of one key: worked out purely from the current values, written by the actor, answered in words.

use std::sync::Arc;

use super::key::KeySpec;
use super::snapshot::Values;
use super::value::{Kind, Value, ValueError};
use crate::domain::ids::{ConfigVersion, UserId};
use crate::store::tables::config::Source;
use crate::writer::WriteError;

/// What somebody asks to change.
#[derive(Clone, Debug)]
pub struct Change {
    /// The key.
    pub key: &'static KeySpec,
    /// What is to happen with it.
    pub edit: Edit,
    /// Who asks; 0 for the operator or AIMod itself.
    pub by: UserId,
    /// The way it came.
    pub source: Source,
    /// Why, where somebody said so.
    pub reason: Option<String>,
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

/// A committed change that every later event of the guild sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The version it made, or the current one where nothing had to be changed.
    pub version: ConfigVersion,
    /// What was set before.
    pub old: Option<Value>,
    /// What is set now.
    pub new: Option<Value>,
    /// False where the key had that value already; nothing was written then.
    pub written: bool,
}

/// Why a key was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The value does not fit the key.
    #[error(transparent)]
    Invalid(#[from] ValueError),
    /// The database did not take it.
    #[error("the change was not stored: {0}")]
    Write(#[from] WriteError),
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
    key.read(&value.to_json()).map(Some)
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
