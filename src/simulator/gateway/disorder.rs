//! Faults in the stream of events: some come twice, some change places, all carry things that nobody knows yet.

use serde_json::{Map, Value, json};

use crate::simulator::world::event::Event;

/// The name of an event that no client knows.
pub(super) const UNKNOWN: &str = "INVENTED_TOMORROW";
/// The field that known events carry beside their own.
const FIELD: &str = "invented_field";

/// Which faults the next events run into.
#[derive(Debug, Default)]
pub(crate) struct Disorder {
    /// How many of the next events are sent twice.
    pub(crate) duplicates: u32,
    /// How many pairs of the next events change places.
    pub(crate) swaps: u32,
    /// The event that lets the one after it go first.
    held: Option<Event>,
}

impl Disorder {
    /// What is sent instead of what was said.
    pub(super) fn upset(&mut self, said: Vec<Event>) -> Vec<Event> {
        if self.duplicates == 0 && self.swaps == 0 && self.held.is_none() {
            return said;
        }
        let mut sent = Vec::with_capacity(said.len() + 1);
        for event in said {
            if let Some(held) = self.held.take() {
                sent.extend([event, held]);
            } else if self.swaps > 0 {
                self.swaps -= 1;
                self.held = Some(event);
            } else if self.duplicates > 0 {
                self.duplicates -= 1;
                sent.extend([event.clone(), event]);
            } else {
                sent.push(event);
            }
        }
        sent
    }
}

/// Adds a field that no client knows to every object of an event. Objects whose keys are ids are lists, not records,
/// and stay as they are.
pub(super) fn estranged(body: &str) -> String {
    let Ok(mut body) = serde_json::from_str(body) else {
        return body.to_owned();
    };
    estrange(&mut body);
    body.to_string()
}

fn estrange(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(estrange),
        Value::Object(map) => {
            map.values_mut().for_each(estrange);
            if is_record(map) {
                map.insert(FIELD.to_owned(), json!({"of": ["tomorrow", 1, null]}));
            }
        }
        _ => {}
    }
}

fn is_record(map: &Map<String, Value>) -> bool {
    let is_id = |key: &String| key.bytes().all(|byte| byte.is_ascii_digit());
    !map.keys().all(is_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(names: &[&str]) -> Vec<Event> {
        let event = |name: &&str| Event::new(name, None, 0, "{}".to_owned());
        names.iter().map(event).collect()
    }

    fn names(events: &[Event]) -> String {
        events.iter().map(|event| event.name.as_str()).collect()
    }

    #[test]
    fn in_order_everything_stays_as_it_is() {
        let sent = Disorder::default().upset(said(&["A", "B", "C"]));
        assert_eq!(names(&sent), "ABC");
    }

    #[test]
    fn the_next_two_change_places_even_when_they_come_one_by_one() {
        let mut disorder = Disorder {
            swaps: 1,
            ..Disorder::default()
        };
        assert_eq!(names(&disorder.upset(said(&["A"]))), "");
        assert_eq!(names(&disorder.upset(said(&["B", "C"]))), "BAC");
        assert_eq!(names(&disorder.upset(said(&["D"]))), "D");
    }

    #[test]
    fn as_many_as_asked_for_come_twice() {
        let mut disorder = Disorder {
            duplicates: 2,
            ..Disorder::default()
        };
        assert_eq!(names(&disorder.upset(said(&["A", "B", "C"]))), "AABBC");
        assert_eq!(names(&disorder.upset(said(&["D"]))), "D");
    }

    #[test]
    fn records_at_every_depth_get_a_strange_field_and_lists_by_id_do_not() {
        let body = json!({"author": {"id": "5"}, "users": {"5": {"id": "5"}}, "list": [{"a": 1}], "none": {}});
        let strange: Value =
            serde_json::from_str(&estranged(&body.to_string())).expect("still json");
        for record in ["", "/author", "/users/5", "/list/0"] {
            let found = strange.pointer(record).expect(record);
            assert!(found.get(FIELD).is_some(), "{record}");
        }
        assert_eq!(strange["users"].as_object().map(Map::len), Some(1));
        assert_eq!(strange["none"], json!({}));
        assert_eq!(estranged("no json"), "no json");
    }
}
