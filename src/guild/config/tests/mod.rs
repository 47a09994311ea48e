//! Tests of kinds, keys, changes and snapshots. All of it is pure.

mod changes;
mod snapshots;
mod values;

use super::key::KeySpec;
use super::value::{Kind, Value};

static SWITCH: KeySpec = KeySpec::row(
    "SWITCH",
    Kind::Bool,
    || Some(Value::Bool(true)),
    "A switch.",
);

static CHANNEL: KeySpec = KeySpec::row("CHANNEL", Kind::Channel, super::key::unset, "A channel.");

static WORDS: KeySpec = KeySpec::row(
    "WORDS",
    Kind::Texts {
        entries: 3,
        most: 5,
    },
    || Some(Value::Texts([].into())),
    "Some words.",
);

static USERS: KeySpec = KeySpec::row("USERS", Kind::Users, super::key::unset, "Some users.");

fn words(words: &[&str]) -> Value {
    Value::Texts(words.iter().map(|word| (*word).into()).collect())
}
