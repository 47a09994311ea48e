//! Where Discord's files are looser or stricter than Discord itself: the one table of what is read differently.

use serde_json::{Value, json};

use super::files::Files;

/// A place, or a kind of place, at which a file is not taken by its word.
pub(crate) struct Loose {
    /// What is read differently, and why.
    pub(crate) why: &'static str,
    /// Changes the file and says how often.
    edit: fn(&mut Files) -> usize,
}

/// Everything that is known.
pub(crate) const KNOWN: &[Loose] = &[
    Loose {
        why: "the gateway's flag fields are sums of bits; the schema, made from TypeScript's enums, lists only single bits",
        edit: |files| {
            each_entry(
                &mut files.gateway["definitions"],
                &mut |name, definition| {
                    let bits = name.ends_with("Flags") && definition["type"] == "number";
                    if bits {
                        *definition = json!({"type": "number"});
                    }
                    bits
                },
            )
        },
    },
    Loose {
        why: "the kinds of channel events came out as an empty list, which nothing could fit",
        edit: |files| {
            each(&mut files.gateway, &mut |node| {
                let empty = node.get("enum") == Some(&json!([]));
                if empty {
                    node["enum"] = json!([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16]);
                }
                empty
            })
        },
    },
    Loose {
        why: "TypeScript's `never` for frames without data means that nothing useful is in `d`; Discord sends null, and \
              `_trace` with RESUMED",
        edit: |files| {
            each(&mut files.gateway, &mut |node| {
                let data = node.pointer_mut("/properties/d");
                let never = data.filter(|data| data.get("not") == Some(&json!({})));
                never.map(|data| *data = json!({})).is_some()
            })
        },
    },
    Loose {
        why: "the codes inside an error tree are names such as BASE_TYPE_REQUIRED; the file takes them for the numbers of \
              whole errors",
        edit: |files| {
            let path = "/components/schemas/InnerErrors/properties/_errors/items";
            let Some(items) = files.api.pointer_mut(path) else {
                return 0;
            };
            *items = json!({
                "type": "object", "required": ["code", "message"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            });
            1
        },
    },
    Loose {
        why: "sets of permissions are sent as texts, because they outgrew what numbers in JSON hold; the file keeps integers \
              in requests",
        edit: |files| {
            let names = ["default_member_permissions", "allow", "deny", "permissions"];
            each_entry(&mut files.api, &mut |_, schema| {
                let mut changed = false;
                each(schema, &mut |node| {
                    for name in names {
                        changed |= also_text(node.pointer_mut(&format!("/properties/{name}")));
                    }
                    false
                });
                changed
            })
        },
    },
    Loose {
        why: "bots write 2,000 characters, which the simulator keeps (50035 beyond); the file grants everybody's 4,000",
        edit: |files| {
            each_entry(
                &mut files.api["components"]["schemas"],
                &mut |name, schema| {
                    // The text of components is no message's content, and has 4,000 indeed.
                    let component = name.starts_with("TextDisplay");
                    let most = schema.pointer_mut("/properties/content/maxLength");
                    let most = most.filter(|most| !component && **most == json!(4_000));
                    most.map(|most| *most = json!(2_000)).is_some()
                },
            )
        },
    },
    Loose {
        why: "names of chat commands and of options are lower case, which the simulator keeps (50035 else); the file takes any",
        edit: |files| each_entry(&mut files.api["components"]["schemas"], &mut lower_case),
    },
    Loose {
        why: "a ban without any body is accepted, by Discord and by the simulator; the file requires one",
        edit: |files| {
            let path = "/paths/~1guilds~1{guild_id}~1bans~1{user_id}/put/requestBody/required";
            let Some(required) = files.api.pointer_mut(path) else {
                return 0;
            };
            *required = json!(false);
            1
        },
    },
    Loose {
        why: "integers may come as numeric strings, as the simulator takes them in bans; digits and nothing else",
        edit: |files| {
            let names = ["delete_message_seconds", "delete_message_days"];
            each_entry(&mut files.api["components"]["schemas"], &mut |_, schema| {
                let mut changed = false;
                for name in names {
                    let mut field = schema.pointer_mut(&format!("/properties/{name}"));
                    if also_text(field.as_deref_mut()) {
                        changed = true;
                        if let Some(field) = field {
                            field["pattern"] = json!("^[0-9]+$");
                        }
                    }
                }
                changed
            })
        },
    },
];

/// Demands lower case of the names of chat commands, and of options of every kind.
fn lower_case(name: &str, schema: &mut Value) -> bool {
    let lower = json!({"pattern": "^[^A-Z ]+$"});
    match name {
        "ApplicationCommandCreateRequest" | "ApplicationCommandUpdateRequest" => {
            let menu = json!({"properties": {"type": {"enum": [2, 3]}}, "required": ["type"]});
            schema["if"] = menu;
            schema["else"] = json!({"properties": {"name": lower}});
            true
        }
        _ if name.starts_with("ApplicationCommand") && name.ends_with("Option") => {
            let own = schema.pointer_mut("/properties/name");
            own.map(|own| own["pattern"] = lower["pattern"].clone())
                .is_some()
        }
        _ => false,
    }
}

/// Lets an integer be a text as well.
fn also_text(schema: Option<&mut Value>) -> bool {
    let Some(types) = schema.and_then(|schema| schema.get_mut("type")) else {
        return false;
    };
    let integer = *types == "integer"
        || types
            .as_array()
            .is_some_and(|list| list.contains(&json!("integer")));
    if integer {
        *types = json!(["integer", "null", "string"]);
    }
    integer
}

/// Reads the files as the table says. An entry that changes nothing has outlived its reason.
pub(crate) fn apply(files: &mut Files) {
    for known in KNOWN {
        assert!(
            (known.edit)(files) > 0,
            "not needed any more: {}",
            known.why
        );
    }
}

fn each_entry(map: &mut Value, edit: &mut dyn FnMut(&str, &mut Value) -> bool) -> usize {
    let entries = map.as_object_mut().into_iter().flatten();
    entries
        .filter_map(|(name, value)| edit(name, value).then_some(()))
        .count()
}

/// Shows every object of a file to `edit` and counts what it changed.
fn each(node: &mut Value, edit: &mut dyn FnMut(&mut Value) -> bool) -> usize {
    match node {
        Value::Object(_) => {
            let changed = usize::from(edit(node));
            let parts = node.as_object_mut().into_iter().flatten();
            changed + parts.map(|(_, part)| each(part, edit)).sum::<usize>()
        }
        Value::Array(list) => list.iter_mut().map(|part| each(part, edit)).sum(),
        _ => 0,
    }
}

#[test]
fn every_entry_has_a_reason() {
    for known in KNOWN {
        assert!(known.why.len() > 20, "{}", known.why);
    }
}

#[test]
fn chat_commands_are_lower_case_and_menus_are_not() {
    let mut schema = json!({"properties": {"name": {"type": "string"}}});
    assert!(lower_case("ApplicationCommandUpdateRequest", &mut schema));
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&json!({"name": "ban"})));
    assert!(!validator.is_valid(&json!({"name": "Ban"})));
    assert!(validator.is_valid(&json!({"name": "Ban them", "type": 2})));
    assert!(!lower_case("Other", &mut schema));
}

#[test]
fn only_what_is_meant_is_changed() {
    let mut file = json!({"a": {"enum": []}, "b": [{"enum": [1]}, {"enum": []}], "c": 1});
    let changed = each(&mut file, &mut |node| {
        let empty = node.get("enum") == Some(&json!([]));
        if empty {
            node["enum"] = json!([2]);
        }
        empty
    });
    assert_eq!(changed, 2);
    assert_eq!(
        file,
        json!({"a": {"enum": [2]}, "b": [{"enum": [1]}, {"enum": [2]}], "c": 1})
    );
}
