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
];

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
