//! How a configuration key is declared: once, in the room that reads it.

use serde_json::Value as Json;

use super::value::{Kind, Value, ValueError};
use crate::store::tables::config::Place;

/// A configuration key. Declared as a `static`; validation, autocomplete, help and storage follow from it.
#[derive(Debug)]
pub struct KeySpec {
    /// Its canonical upper-case name.
    pub name: &'static str,
    /// Its type and bounds.
    pub kind: Kind,
    /// What holds where it is unset; `None` means that unset has a meaning of its own.
    pub default: fn() -> Option<Value>,
    /// What a person reads about it: one sentence.
    pub description: &'static str,
    /// Where its value is kept.
    pub place: Place,
    /// What the room asks beyond the type: the reason where a value cannot be.
    pub check: fn(&Value) -> Result<(), ValueError>,
    /// What the room asks besides of what a person enters: what is stored or imported may be older.
    pub entered: fn(&Value) -> Result<(), ValueError>,
}

/// A key is its name: each is declared once.
impl PartialEq for KeySpec {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for KeySpec {}

impl KeySpec {
    /// A key that is kept in `guild_config`.
    #[must_use]
    pub const fn row(
        name: &'static str,
        kind: Kind,
        default: fn() -> Option<Value>,
        description: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            default,
            description,
            place: Place::Row,
            check: any,
            entered: any,
        }
    }

    /// The name under which [`crate::store::tables::config::load_config`] gives the stored value.
    #[must_use]
    pub fn stored_name(&self) -> String {
        match self.place {
            Place::Row => self.name.to_owned(),
            Place::Column { table, column } => format!("{table}.{column}"),
        }
    }

    /// Reads a stored value, and asks the room.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn read(&self, json: &Json) -> Result<Value, ValueError> {
        let value = self.kind.from_json(json)?;
        (self.check)(&value)?;
        Ok(value)
    }

    /// Reads what the database holds: nothing where that counts as unset. A column cannot be absent, so one that holds
    /// NULL or the default is unset; a row that is there has a value.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn read_stored(&self, json: &Json) -> Result<Option<Value>, ValueError> {
        if json.is_null() && self.place != Place::Row {
            return Ok(None);
        }
        self.read(json).map(|value| self.unless_default(value))
    }

    /// The value as it is kept: none where it is a column's default, see [`KeySpec::read_stored`].
    #[must_use]
    pub fn unless_default(&self, value: Value) -> Option<Value> {
        let is_column = self.place != Place::Row;
        (!is_column || Some(&value) != (self.default)().as_ref()).then_some(value)
    }

    /// Holds what a person entered against all that the room asks.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn accept(&self, value: &Value) -> Result<(), ValueError> {
        (self.check)(value)?;
        (self.entered)(value)
    }

    /// The default as a person reads it.
    #[must_use]
    pub fn default_shown(&self) -> String {
        (self.default)().map_or_else(|| "unset".into(), |value| value.show(&self.kind))
    }
}

/// For keys whose absence means something.
#[must_use]
pub const fn unset() -> Option<Value> {
    None
}

/// For keys of which every value of their kind is good.
///
/// # Errors
/// Never.
pub const fn any(_value: &Value) -> Result<(), ValueError> {
    Ok(())
}
