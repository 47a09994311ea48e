//! The options of a command: their kinds, names, nesting and choices.

use serde_json::Value;

use super::{chat_name, description, join};
use crate::simulator::rules::form::Form;
use crate::simulator::world::command::{ChoiceSpec, OptionSpec, option};

/// Options of one level, and choices of an option (Discord's page on application commands).
const OPTIONS: usize = 25;
/// Characters of a choice's name, and of its value.
const CHOICE: usize = 100;

/// Whether the options of a command are such as Discord takes.
pub(super) fn check(form: &mut Form, path: &str, list: &[OptionSpec]) {
    level(form, path, list, None);
}

/// One level of options, below a subcommand, a group or the command itself.
fn level(form: &mut Form, path: &str, list: &[OptionSpec], above: Option<u8>) {
    let path = join(path, "options");
    form.too_many(&path, list.len(), OPTIONS);
    let mut optional_seen = false;
    for (index, one) in list.iter().enumerate() {
        let path = format!("{path}.{index}");
        chat_name(form, &join(&path, "name"), &one.name);
        description(form, &path, one.description.as_deref());
        if list[..index].iter().any(|other| other.name == one.name) {
            let message = "Option names must be unique";
            let code = "APPLICATION_COMMAND_OPTIONS_NAME_NOT_UNIQUE";
            form.wrong(&join(&path, "name"), code, message);
        }
        if one.required && optional_seen {
            form.wrong(
                &path,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            );
        }
        optional_seen |= !one.required && one.kind > option::SUB_COMMAND_GROUP;
        kind(form, &path, (one.kind, list[0].kind), above);
        choices(form, &path, one);
        if one.kind <= option::SUB_COMMAND_GROUP {
            level(form, &path, &one.options, Some(one.kind));
        } else if !one.options.is_empty() {
            misplaced(form, &join(&path, "options"));
        }
    }
}

/// Groups hold subcommands, subcommands hold values, and a level holds either branches or values.
fn kind(form: &mut Form, path: &str, (own, first): (u8, u8), above: Option<u8>) {
    let path = join(path, "type");
    if !(option::SUB_COMMAND..=option::ATTACHMENT).contains(&own) {
        let message = "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.";
        form.wrong(&path, "BASE_TYPE_CHOICES", message);
        return;
    }
    let branch = |kind: u8| kind <= option::SUB_COMMAND_GROUP;
    let fits = match above {
        Some(option::SUB_COMMAND_GROUP) => own == option::SUB_COMMAND,
        Some(_) => !branch(own),
        None => branch(own) == branch(first),
    };
    if !fits {
        misplaced(form, &path);
    }
}

fn misplaced(form: &mut Form, path: &str) {
    let code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID";
    let message =
        "Sub-command and sub-command group option types are mutually exclusive to all other types";
    form.wrong(path, code, message);
}

fn choices(form: &mut Form, path: &str, one: &OptionSpec) {
    let path = join(path, "choices");
    form.too_many(&path, one.choices.len(), OPTIONS);
    let chosen = [option::STRING, option::INTEGER, option::NUMBER].contains(&one.kind);
    if !chosen && (one.autocomplete || !one.choices.is_empty()) {
        let message = "Only options of texts and numbers have choices";
        form.wrong(&path, "APPLICATION_COMMAND_OPTION_CHOICES_INVALID", message);
    }
    for (index, choice) in one.choices.iter().enumerate() {
        let path = format!("{path}.{index}");
        let length = choice.name.chars().count();
        form.between(&join(&path, "name"), length, (1, CHOICE));
        value(form, &join(&path, "value"), one.kind, choice);
    }
    if one.autocomplete && !one.choices.is_empty() {
        form.wrong(
            &path,
            "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES",
            "Options with autocomplete cannot have choices",
        );
    }
}

/// The value of a choice is of the option's kind.
fn value(form: &mut Form, path: &str, kind: u8, choice: &ChoiceSpec) {
    let fits = match (kind, &choice.value) {
        (option::STRING, Value::String(text)) => {
            form.too_long(path, text, CHOICE);
            true
        }
        (option::INTEGER, value) => value.is_i64() || value.is_u64(),
        (option::NUMBER, value) => value.is_number(),
        _ => false,
    };
    if !fits {
        let message = "Choice value does not fit the type of the option";
        form.wrong(
            path,
            "APPLICATION_COMMAND_OPTION_CHOICE_VALUE_INVALID",
            message,
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(options: Value) -> Value {
        let list: Vec<OptionSpec> = serde_json::from_value(options).expect("options");
        let mut form = Form::default();
        check(&mut form, "", &list);
        let error = form.finish().expect_err("wrong options");
        assert_eq!(error.code, 50035);
        error.errors["options"].clone()
    }

    fn one(kind: u8, name: &str) -> Value {
        json!({"type": kind, "name": name, "description": "d"})
    }

    #[test]
    fn kinds_are_those_that_discord_has() {
        for kind in [0, 12] {
            let tree = wrong(json!([one(kind, "a")]));
            assert_eq!(tree["0"]["type"]["_errors"][0]["code"], "BASE_TYPE_CHOICES");
        }
    }

    #[test]
    fn names_of_one_level_are_unique() {
        let tree = wrong(json!([one(3, "a"), one(4, "a")]));
        assert!(tree["1"]["name"]["_errors"].is_array(), "{tree}");
    }

    #[test]
    fn groups_hold_subcommands_and_those_hold_values() {
        let with = |kind: u8, inside: Value| {
            let mut holder = one(kind, "holder");
            holder["options"] = json!([inside]);
            json!([holder])
        };
        for (options, place) in [
            (with(2, one(3, "a")), "/0/options/0/type"),
            (with(2, one(2, "a")), "/0/options/0/type"),
            (with(1, one(1, "a")), "/0/options/0/type"),
            (with(3, one(3, "a")), "/0/options"),
            (json!([one(1, "a"), one(3, "b")]), "/1/type"),
        ] {
            let tree = wrong(options);
            let found = tree.pointer(&format!("{place}/_errors/0/code"));
            let code = json!("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID");
            assert_eq!(found, Some(&code), "{place} in {tree}");
        }
    }

    #[test]
    fn the_value_of_a_choice_is_of_the_kind_and_short() {
        let choosing = |kind: u8, value: Value| {
            let mut chosen = one(kind, "a");
            chosen["choices"] = json!([{"name": "n", "value": value}]);
            json!([chosen])
        };
        for (kind, value) in [
            (3, json!("x".repeat(101))),
            (3, json!(1)),
            (4, json!("1")),
            (4, json!(1.5)),
            (10, json!("1")),
            (5, json!(true)),
        ] {
            let tree = wrong(choosing(kind, value.clone()));
            assert!(tree["0"]["choices"].is_object(), "{kind} {value}");
        }
        let mut form = Form::default();
        for (kind, value) in [(3, json!("x")), (4, json!(-1)), (10, json!(1.5))] {
            let list: Vec<OptionSpec> =
                serde_json::from_value(choosing(kind, value)).expect("options");
            check(&mut form, "", &list);
        }
        assert_eq!(form.finish(), Ok(()));
    }
}
