//! The full comparison: a JSON Schema validator over Discord's files.

use std::collections::{BTreeMap, HashMap};

use aimod::simulator::{Exchange, Traffic};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

use super::files::Files;
use super::openapi::{self, Operation};
use super::report::{Finding, Report};

const API: &str = "https://discord.invalid/openapi.json";
const GATEWAY: &str = "https://discord.invalid/gateway.json";

/// Judges traffic by Discord's files. Validators are built when they are first needed.
pub(crate) struct Judge<'a> {
    files: &'a Files,
    registry: Registry<'a>,
    frames: BTreeMap<String, String>,
    built: HashMap<String, Validator>,
}

impl<'a> Judge<'a> {
    pub(crate) fn new(files: &'a Files) -> Self {
        let mut api = files.api.clone();
        // Where a reference has neighbours, OpenAPI's descriptions, the draft would be guessed.
        api["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(API, api)
            .and_then(|registry| registry.add(GATEWAY, files.gateway.clone()))
            .and_then(jsonschema::RegistryBuilder::prepare);
        Self {
            files,
            registry: registry.expect("both files refer only to themselves"),
            frames: frames(&files.gateway),
            built: HashMap::new(),
        }
    }

    pub(crate) fn check(&mut self, traffic: &Traffic, report: &mut Report) {
        for exchange in &traffic.exchanges {
            self.exchange(exchange, report);
        }
        for frame in &traffic.frames {
            let frame: Value = serde_json::from_str(frame).expect("a frame is JSON");
            self.frame(&frame, report);
        }
    }

    fn exchange(&mut self, exchange: &Exchange, report: &mut Report) {
        let files = self.files;
        let Some(operation) = openapi::find(&files.api, &exchange.method, &exchange.path) else {
            let unknown = exchange.status == 404 || exchange.status == 405;
            if !unknown {
                let name = format!("{} {}", exchange.method, exchange.route);
                report.finding(finding(&name, "", "Discord has no such operation"));
            }
            return;
        };
        report.operation(&operation.name);
        // What was refused may have been asked wrongly on purpose.
        if exchange.status < 400 {
            self.request(&operation, exchange, report);
        }
        self.answer(&operation, exchange, report);
    }

    fn request(&mut self, operation: &Operation<'_>, exchange: &Exchange, report: &mut Report) {
        let subject = format!("body of {}", operation.name);
        match operation.body() {
            Some((_, required)) if exchange.sent.is_null() => {
                if required {
                    report.finding(finding(&subject, "", "a body is required"));
                }
            }
            Some((schema, _)) => self.validate(&subject, schema, &exchange.sent, report),
            None if exchange.sent.is_null() || exchange.sent == json!({}) => {}
            None => report.finding(finding(&subject, "", "no body is described")),
        }
        for pair in exchange.query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let subject = format!("query {name} of {}", operation.name);
            match operation.query(name) {
                Some(schema) => self.parameter(&subject, schema, value, report),
                None => report.finding(finding(&subject, "", "no such parameter")),
            }
        }
    }

    /// A parameter is a text; a number or flag in it is one where the schema wants one.
    fn parameter(&mut self, subject: &str, schema: &Value, value: &str, report: &mut Report) {
        let text = Value::from(value);
        let read = serde_json::from_str(value).unwrap_or_default();
        let mut as_text = Report::default();
        self.validate(subject, schema, &text, &mut as_text);
        if as_text.is_clean() {
            return;
        }
        self.validate(subject, schema, &read, report);
    }

    fn answer(&mut self, operation: &Operation<'_>, exchange: &Exchange, report: &mut Report) {
        let subject = format!("{} of {}", exchange.status, operation.name);
        match operation.answer(&self.files.api, exchange.status) {
            None if exchange.status >= 500 => {}
            None => report.finding(finding(&subject, "", "no such status is described")),
            Some(None) if exchange.answer.is_null() => {}
            Some(None) => report.finding(finding(&subject, "", "no answer is described")),
            Some(Some(schema)) => self.validate(&subject, schema, &exchange.answer, report),
        }
    }

    fn frame(&mut self, frame: &Value, report: &mut Report) {
        let name = frame_name(frame);
        report.frame(&name);
        let Some(pointer) = self.frames.get(&name).cloned() else {
            report.finding(finding(&name, "", "Discord has no such frame"));
            return;
        };
        let subject = match name.parse::<u64>() {
            Ok(op) => format!("frame {op}"),
            Err(_) => name,
        };
        let schema = json!({"$ref": format!("{GATEWAY}{pointer}")});
        self.validate(&subject, &schema, frame, report);
    }

    fn validate(&mut self, subject: &str, schema: &Value, value: &Value, report: &mut Report) {
        let text = schema
            .to_string()
            .replace("\"#/components", &format!("\"{API}#/components"));
        if !self.built.contains_key(&text) {
            let schema = serde_json::from_str(&text).expect("it was JSON before");
            let validator = jsonschema::options()
                .with_draft(Draft::Draft202012)
                .with_registry(&self.registry)
                .build(&schema);
            let validator = validator.unwrap_or_else(|problem| panic!("{subject}: {problem}"));
            self.built.insert(text.clone(), validator);
        }
        for error in self.built[&text].iter_errors(value) {
            let problem = told(&error);
            report.finding(finding(subject, error.instance_path().as_str(), &problem));
        }
    }
}

/// The name of a frame: its event, or the number of its operation.
pub(crate) fn frame_name(frame: &Value) -> String {
    let event = frame["t"].as_str().map(str::to_owned);
    event.unwrap_or_else(|| frame["op"].to_string())
}

/// The pointers of the definitions that describe each frame.
pub(crate) fn frames(gateway: &Value) -> BTreeMap<String, String> {
    let definitions = gateway["definitions"].as_object();
    let all = definitions.into_iter().flatten();
    all.filter_map(|(key, definition)| {
        let parts = &definition["properties"];
        let event = parts["t"]["const"].as_str().map(str::to_owned);
        let operation = || {
            let bare = parts["t"]["type"] == "null";
            bare.then(|| parts["op"]["const"].to_string())
        };
        let name = event.or_else(operation)?;
        let key = key.replace('~', "~0").replace('/', "~1");
        let encoded =
            percent_encoding::utf8_percent_encode(&key, percent_encoding::NON_ALPHANUMERIC);
        Some((name, format!("#/definitions/{encoded}")))
    })
    .collect()
}

pub(crate) fn finding(subject: &str, place: &str, problem: &str) -> Finding {
    Finding {
        subject: subject.to_owned(),
        place: place.to_owned(),
        problem: problem.to_owned(),
    }
}

/// The error in short, with the causes inside alternatives.
fn told(error: &ValidationError<'_>) -> String {
    let inner = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            context
        }
        _ => {
            let mut text = error.to_string();
            text.truncate(
                text.char_indices()
                    .nth(300)
                    .map_or(text.len(), |(end, _)| end),
            );
            return format!("{}: {text}", error.kind().keyword());
        }
    };
    // Of several alternatives the one is told that was most likely meant: of the right type, with the fewest faults.
    let wrong_type = |branch: &&Vec<ValidationError<'_>>| {
        let elsewhere = |one: &ValidationError<'_>| {
            let place = one.instance_path().as_str();
            place.ends_with("/type")
                || place == error.instance_path().as_str() && one.kind().keyword() == "type"
        };
        (branch.iter().any(elsewhere), branch.len())
    };
    let meant = inner.iter().min_by_key(wrong_type);
    let causes = meant.into_iter().flatten();
    let causes: Vec<String> = causes
        .map(|cause| format!("{} {}", cause.instance_path().as_str(), told(cause)))
        .collect();
    format!("none of {} fits: {}", inner.len(), causes.join("; "))
}
