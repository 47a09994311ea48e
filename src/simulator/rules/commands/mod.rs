//! The shape that Discord demands of registered commands.

mod options;

use serde_json::Value;

use super::error::{ApiError, Ruling};
use super::form::Form;
use crate::simulator::world::command::{CHAT_INPUT, ON_MESSAGE, ON_USER, Spec};

/// Global chat commands of one application (Discord's page on application commands).
const CHAT_COMMANDS: usize = 100;
/// Global commands of each of the two context menus.
const MENU_COMMANDS: usize = 15;
const NAME: usize = 32;
const DESCRIPTION: usize = 100;

/// Reads a list of commands as `PUT …/commands` sends them.
pub(crate) fn list(raw: &[Value]) -> Ruling<Vec<Spec>> {
    let mut form = Form::default();
    let read = raw.iter().enumerate();
    let specs: Vec<Spec> = read
        .filter_map(|(index, one)| command(&mut form, &index.to_string(), one))
        .collect();
    form.finish()?;
    counted(&specs.iter().collect::<Vec<_>>())?;
    twice(&specs)?;
    Ok(specs)
}

/// Whether so many commands may stand in one scope.
pub(crate) fn counted(specs: &[&Spec]) -> Ruling {
    for (kind, most) in [
        (CHAT_INPUT, CHAT_COMMANDS),
        (ON_USER, MENU_COMMANDS),
        (ON_MESSAGE, MENU_COMMANDS),
    ] {
        if specs.iter().filter(|spec| spec.kind == kind).count() > most {
            return Err(ApiError {
                message: format!(
                    "Maximum number of application commands has been reached ({most})"
                )
                .into(),
                ..ApiError::TOO_MANY_COMMANDS
            });
        }
    }
    Ok(())
}

/// Reads one command as `POST …/commands` sends it.
pub(crate) fn one(raw: &Value) -> Ruling<Spec> {
    let mut form = Form::default();
    let spec = command(&mut form, "", raw);
    form.finish()?;
    spec.ok_or(ApiError::INVALID_FORM)
}

fn twice(specs: &[Spec]) -> Ruling {
    let mut form = Form::default();
    for (index, spec) in specs.iter().enumerate() {
        if specs[..index].iter().any(|other| other.is_same(spec)) {
            taken(&mut form, &format!("{index}.name"));
        }
    }
    form.finish()
}

/// Notes that the name of a command is another's already.
pub(crate) fn taken(form: &mut Form, path: &str) {
    let message = "Application command names must be unique";
    form.wrong(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
}

fn command(form: &mut Form, path: &str, raw: &Value) -> Option<Spec> {
    let spec: Spec = match serde_json::from_value(raw.clone()) {
        Ok(spec) => spec,
        Err(problem) => {
            form.wrong(path, "MODEL_TYPE_CONVERT", problem.to_string());
            return None;
        }
    };
    if spec.kind == CHAT_INPUT {
        chat_name(form, &join(path, "name"), &spec.name);
        description(form, path, spec.description.as_deref());
    } else {
        menu(form, path, &spec);
        return Some(spec);
    }
    options::check(form, path, &spec.options);
    Some(spec)
}

/// A command of a context menu has a name that people read, and nothing else.
fn menu(form: &mut Form, path: &str, spec: &Spec) {
    if !matches!(spec.kind, ON_USER | ON_MESSAGE) {
        let message = "Value must be one of {1, 2, 3}.";
        form.wrong(&join(path, "type"), "BASE_TYPE_CHOICES", message);
    }
    let name = spec.name.trim().chars().count();
    form.between(&join(path, "name"), name, (1, NAME));
    if spec
        .description
        .as_deref()
        .is_some_and(|text| !text.is_empty())
    {
        let code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID";
        let message = "Context menu commands cannot have description";
        form.wrong(&join(path, "description"), code, message);
    }
    if !spec.options.is_empty() {
        let code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID";
        let message = "Context menu commands cannot have options";
        form.wrong(&join(path, "options"), code, message);
    }
}

fn join(path: &str, part: &str) -> String {
    if path.is_empty() {
        part.to_owned()
    } else {
        format!("{path}.{part}")
    }
}

/// Discord's pattern is `^[-_'\p{L}\p{N}…]{1,32}$`, in lower case where the script has one.
fn chat_name(form: &mut Form, path: &str, name: &str) {
    let fits = |c: char| matches!(c, '-' | '_' | '\'') || c.is_alphanumeric();
    let length = name.chars().count();
    let valid = (1..=NAME).contains(&length) && name.chars().all(fits);
    if !valid || name.to_lowercase() != name {
        form.wrong(
            path,
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        );
    }
}

fn description(form: &mut Form, path: &str, text: Option<&str>) {
    let path = join(path, "description");
    match text {
        None | Some("") => form.missing(&path),
        Some(text) => form.too_long(&path, text, DESCRIPTION),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn errors(raw: Value) -> Value {
        let error = list(&[raw]).expect_err("a wrong command");
        assert_eq!(error.code, 50035);
        error.errors
    }

    #[test]
    fn a_command_name_is_lower_case_and_short() {
        for name in ["Config", "", "two words", &"x".repeat(33)] {
            let tree = errors(json!({"name": name, "description": "d"}));
            assert_eq!(
                tree["0"]["name"]["_errors"][0]["code"], "APPLICATION_COMMAND_INVALID_NAME",
                "{name}"
            );
        }
    }

    #[test]
    fn required_options_come_first() {
        let tree = errors(json!({"name": "a", "description": "d", "options": [
            {"name": "x", "description": "d", "type": 3},
            {"name": "y", "description": "d", "type": 3, "required": true},
        ]}));
        assert!(tree["0"]["options"]["1"]["_errors"].is_array());
    }

    #[test]
    fn more_than_25_options_or_choices_are_refused() {
        let choice = |n: usize| json!({"name": format!("c{n}"), "value": n});
        let choices: Vec<Value> = (0..26).map(choice).collect();
        let tree = errors(json!({"name": "a", "description": "d", "options": [
            {"name": "x", "description": "d", "type": 4, "choices": choices},
        ]}));
        assert!(tree["0"]["options"]["0"]["choices"]["_errors"].is_array());
    }

    #[test]
    fn a_name_is_registered_once_per_kind() {
        let same = json!({"name": "a", "description": "d"});
        assert!(list(&[same.clone(), same.clone()]).is_err());
        let context = json!({"name": "a", "type": 2});
        assert!(list(&[same, context]).is_ok());
    }

    #[test]
    fn a_command_of_a_menu_has_a_readable_name_and_nothing_else() {
        for kind in [2, 3] {
            assert!(list(&[json!({"name": "Report to Staff", "type": kind})]).is_ok());
            assert!(list(&[json!({"name": "R", "type": kind, "description": ""})]).is_ok());
            for (name, code) in [
                ("", "BASE_TYPE_BAD_LENGTH"),
                (&"x".repeat(33), "BASE_TYPE_BAD_LENGTH"),
            ] {
                let tree = errors(json!({"name": name, "type": kind}));
                assert_eq!(tree["0"]["name"]["_errors"][0]["code"], code);
            }
            let told = json!({"name": "R", "type": kind, "description": "d", "options": [
                {"name": "x", "description": "d", "type": 3},
            ]});
            let tree = errors(told);
            for (field, code) in [
                (
                    "description",
                    "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
                ),
                (
                    "options",
                    "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID",
                ),
            ] {
                assert_eq!(tree["0"][field]["_errors"][0]["code"], code);
            }
        }
        let tree = errors(json!({"name": "x", "type": 9}));
        assert_eq!(tree["0"]["type"]["_errors"][0]["code"], "BASE_TYPE_CHOICES");
    }

    #[test]
    fn each_menu_has_fifteen_commands() {
        let make = |n: usize, kind: u8| json!({"name": format!("C {n}"), "type": kind});
        for kind in [2, 3] {
            let many: Vec<Value> = (0..16).map(|n| make(n, kind)).collect();
            assert_eq!(list(&many).expect_err("too many").code, 30032);
            assert!(list(&many[..15]).is_ok());
        }
    }

    #[test]
    fn the_hundred_and_first_command_is_refused() {
        let make = |n: usize| json!({"name": format!("c{n}"), "description": "d"});
        let many: Vec<Value> = (0..101).map(make).collect();
        assert_eq!(list(&many).expect_err("too many").code, 30032);
        assert_eq!(list(&many[..100]).expect("enough").len(), 100);
    }
}
