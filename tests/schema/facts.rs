//! What the project keeps of Discord's description: fields, whether they are required, and their types.
//!
//! A type is written as its alternatives: `string|null`, `[@UserResponse]` for a list, `{integer}` for a map from texts,
//! `@Name` for a shape of its own, `any`. A field whose name ends in `?` may be left out.

use aimod::simulator::{Exchange, Traffic};
use serde_json::Value;

use super::judge::{finding, frame_name};
use super::openapi;
use super::report::Report;

/// The facts as they are committed. Source: Discord's `discord-api-spec` (`openapi.json`) and the gateway types of
/// `discord-api-types` (`gateway-receive.schema.json`), both under the MIT licence.
pub(crate) fn stored() -> String {
    std::fs::read_to_string(PATH).expect("facts.json can be read")
}

pub(crate) const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schema/facts.json");

/// Under which name the answers of a status are kept: all errors but 429 are alike.
pub(crate) fn class(status: u16) -> String {
    match status {
        ..400 | 429 => status.to_string(),
        _ => "error".to_owned(),
    }
}

/// The facts, read.
pub(crate) struct Facts(Value);

impl Facts {
    pub(crate) fn stored() -> Self {
        Self(serde_json::from_str(&stored()).expect("facts.json is JSON"))
    }

    pub(crate) fn check(&self, traffic: &Traffic, report: &mut Report) {
        for exchange in &traffic.exchanges {
            self.exchange(exchange, report);
        }
        for frame in &traffic.frames {
            let frame: Value = serde_json::from_str(frame).expect("a frame is JSON");
            let name = frame_name(&frame);
            report.frame(&name);
            if frame["op"] != 0 {
                continue;
            }
            match self.0["events"][&name].as_str() {
                Some(kind) => self.look(&name, kind, &frame["d"], report),
                None => report.finding(finding(&name, "", "no fact about this event is kept")),
            }
        }
    }

    fn exchange(&self, exchange: &Exchange, report: &mut Report) {
        let Some(operation) = openapi::find(&self.0, &exchange.method, &exchange.path) else {
            if exchange.status < 400 {
                let name = format!("{} {}", exchange.method, exchange.route);
                report.finding(finding(&name, "", "no fact about this operation is kept"));
            }
            return;
        };
        report.operation(&operation.name);
        let described = operation.described();
        if let Some(kind) = described["body"].as_str()
            && exchange.status < 400
            && !exchange.sent.is_null()
        {
            let subject = format!("body of {}", operation.name);
            self.look(&subject, kind, &exchange.sent, report);
        }
        let subject = format!("{} of {}", exchange.status, operation.name);
        match described[class(exchange.status)].as_str() {
            Some(kind) => self.look(&subject, kind, &exchange.answer, report),
            None => report.finding(finding(&subject, "", "no fact about this status is kept")),
        }
    }

    fn look(&self, subject: &str, kind: &str, value: &Value, report: &mut Report) {
        if let Err((place, problem)) = self.fits(kind, value) {
            report.finding(finding(subject, &place, &problem));
        }
    }

    /// Whether a value is of a type; else where it is not, and why.
    fn fits(&self, kind: &str, value: &Value) -> Result<(), (String, String)> {
        let tried: Vec<_> = alternatives(kind)
            .into_iter()
            .map(|one| self.fits_one(one, value))
            .collect();
        if tried.iter().any(Result::is_ok) {
            return Ok(());
        }
        // The alternative that failed deepest inside is the one that was meant.
        let errors = tried.into_iter().filter_map(Result::err);
        let nearest = errors.max_by_key(|(place, _)| place.matches('/').count());
        Err(nearest.unwrap_or_default())
    }

    fn fits_one(&self, kind: &str, value: &Value) -> Result<(), (String, String)> {
        let inside = |open: char, close: char| kind.strip_prefix(open)?.strip_suffix(close);
        let at = |place: String| move |(inner, problem)| (format!("/{place}{inner}"), problem);
        match (value, inside('[', ']'), inside('{', '}')) {
            (Value::Array(list), Some(of), _) => {
                let mut all = (0..).zip(list);
                return all.try_for_each(|(number, one)| {
                    self.fits(of, one).map_err(at(i32::to_string(&number)))
                });
            }
            (Value::Object(map), _, Some(of)) => {
                let mut all = map.iter();
                return all
                    .try_for_each(|(name, one)| self.fits(of, one).map_err(at(name.to_owned())));
            }
            _ => {}
        }
        if let Some(shape) = kind.strip_prefix('@') {
            return self.fits_shape(shape, value);
        }
        let fits = match kind {
            "any" => true,
            "nothing" | "null" => value.is_null(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "object" => value.is_object(),
            _ => false,
        };
        let problem = || format!("{value:.60} is no {kind}");
        fits.then_some(()).ok_or_else(|| (String::new(), problem()))
    }

    fn fits_shape(&self, shape: &str, value: &Value) -> Result<(), (String, String)> {
        let own = |problem: String| (String::new(), problem);
        let Value::Object(map) = value else {
            return Err(own(format!("{value:.60} is no {shape}")));
        };
        let fields = self.0["shapes"][shape].as_object();
        for (field, kind) in fields.ok_or_else(|| own(format!("no shape {shape}")))? {
            let name = field.trim_end_matches('?');
            match (map.get(name), kind.as_str()) {
                (Some(value), Some(kind)) => self
                    .fits(kind, value)
                    .map_err(|(place, problem)| (format!("/{name}{place}"), problem))?,
                (None, _) if field.len() == name.len() => {
                    return Err(own(format!("{shape} needs {name}")));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The alternatives of a type, at the bars that stand in no bracket.
fn alternatives(kind: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_i32, 0, Vec::new());
    for (place, c) in kind.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            '|' if depth == 0 => {
                found.push(&kind[start..place]);
                start = place + 1;
            }
            _ => {}
        }
    }
    found.push(&kind[start..]);
    found
}

#[test]
fn alternatives_are_split_outside_of_brackets() {
    assert_eq!(alternatives("null|[a|b]|{c|d}"), ["null", "[a|b]", "{c|d}"]);
    assert_eq!(alternatives("string"), ["string"]);
}

#[test]
fn a_value_is_held_against_its_type() {
    let facts = Facts(serde_json::json!({"shapes": {"User": {"id": "string", "age?": "integer"}}}));
    let fits = |kind: &str, value: Value| facts.fits(kind, &value);
    assert_eq!(
        fits("null|[@User]", serde_json::json!([{"id": "1"}])),
        Ok(())
    );
    assert_eq!(fits("{integer}", serde_json::json!({"a": 1})), Ok(()));
    let missing = fits("[@User]", serde_json::json!([{"id": "1"}, {}]));
    assert_eq!(missing, Err(("/1".to_owned(), "User needs id".to_owned())));
    let wrong = fits("null|@User", serde_json::json!({"id": "1", "age": "x"}));
    assert_eq!(wrong.expect_err("wrong").0, "/age");
}
