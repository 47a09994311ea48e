//! Extracts the facts from Discord's files: of the operations and events that were seen, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use aimod::simulator::Traffic;
use serde_json::{Value, json};

use super::facts::class;
use super::files::Files;
use super::judge::{frame_name, frames};
use super::openapi;

/// The text of `facts.json` for this traffic.
pub(crate) fn facts(files: &Files, traffic: &Traffic) -> String {
    let mut api = Condenser::new(&files.api, "");
    let mut paths: BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>> = BTreeMap::new();
    for exchange in &traffic.exchanges {
        let Some(found) = openapi::find(&files.api, &exchange.method, &exchange.path) else {
            continue;
        };
        let (method, template) = found.name.split_once(' ').expect("a method and a template");
        let methods = paths.entry(template.to_owned()).or_default();
        let known = methods.entry(method.to_lowercase()).or_default();
        if let Some((schema, _)) = found.body() {
            known.insert(
                "body".to_owned(),
                api.kind(schema, &format!("{method} {template}")),
            );
        }
        let class = class(exchange.status);
        if let Some(answer) = found.answer(&files.api, exchange.status) {
            let hint = format!("{class} of {method} {template}");
            let kind = answer.map_or("nothing".to_owned(), |schema| api.kind(schema, &hint));
            known.insert(class, kind);
        }
    }
    let mut gateway = Condenser::new(&files.gateway, "gateway ");
    let mut events: BTreeMap<String, String> = BTreeMap::new();
    let pointers = frames(&files.gateway);
    for frame in &traffic.frames {
        let frame: Value = serde_json::from_str(frame).expect("a frame is JSON");
        let name = frame_name(&frame);
        if let Some(pointer) = pointers.get(&name).filter(|_| frame["op"] == 0) {
            let definition = gateway.target(pointer).1;
            let kind = gateway.kind(&definition["properties"]["d"], &name);
            events.insert(name, kind);
        }
    }
    let mut shapes = api.shapes;
    shapes.extend(gateway.shapes);
    let source = "extracted from Discord's openapi.json (discord-api-spec, MIT) and gateway-receive.schema.json \
                  (discord-api-types, MIT); how to do it again stands in main.rs";
    format!(
        "{{\n\"source\": {},\n\"paths\": {{\n{}\n}},\n\"events\": {{\n{}\n}},\n\"shapes\": {{\n{}\n}}\n}}\n",
        json!(source),
        lines(&paths),
        lines(&events),
        lines(&shapes),
    )
}

/// One entry a line, so that a change of the facts reads as what it is.
fn lines(map: &BTreeMap<String, impl serde::Serialize>) -> String {
    let entries = map
        .iter()
        .map(|(name, value)| format!("{}: {}", json!(name), json!(value)));
    entries.collect::<Vec<_>>().join(",\n")
}

struct Condenser<'a> {
    file: &'a Value,
    /// Goes before the names of this file's shapes.
    prefix: &'static str,
    shapes: BTreeMap<String, BTreeMap<String, String>>,
    /// The aliases that are being followed.
    open: Vec<String>,
}

impl<'a> Condenser<'a> {
    fn new(file: &'a Value, prefix: &'static str) -> Self {
        Self {
            file,
            prefix,
            shapes: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// What a reference leads to, with a name that has no special letters.
    fn target(&self, reference: &str) -> (String, &'a Value) {
        let pointer = percent_encoding::percent_decode_str(reference.trim_start_matches('#'));
        let pointer = pointer.decode_utf8_lossy();
        let target = self.file.pointer(&pointer).expect("the files are whole");
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let clean = |c: char| if c.is_alphanumeric() { c } else { '_' };
        (name.chars().map(clean).collect(), target)
    }

    /// The type that a schema describes, as facts.json writes it.
    fn kind(&mut self, schema: &'a Value, hint: &str) -> String {
        let kinds = self.kinds(schema, hint);
        if kinds.is_empty() || kinds.contains("any") {
            return "any".to_owned();
        }
        kinds.into_iter().collect::<Vec<_>>().join("|")
    }

    fn kinds(&mut self, schema: &'a Value, hint: &str) -> BTreeSet<String> {
        if let Some(reference) = schema["$ref"].as_str() {
            let (name, target) = self.target(reference);
            // An alias that is part of itself, such as an error tree, has no end.
            let named = format!("{}{name}", self.prefix);
            if self.open.contains(&name) {
                let shape = self.shapes.contains_key(&named);
                let kind = if shape {
                    format!("@{named}")
                } else {
                    "any".to_owned()
                };
                return BTreeSet::from([kind]);
            }
            self.open.push(name);
            let kinds = self.kinds(target, &named);
            self.open.pop();
            return kinds;
        }
        let mut found = BTreeSet::new();
        for list in ["oneOf", "anyOf"] {
            let alternatives = schema[list].as_array().into_iter().flatten();
            for (number, one) in (1..).zip(alternatives) {
                found.extend(self.kinds(one, &format!("{hint} {number}")));
            }
        }
        if !found.is_empty() {
            return found;
        }
        if let Some(plain) = self.plain_parts(schema, hint) {
            return plain;
        }
        let object = schema.get("type").is_none() || types(schema).contains(&"object");
        if schema["properties"].is_object() || (object && schema["allOf"].is_array()) {
            self.shape(schema, hint);
            found.insert(format!("@{hint}"));
            if schema["type"]
                .as_array()
                .is_some_and(|types| types.contains(&json!("null")))
            {
                found.insert("null".to_owned());
            }
            return found;
        }
        for name in types(schema) {
            found.insert(self.plain(name, schema, hint));
        }
        found
    }

    /// What `allOf` says of something that is no object: all parts speak of the same type.
    fn plain_parts(&mut self, schema: &'a Value, hint: &str) -> Option<BTreeSet<String>> {
        let first = schema["allOf"].as_array()?.first()?;
        if schema.get("type").is_some() || schema["properties"].is_object() {
            return None;
        }
        let kinds = self.kinds(first, hint);
        let shaped = kinds.iter().any(|kind| kind.starts_with('@'));
        (!shaped).then_some(kinds)
    }

    fn plain(&mut self, name: &str, schema: &'a Value, hint: &str) -> String {
        let of = |inside: &str| &schema[inside];
        match name {
            "array" => format!("[{}]", self.kind(of("items"), &format!("{hint} item"))),
            "object" if of("additionalProperties").is_object() => {
                format!(
                    "{{{}}}",
                    self.kind(of("additionalProperties"), &format!("{hint} value"))
                )
            }
            _ => name.to_owned(),
        }
    }

    fn shape(&mut self, schema: &'a Value, hint: &str) {
        if self.shapes.contains_key(hint) {
            return;
        }
        // Before its fields, because shapes hold themselves: a message holds the one it replies to.
        self.shapes.insert(hint.to_owned(), BTreeMap::new());
        let mut fields = BTreeMap::new();
        self.collect(schema, hint, &mut fields);
        self.shapes.insert(hint.to_owned(), fields);
    }

    fn collect(&mut self, schema: &'a Value, hint: &str, fields: &mut BTreeMap<String, String>) {
        if let Some(reference) = schema["$ref"].as_str() {
            let (_, target) = self.target(reference);
            return self.collect(target, hint, fields);
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, hint, fields);
        }
        let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        for (name, described) in schema["properties"].as_object().into_iter().flatten() {
            let kind = self.kind(described, &format!("{hint}.{name}"));
            let needed = required.iter().any(|one| one == name);
            let field = if needed {
                name.clone()
            } else {
                format!("{name}?")
            };
            fields.insert(field, kind);
        }
    }
}

/// The plain types that a schema names, or that its constants have.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => return vec![one],
        Value::Array(list) => return list.iter().filter_map(Value::as_str).collect(),
        _ => {}
    }
    let constants = schema["enum"].as_array().map_or(&[][..], Vec::as_slice);
    let all = constants.iter().chain(schema.get("const"));
    let mut named: Vec<&str> = all
        .map(|value| match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        })
        .collect();
    named.dedup();
    if named.is_empty() {
        named.push("any");
    }
    named
}

#[test]
fn a_schema_is_condensed_to_its_fields() {
    let file = json!({"components": {"schemas": {
        "User": {"type": "object", "required": ["id"], "properties": {
            "id": {"$ref": "#/components/schemas/Id"}, "friends": {"type": ["array", "null"], "items": {"$ref": "#/components/schemas/User"}},
            "flags": {"oneOf": [{"type": "null"}, {"const": 1}]}, "rest": {},
        }},
        "Id": {"type": "string"},
    }}});
    let schema = json!({"$ref": "#/components/schemas/User"});
    let mut condenser = Condenser::new(&file, "");
    let (_, user) = condenser.target(schema["$ref"].as_str().expect("a reference"));
    assert_eq!(condenser.kind(user, "User"), "@User");
    let fields = json!({"flags?": "null|number", "friends?": "[@User]|null", "id": "string", "rest?": "any"});
    assert_eq!(json!(condenser.shapes["User"]), fields);
}
