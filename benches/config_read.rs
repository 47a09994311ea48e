//! What a configuration read through the snapshot costs, set and unset keys, against plain maps.

#[path = "support/table.rs"]
mod table;
#[path = "support/timing.rs"]
mod timing;

use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;
use std::sync::{Arc, RwLock};

use aimod::domain::ids::ConfigVersion;
use aimod::features;
use aimod::guild::config::key::KeySpec;
use aimod::guild::config::registry::Registry;
use aimod::guild::config::snapshot::{Reading, Snapshot};
use aimod::guild::config::value::Value;
use aimod::guild::keys::{self, MODERATOR_ROLE_ID, PREFIX};
use aimod::store::tables::config::StoredConfig;
use arc_swap::ArcSwapOption;
use serde_json::json;

use table::Line;
use timing::{Subject, batch, medians};

const ROUNDS: usize = 20_000;
const CALLS: u32 = 200;

/// A key of kind bool.
const ON: &str = "APPEALS_ENABLED";

/// A guild that has set two keys of its own; the others stand at their defaults or are unset.
fn snapshot(registry: &Registry) -> Snapshot {
    let stored = StoredConfig {
        version: ConfigVersion(3),
        changed_at: None,
        values: BTreeMap::from([
            (ON.to_owned(), json!(false)),
            (PREFIX.name.to_owned(), json!("?")),
        ]),
    };
    let snapshot = Reading::of(registry, stored).compile(registry);
    assert_eq!(snapshot.misfits(), []);
    assert!(snapshot.values().find(&MODERATOR_ROLE_ID).is_none());
    snapshot
}

/// The same values in the maps that one would write without a snapshot.
fn plain(snapshot: &Snapshot) -> HashMap<String, Value> {
    keys::ALL
        .iter()
        .filter_map(|key| {
            let value = snapshot.values().find(key)?;
            Some((key.name.to_owned(), value.clone()))
        })
        .collect()
}

fn main() {
    let registry = Registry::new(&keys::ALL, features::judges());
    let on = registry.find(ON).expect("a room declares it");
    let snapshot = Arc::new(snapshot(&registry));
    let map = plain(&snapshot);
    let locked = RwLock::new(map.clone());
    let slot = ArcSwapOption::from(Some(snapshot));

    let guard = || slot.load();
    let by_lock = |key: &KeySpec| {
        let map = locked.read().expect("nobody panics under the lock");
        map.get(black_box(key.name)).cloned()
    };
    let by_map = |key: &KeySpec| map.contains_key(black_box(key.name));
    let mut subjects: Vec<Subject<'_>> = vec![
        batch(CALLS, || {
            guard().as_ref().map(|s| s.values().bool(black_box(on)))
        }),
        batch(CALLS, || {
            guard()
                .as_ref()
                .map(|s| s.values().text(black_box(&PREFIX)).map(str::len))
        }),
        batch(CALLS, || {
            guard()
                .as_ref()
                .map(|s| s.values().find(black_box(&MODERATOR_ROLE_ID)).is_none())
        }),
        batch(CALLS, || by_lock(&PREFIX)),
        batch(CALLS, || by_lock(&MODERATOR_ROLE_ID)),
        batch(CALLS, || by_map(&PREFIX)),
        batch(CALLS, || by_map(&MODERATOR_ROLE_ID)),
    ];
    let times = medians(ROUNDS, &mut subjects);

    let line = |what: &str, figure: usize, reference: usize, against: &str| Line {
        what: what.to_owned(),
        figure: times[figure],
        reference: times[reference],
        against: against.to_owned(),
        target: "≤ 100 ns",
    };
    let lines = [
        line("set key, bool", 0, 3, "RwLock<HashMap>, value cloned"),
        line("set key, text", 1, 3, "RwLock<HashMap>, value cloned"),
        line("set key, text", 1, 5, "HashMap without a lock"),
        line("unset key", 2, 4, "RwLock<HashMap>"),
        line("unset key", 2, 6, "HashMap without a lock"),
    ];
    table::print("cargo bench --bench config_read", "ns p50", &lines);
}
