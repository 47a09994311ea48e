//! The fields of a record, each read as what it has to be.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value as Json;

use super::place::INSIDE;
use super::walk::without_place;
use super::zone::Zone;

/// What does not fit, and in which field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) field: Option<String>,
    pub(super) reason: String,
}

impl Wrong {
    /// The record as a whole.
    pub(super) fn record(reason: impl Into<String>) -> Self {
        Self {
            field: None,
            reason: reason.into(),
        }
    }

    /// One field.
    pub(super) fn field(name: &str, reason: impl Into<String>) -> Self {
        Self {
            field: Some(name.to_owned()),
            reason: reason.into(),
        }
    }

    /// The same inside a field.
    pub(super) fn inside(self, outer: &str) -> Self {
        let field = match self.field {
            Some(inner) => format!("{outer}{INSIDE}{inner}"),
            None => outer.to_owned(),
        };
        Self {
            field: Some(field),
            reason: self.reason,
        }
    }
}

/// An object's fields. A name that stands twice makes the object unreadable: nobody can tell which was meant.
#[derive(Debug, Default)]
pub(super) struct Fields<'r>(Vec<(Cow<'r, str>, Json)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields: Vec<(Cow<'de, str>, Json)> = Vec::with_capacity(8);
        while let Some(Name(name)) = map.next_key()? {
            if fields.iter().any(|(there, _)| *there == name) {
                let name: String = name.chars().take(60).collect();
                return Err(A::Error::custom(format!("the field {name} stands twice")));
            }
            fields.push((name, map.next_value()?));
        }
        Ok(Fields(fields))
    }
}

/// Borrowed where it can be; plain `Cow` never borrows.
#[derive(Deserialize)]
struct Name<'r>(#[serde(borrow)] Cow<'r, str>);

impl<'r> Fields<'r> {
    /// Reads an object.
    pub(super) fn read(json: &'r str) -> Result<Self, Wrong> {
        serde_json::from_str(json).map_err(|error| Wrong::record(without_place(&error)))
    }

    /// The same of a value that is there already.
    pub(super) fn of(json: Json) -> Result<Fields<'static>, Wrong> {
        match json {
            Json::Object(fields) => Ok(Fields(
                fields
                    .into_iter()
                    .map(|(name, value)| (Cow::Owned(name), value))
                    .collect(),
            )),
            _ => Err(Wrong::record("it is no object")),
        }
    }

    /// Takes a field; null counts as missing.
    pub(super) fn take(&mut self, name: &str) -> Option<Json> {
        let field = self.0.iter_mut().find(|(there, _)| there == name)?;
        let value = std::mem::take(&mut field.1);
        (!value.is_null()).then_some(value)
    }

    /// All fields, by name, with those that are null.
    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Json)> {
        self.0
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value))
    }

    /// An id that has to be there.
    pub(super) fn id(&mut self, name: &str) -> Result<i64, Wrong> {
        let id = self.find_id(name)?;
        id.ok_or_else(|| Wrong::field(name, "it is missing"))
    }

    /// An id that may be missing.
    pub(super) fn find_id(&mut self, name: &str) -> Result<Option<i64>, Wrong> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let id = id(&value).ok_or_else(|| Wrong::field(name, NO_ID))?;
        Ok(Some(id))
    }

    /// A text of at most so many characters; one that is empty counts as missing.
    pub(super) fn find_text(&mut self, name: &str, most: usize) -> Result<Option<String>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::String(text)) if text.is_empty() => Ok(None),
            Some(Json::String(text)) => {
                fits(&text, most).map_err(|why| Wrong::field(name, why))?;
                Ok(Some(text))
            }
            Some(_) => Err(Wrong::field(name, "it is no text")),
        }
    }

    /// A text that has to be there.
    pub(super) fn text(&mut self, name: &str, most: usize) -> Result<String, Wrong> {
        let text = self.find_text(name, most)?;
        text.ok_or_else(|| Wrong::field(name, "it is missing"))
    }

    /// A time that has to be there.
    pub(super) fn time(&mut self, name: &str, zone: Zone) -> Result<DateTime<Utc>, Wrong> {
        let time = self.find_time(name, zone)?;
        time.ok_or_else(|| Wrong::field(name, "it is missing"))
    }

    /// A time that may be missing.
    pub(super) fn find_time(
        &mut self,
        name: &str,
        zone: Zone,
    ) -> Result<Option<DateTime<Utc>>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Json::String(text)) => {
                let time = zone.read(&text);
                time.map(Some).map_err(|why| Wrong::field(name, why))
            }
            Some(_) => Err(Wrong::field(
                name,
                "it is no time as in 2024-05-01T12:00:00Z",
            )),
        }
    }

    /// A whole number that may be missing.
    pub(super) fn find_number(&mut self, name: &str, most: i64) -> Result<Option<i64>, Wrong> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let number = match &value {
            Json::String(text) => digits(text),
            other => other.as_i64(),
        };
        let number = number.filter(|number| (0..=most).contains(number));
        let why = || Wrong::field(name, format!("it is no whole number from 0 to {most}"));
        number.map(Some).ok_or_else(why)
    }
}

/// Said of what should be an id.
pub(super) const NO_ID: &str = "it is no id: a whole number above 0 and below 2^63";

/// An id as a number or as digits.
pub(super) fn id(value: &Json) -> Option<i64> {
    match value {
        Json::Number(number) => number.as_i64().filter(|id| *id > 0),
        Json::String(text) => id_in(text),
        _ => None,
    }
}

/// An id as digits.
pub(super) fn id_in(text: &str) -> Option<i64> {
    digits(text).filter(|id| *id > 0)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Whether the database can hold a text.
pub(super) fn fits(text: &str, most: usize) -> Result<(), String> {
    if text.contains('\0') {
        return Err("it holds a NUL character, which PostgreSQL cannot store".to_owned());
    }
    if text.len() > most && text.chars().count() > most {
        return Err(format!("it has more than {most} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason<T: fmt::Debug>(outcome: Result<T, Wrong>) -> String {
        let wrong = outcome.expect_err("it does not fit");
        format!("{}: {}", wrong.field.unwrap_or_default(), wrong.reason)
    }

    #[test]
    fn ids_come_as_numbers_and_as_texts() {
        for (json, id) in [
            ("1", Some(1)),
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("\"9007199254740993\"", Some(9_007_199_254_740_993)),
            ("9223372036854775807", Some(i64::MAX)),
            ("9223372036854775808", None),
            ("\"9223372036854775808\"", None),
            ("0", None),
            ("-1", None),
            ("1.0", None),
            ("1e17", None),
            ("\"1.5\"", None),
            ("\"+5\"", None),
            ("\" 5\"", None),
            ("\"\"", None),
            ("true", None),
            ("[1]", None),
        ] {
            let value: Json = serde_json::from_str(json).expect("JSON");
            assert_eq!(super::id(&value), id, "{json}");
        }
    }

    #[test]
    fn fields_are_what_they_have_to_be() {
        let mut fields = Fields::read(
            r#"{"id": "7", "text": "aé", "none": null, "empty": "", "nul": "\u0000", "n": 5, "m": "6", "no": -1}"#,
        )
        .expect("an object");
        assert_eq!(fields.id("id"), Ok(7));
        assert_eq!(
            reason(fields.text("text", 1)),
            "text: it has more than 1 characters"
        );
        assert_eq!(fields.find_text("none", 5), Ok(None));
        assert_eq!(fields.find_text("empty", 5), Ok(None));
        assert_eq!(reason(fields.text("empty", 5)), "empty: it is missing");
        assert!(reason(fields.text("nul", 5)).contains("NUL"));
        assert_eq!(fields.find_number("n", 9), Ok(Some(5)));
        assert_eq!(fields.find_number("m", 9), Ok(Some(6)));
        assert_eq!(
            reason(fields.find_number("no", 9)),
            "no: it is no whole number from 0 to 9"
        );
        assert_eq!(
            reason(fields.time("at", Zone::default())),
            "at: it is missing"
        );
    }

    #[test]
    fn what_is_no_readable_object_is_refused() {
        for (json, why) in [
            ("[]", "invalid type: sequence, expected an object"),
            ("7", "invalid type: integer `7`, expected an object"),
            (r#"{"a": 1, "a": 2}"#, "the field a stands twice"),
            (r#"{"a": "\ud800"}"#, "unexpected end of hex escape"),
            (r#"{"a": 1e999}"#, "number out of range"),
        ] {
            let wrong = Fields::read(json).expect_err("no object");
            assert_eq!(wrong, Wrong::record(why), "{json}");
        }
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(1_000), "]".repeat(1_000));
        let wrong = Fields::read(&deep).expect_err("too deep");
        assert_eq!(wrong, Wrong::record("recursion limit exceeded"));
    }

    #[test]
    fn a_field_inside_a_field_has_both_names() {
        let wrong = Wrong::field("b", "why").inside("a");
        assert_eq!(wrong.field.as_deref(), Some("a\u{1f}b"));
        assert_eq!(Wrong::record("why").inside("a"), Wrong::field("a", "why"));
    }
}
