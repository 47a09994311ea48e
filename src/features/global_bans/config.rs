//! The room's key: a server may opt out.

use crate::guild::config::key::{KeySpec, any};
use crate::guild::config::value::{Kind, Value};
use crate::store::tables::config::Place;

/// Whether global bans hold in this server.
pub(super) static ENABLED: KeySpec = KeySpec {
    name: "GLOBAL_BANS_ENABLED",
    kind: Kind::Bool,
    default: || Some(Value::Bool(true)),
    description: "Whether users whom the operators of AIMod have banned everywhere are kept out of this server.",
    place: Place::Row,
    check: any,
    entered: any,
};

/// All keys of the room.
pub(super) static KEYS: [&KeySpec; 1] = [&ENABLED];
