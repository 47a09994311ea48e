//! What a key holds after an edit.

use super::{CHANNEL, SWITCH, USERS, WORDS, words};
use crate::guild::config::change::{Edit, after};
use crate::guild::config::key::KeySpec;
use crate::guild::config::registry::Registry;
use crate::guild::config::snapshot::{Reading, Values};
use crate::guild::config::value::Value;
use crate::store::tables::config::StoredConfig;

/// Values in which one key is set.
fn having(key: &'static KeySpec, value: Value) -> Values {
    let registry = Registry::new(&[&SWITCH, &CHANNEL, &WORDS, &USERS], vec![]);
    let mut reading = Reading::of(&registry, StoredConfig::default());
    reading.repair(key, Some(value));
    reading.into_values()
}

#[test]
fn entries_are_added_once_and_in_order() {
    let now = having(&WORDS, words(&["b", "a"]));
    let added = after(&now, &WORDS, &Edit::Add(words(&["a", "c"])));
    assert_eq!(added, Ok(Some(words(&["b", "a", "c"]))));
    let same = after(&now, &WORDS, &Edit::Add(words(&["a"])));
    assert_eq!(same, Ok(Some(words(&["b", "a"]))));
}

#[test]
fn entries_are_taken_out_where_they_are() {
    let now = having(&USERS, Value::Ids([1, 2, 3].into()));
    let removed = after(&now, &USERS, &Edit::Remove(Value::Ids([2, 9].into())));
    assert_eq!(removed, Ok(Some(Value::Ids([1, 3].into()))));
}

#[test]
fn an_unset_list_is_empty_and_taking_from_it_leaves_it_unset() {
    let now = Values::default();
    let add = Edit::Add(Value::Ids([1].into()));
    assert_eq!(after(&now, &USERS, &add), Ok(Some(Value::Ids([1].into()))));
    let remove = Edit::Remove(Value::Ids([1].into()));
    assert_eq!(after(&now, &USERS, &remove), Ok(None));
    assert_eq!(after(&now, &WORDS, &Edit::Remove(words(&["a"]))), Ok(None));
}

#[test]
fn the_whole_list_keeps_its_bounds() {
    let now = having(&WORDS, words(&["a", "b", "c"]));
    after(&now, &WORDS, &Edit::Add(words(&["d"]))).expect_err("one too many");
    after(&now, &WORDS, &Edit::Add(words(&["too long"]))).expect_err("too long");
    after(&now, &WORDS, &Edit::Set(Value::Bool(true))).expect_err("no list");
}

#[test]
fn clearing_unsets_and_only_lists_take_entries() {
    let now = having(&SWITCH, Value::Bool(false));
    assert_eq!(after(&now, &SWITCH, &Edit::Clear), Ok(None));
    let error = after(&now, &SWITCH, &Edit::Add(words(&["a"]))).expect_err("no list");
    assert_eq!(error.to_string(), "SWITCH holds a single value, not a list");
    after(&now, &CHANNEL, &Edit::Remove(Value::Ids([1].into()))).expect_err("no list");
    after(&now, &USERS, &Edit::Add(words(&["a"]))).expect_err("texts are no users");
}
