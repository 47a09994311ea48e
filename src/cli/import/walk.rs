//! Walks through a JSON file of any size and hands its records on one by one, each as the text that stands there.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufReader, Read};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::place::Place;

/// How the records of a file lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// An object: each value is a record.
    Entries,
    /// An object of lists: each entry of a list is a record.
    Lists,
    /// A list: each entry is a record.
    Items,
}

/// One record.
#[derive(Debug)]
pub(super) struct Record<'r> {
    /// Where it stands.
    pub(super) place: Place,
    /// Its JSON; empty where there is something else than a list of records.
    pub(super) json: &'r str,
}

impl Record<'_> {
    /// The key under which it stands.
    pub(super) fn key(&self) -> &str {
        self.place.key.as_deref().unwrap_or_default()
    }
}

/// Why a file cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It is no JSON from there on, or has another shape.
    #[error("line {line}, column {column}: {what}")]
    Content {
        line: usize,
        column: usize,
        what: String,
    },
    /// The system gave it only in part.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// Nobody wants the rest.
    #[error("stopped")]
    Stopped,
}

/// The most bytes of one record: what is larger is no record of a bot, and would fill the memory.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Said in place of a record's end.
const STOPPED: &str = "stopped";

/// Hands each record to `each` until that returns false. `read` counts the bytes that were read.
pub(super) fn walk(
    source: impl Read,
    shape: Shape,
    read: &AtomicU64,
    each: &mut dyn FnMut(Record<'_>) -> bool,
) -> Result<(), Fault> {
    let since = Rc::new(Cell::new(0));
    let source = Meter {
        inner: source,
        since: Rc::clone(&since),
        read,
    };
    let source = BufReader::with_capacity(64 * 1024, source);
    let mut each = |record: Record<'_>| {
        since.set(0);
        each(record)
    };
    let mut json = serde_json::Deserializer::from_reader(source);
    let root = Root {
        shape,
        each: &mut each,
    };
    root.deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(fault)
}

fn fault(error: serde_json::Error) -> Fault {
    match error.classify() {
        Category::Io => Fault::Read(error.into()),
        Category::Data if error.to_string().starts_with(STOPPED) => Fault::Stopped,
        _ => Fault::Content {
            line: error.line(),
            column: error.column(),
            what: without_place(&error),
        },
    }
}

/// What is wrong, without the line and column at the end.
pub(super) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    what.to_owned()
}

/// Counts what is read, and ends a record that does not end.
struct Meter<'m, R> {
    inner: R,
    since: Rc<Cell<u64>>,
    read: &'m AtomicU64,
}

impl<R: Read> Read for Meter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        self.since.set(self.since.get() + count as u64);
        if self.since.get() > MOST_BYTES {
            return Err(io::Error::other("a record is larger than 64 MiB"));
        }
        Ok(count)
    }
}

struct Root<'e> {
    shape: Shape,
    each: &'e mut dyn FnMut(Record<'_>) -> bool,
}

impl<'de> DeserializeSeed<'de> for Root<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        match self.shape {
            Shape::Items => json.deserialize_seq(self),
            Shape::Entries | Shape::Lists => json.deserialize_map(self),
        }
    }
}

impl<'de> Visitor<'de> for Root<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.shape {
            Shape::Items => "a list of records",
            Shape::Entries | Shape::Lists => "an object of records",
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Box<RawValue>>()? {
            let key: Arc<str> = decoded(key.get()).into();
            if self.shape == Shape::Lists {
                map.next_value_seed(List {
                    key,
                    each: self.each,
                })?;
            } else {
                let json = map.next_value::<Box<RawValue>>()?;
                hand_on(self.each, (Some(key), None), json.get())?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(json) = items.next_element::<Box<RawValue>>()? {
            hand_on(self.each, (None, Some(index)), json.get())?;
            index += 1;
        }
        Ok(())
    }
}

/// A key that is no text stays as it stands there; it is no id in any case.
fn decoded(raw: &str) -> String {
    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned())
}

fn hand_on<E: serde::de::Error>(
    each: &mut dyn FnMut(Record<'_>) -> bool,
    (key, index): (Option<Arc<str>>, Option<u64>),
    json: &str,
) -> Result<(), E> {
    let place = Place { key, index };
    if each(Record { place, json }) {
        return Ok(());
    }
    Err(E::custom(STOPPED))
}

/// The list under a key; anything else there is handed on as a record without text.
struct List<'e> {
    key: Arc<str>,
    each: &'e mut dyn FnMut(Record<'_>) -> bool,
}

impl List<'_> {
    fn no_list<E: serde::de::Error>(self) -> Result<(), E> {
        hand_on(self.each, (Some(self.key), None), "")
    }
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(json) = items.next_element::<Box<RawValue>>()? {
            let place = (Some(Arc::clone(&self.key)), Some(index));
            hand_on(self.each, place, json.get())?;
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.no_list()
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.no_list()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.no_list()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.no_list()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.no_list()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.no_list()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.no_list()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(text: &[u8], shape: Shape) -> (Vec<String>, Option<String>) {
        let mut records = Vec::new();
        let outcome = walk(text, shape, &AtomicU64::new(0), &mut |record| {
            records.push(format!("{} {}", record.place.pointer(None), record.json));
            records.len() < 5
        });
        (records, outcome.err().map(|fault| fault.to_string()))
    }

    #[test]
    fn records_are_handed_on_one_by_one() {
        let (records, fault) = walked(br#"{"1": {"a": 1}, "2": [3]}"#, Shape::Entries);
        assert_eq!(records, [r#"/1 {"a": 1}"#, "/2 [3]"]);
        assert_eq!(fault, None);
        let (records, _) = walked(br#"{"1_2": [ {} , 7], "3_4": []}"#, Shape::Lists);
        assert_eq!(records, ["/1_2/0 {}", "/1_2/1 7"]);
        let (records, _) = walked(br#"[1, "2"]"#, Shape::Items);
        assert_eq!(records, ["/0 1", r#"/1 "2""#]);
    }

    #[test]
    fn what_is_no_list_is_a_record_without_text() {
        for other in ["1", "-1", "1.5", "true", "null", "\"a\"", "{\"a\": [1]}"] {
            let text = format!("{{\"1_2\": {other}, \"3_4\": [1]}}");
            let (records, fault) = walked(text.as_bytes(), Shape::Lists);
            assert_eq!(records, ["/1_2 ", "/3_4/0 1"], "{other}");
            assert_eq!(fault, None, "{other}");
        }
    }

    #[test]
    fn a_fault_has_its_line_and_column_and_what_came_before_is_handed_on() {
        let (records, fault) = walked(b"{\"1\": 1,\r\n \"2\": }", Shape::Entries);
        assert_eq!(records, ["/1 1"]);
        assert_eq!(fault.as_deref(), Some("line 2, column 7: expected value"));
        let (_, fault) = walked(b"{\"1\": 1} x", Shape::Entries);
        assert_eq!(
            fault.as_deref(),
            Some("line 1, column 10: trailing characters")
        );
        let (_, fault) = walked(b"{\"1\": [", Shape::Entries);
        assert!(fault.is_some_and(|fault| fault.contains("EOF")));
        let (_, fault) = walked(b"[1]", Shape::Entries);
        assert!(fault.is_some_and(|fault| fault.contains("expected an object of records")));
        let (_, fault) = walked(b"{\"1\": \"\xff\"}", Shape::Entries);
        assert!(fault.is_some());
    }

    #[test]
    fn the_walk_ends_when_nobody_wants_more() {
        let (records, fault) = walked(b"[1, 2, 3, 4, 5, 6, 7]", Shape::Items);
        assert_eq!(records.len(), 5);
        assert_eq!(fault.as_deref(), Some("stopped"));
    }

    #[test]
    fn half_a_letter_harms_only_its_record() {
        let (records, fault) = walked(br#"{"\ud800": 1, "2": "\ud800"}"#, Shape::Entries);
        assert_eq!(records, [r"/\ud800 1", r#"/2 "\ud800""#]);
        assert_eq!(fault, None);
    }

    #[test]
    fn a_record_without_end_does_not_fill_the_memory() {
        let endless = b"[\"".chain(io::repeat(b'a'));
        let fault = walk(endless, Shape::Items, &AtomicU64::new(0), &mut |_| true);
        let fault = fault.expect_err("it does not end").to_string();
        assert_eq!(fault, "a record is larger than 64 MiB");
    }

    #[test]
    fn depth_is_no_harm() {
        let deep = format!("[{}{}]", "[".repeat(100_000), "]".repeat(100_000));
        let (records, fault) = walked(deep.as_bytes(), Shape::Items);
        assert_eq!((records.len(), fault), (1, None));
    }
}
