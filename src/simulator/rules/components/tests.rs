//! Each limit of buttons, selects and forms at its edge, by the code that Discord names.

use serde_json::json;

use super::*;
use crate::simulator::rules::error::Ruling;

fn checked(components: &[Value]) -> Ruling {
    let mut form = Form::default();
    in_message(&mut form, components, false);
    form.finish()
}

/// The codes that the tree names at a path; none when nothing is wrong.
fn codes(outcome: Ruling, path: &str) -> Vec<String> {
    let Err(error) = outcome else {
        return Vec::new();
    };
    assert_eq!(error.code, 50035);
    let found = path
        .split('.')
        .fold(&error.errors, |node, part| &node[part]);
    let list = found["_errors"].as_array().cloned().unwrap_or_default();
    let codes = list.iter().filter_map(|one| one["code"].as_str());
    codes.map(str::to_owned).collect()
}

fn row(inside: Vec<Value>) -> Value {
    json!({"type": 1, "components": inside})
}

fn button(id: &str) -> Value {
    json!({"type": 2, "style": 1, "label": "Go", "custom_id": id})
}

fn buttons(count: usize) -> Value {
    row((0..count).map(|n| button(&n.to_string())).collect())
}

fn choices(count: usize) -> Vec<Value> {
    let option = |n: usize| json!({"label": "l", "value": n.to_string()});
    (0..count).map(option).collect()
}

/// A select of one option with something changed.
fn select_with(change: Value) -> Value {
    let mut select = json!({"type": 3, "custom_id": "s", "options": choices(1)});
    let Value::Object(map) = change else {
        return select;
    };
    for (name, value) in map {
        select[name] = value;
    }
    select
}

const FIRST: &str = "components.0.components.0";

fn first(one: Value, field: &str) -> Vec<String> {
    codes(checked(&[row(vec![one])]), &format!("{FIRST}{field}"))
}

#[test]
fn a_message_has_five_rows_of_five_buttons() {
    let rows: Vec<Value> = (0..5)
        .map(|n| row(vec![button(&format!("b{n}"))]))
        .collect();
    assert_eq!(checked(&rows), Ok(()));
    let mut six = rows;
    six.push(row(vec![button("b6")]));
    assert_eq!(codes(checked(&six), "components"), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(checked(&[buttons(5)]), Ok(()));
    let path = "components.0.components";
    assert_eq!(
        codes(checked(&[buttons(6)]), path),
        ["BASE_TYPE_BAD_LENGTH"]
    );
    assert_eq!(
        codes(checked(&[buttons(0)]), path),
        ["BASE_TYPE_BAD_LENGTH"]
    );
    assert_eq!(
        codes(checked(&[button("b")]), "components.0.type"),
        ["UNION_TYPE_CHOICES"]
    );
    assert_eq!(first(json!({"type": 4}), ".type"), ["UNION_TYPE_CHOICES"]);
}

#[test]
fn a_select_has_its_row_to_itself() {
    let select = select_with(json!({}));
    assert_eq!(checked(&[row(vec![select.clone()])]), Ok(()));
    let mixed = row(vec![button("b"), select]);
    let found = codes(checked(&[mixed]), "components.0.components.1");
    assert_eq!(found, ["COMPONENT_LAYOUT_WIDTH_EXCEEDED"]);
}

#[test]
fn a_custom_id_is_there_short_and_used_once() {
    let with = |id: Value| json!({"type": 2, "style": 1, "label": "Go", "custom_id": id});
    assert_eq!(first(with(json!("x".repeat(100))), ".custom_id"), [""; 0]);
    for id in [json!("x".repeat(101)), json!("")] {
        assert_eq!(first(with(id), ".custom_id"), ["BASE_TYPE_BAD_LENGTH"]);
    }
    let none = json!({"type": 2, "style": 1, "label": "Go"});
    assert_eq!(first(none, ".custom_id"), ["BASE_TYPE_REQUIRED"]);
    let twice = [row(vec![button("same")]), row(vec![button("same")])];
    let found = codes(checked(&twice), "components.1.components.0.custom_id");
    assert_eq!(found, ["COMPONENT_CUSTOM_ID_DUPLICATED"]);
}

#[test]
fn a_button_shows_something_and_has_a_style() {
    let bare = json!({"type": 2, "style": 1, "custom_id": "b"});
    assert_eq!(
        first(bare, ""),
        ["BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"]
    );
    let emoji = json!({"type": 2, "style": 1, "custom_id": "b", "emoji": {"name": "👍"}});
    assert_eq!(checked(&[row(vec![emoji])]), Ok(()));
    let label =
        |count: usize| json!({"type": 2, "style": 1, "custom_id": "b", "label": "x".repeat(count)});
    assert_eq!(first(label(80), ".label"), [""; 0]);
    assert_eq!(first(label(81), ".label"), ["BASE_TYPE_MAX_LENGTH"]);
    let style = |style: Value| json!({"type": 2, "style": style, "custom_id": "b", "label": "x"});
    assert_eq!(first(style(json!(7)), ".style"), ["NUMBER_TYPE_MAX"]);
    assert_eq!(first(style(Value::Null), ".style"), ["BASE_TYPE_REQUIRED"]);
}

#[test]
fn a_link_has_an_address_and_no_custom_id() {
    let link = |more: Value| {
        let mut link = json!({"type": 2, "style": 5, "label": "x"});
        for (name, value) in more.as_object().into_iter().flatten() {
            link[name.as_str()] = value.clone();
        }
        link
    };
    let address = json!({"url": "https://example.org"});
    assert_eq!(
        checked(&[row(vec![link(address.clone()), link(address)])]),
        Ok(())
    );
    assert_eq!(first(link(json!({})), ".url"), ["BASE_TYPE_REQUIRED"]);
    let odd = link(json!({"url": "ftp://example.org"}));
    assert_eq!(first(odd, ".url"), ["URL_TYPE_INVALID_SCHEME"]);
    let both = json!({"url": "https://example.org", "custom_id": "b"});
    let exclusive = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE";
    assert_eq!(first(link(both.clone()), ""), [exclusive]);
    let mut press = link(both);
    press["style"] = json!(1);
    assert_eq!(first(press, ""), [exclusive]);
}

#[test]
fn a_select_has_up_to_25_different_options() {
    let found = |change: Value, field: &str| first(select_with(change), field);
    assert_eq!(found(json!({"options": choices(25)}), ".options"), [""; 0]);
    for count in [0, 26] {
        let options = json!({"options": choices(count)});
        assert_eq!(
            found(options, ".options"),
            ["BASE_TYPE_BAD_LENGTH"],
            "{count}"
        );
    }
    let same = json!({"options": [{"label": "a", "value": "v"}, {"label": "b", "value": "v"}]});
    let duplicated = ["SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"];
    assert_eq!(found(same, ".options.1.value"), duplicated);
    let long = json!({"options": [{"label": "x".repeat(101), "value": "v", "description": "x".repeat(101)}]});
    assert_eq!(
        found(long.clone(), ".options.0.label"),
        ["BASE_TYPE_BAD_LENGTH"]
    );
    assert_eq!(
        found(long, ".options.0.description"),
        ["BASE_TYPE_MAX_LENGTH"]
    );
    let nameless = json!({"options": [{"label": "a"}]});
    assert_eq!(found(nameless, ".options.0.value"), ["BASE_TYPE_REQUIRED"]);
    let hint = json!({"placeholder": "x".repeat(151)});
    assert_eq!(found(hint, ".placeholder"), ["BASE_TYPE_MAX_LENGTH"]);
}

#[test]
fn a_select_offers_between_0_and_25_values() {
    let found = |change: Value, field: &str| first(select_with(change), field);
    assert_eq!(
        found(json!({"min_values": 0, "max_values": 25}), ""),
        [""; 0]
    );
    assert_eq!(
        found(json!({"max_values": 26}), ".max_values"),
        ["NUMBER_TYPE_MAX"]
    );
    assert_eq!(
        found(json!({"min_values": 0, "max_values": 0}), ".max_values"),
        ["NUMBER_TYPE_MIN"]
    );
    let crossed = json!({"min_values": 3, "max_values": 2});
    assert_eq!(
        found(crossed, ".min_values"),
        ["SELECT_COMPONENT_MIN_VALUES_GREATER_THAN_MAX_VALUES"]
    );
}

#[test]
fn a_message_of_the_second_kind_holds_more_than_rows_and_the_same_buttons() {
    let free = |components: &[Value]| {
        let mut form = Form::default();
        in_message(&mut form, components, true);
        form.finish()
    };
    let container =
        |inside: Value| json!({"type": 17, "components": [{"type": 10, "content": "x"}, inside]});
    assert_eq!(free(&[container(buttons(5))]), Ok(()));
    let found = free(&[container(row(vec![
        json!({"type": 2, "style": 1, "label": "x"}),
    ]))]);
    let path = "components.0.components.1.components.0.custom_id";
    assert_eq!(codes(found, path), ["BASE_TYPE_REQUIRED"]);
    let section = json!({"type": 9, "components": [], "accessory": {"type": 2, "style": 1, "custom_id": "b"}});
    let found = codes(free(&[section]), "components.0.accessory");
    assert_eq!(found, ["BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED"]);
    let many: Vec<Value> = (0..41).map(|_| json!({"type": 10})).collect();
    assert_eq!(codes(free(&many), "components"), ["BASE_TYPE_MAX_LENGTH"]);
}

/// A form with one text input, something of which is changed.
fn form_with(change: Value) -> Value {
    let mut input = json!({"type": 4, "custom_id": "why", "label": "Why", "style": 2});
    for (name, value) in change.as_object().into_iter().flatten() {
        input[name.as_str()] = value.clone();
    }
    json!({"custom_id": "form", "title": "Appeal", "components": [row(vec![input])]})
}

#[test]
fn a_form_has_a_title_a_name_and_up_to_five_inputs() {
    assert_eq!(modal(&form_with(json!({}))), Ok(()));
    for (field, value, code) in [
        ("title", json!("x".repeat(46)), "BASE_TYPE_BAD_LENGTH"),
        ("title", json!(""), "BASE_TYPE_BAD_LENGTH"),
        ("title", Value::Null, "BASE_TYPE_REQUIRED"),
        ("custom_id", json!("x".repeat(101)), "BASE_TYPE_BAD_LENGTH"),
        ("custom_id", Value::Null, "BASE_TYPE_REQUIRED"),
        ("components", json!([]), "BASE_TYPE_BAD_LENGTH"),
        (
            "components",
            json!(vec![json!({"type": 10}); 6]),
            "BASE_TYPE_BAD_LENGTH",
        ),
    ] {
        let mut form = form_with(json!({}));
        form[field] = value;
        assert_eq!(codes(modal(&form), field), [code], "{field}");
    }
    let two = form_with(json!({}))["components"][0]["components"][0].clone();
    let mut form = form_with(json!({}));
    form["components"][0]["components"] = json!([two, two]);
    let found = modal(&form);
    assert_eq!(
        codes(found, "components.0.components"),
        ["BASE_TYPE_BAD_LENGTH"]
    );
}

#[test]
fn an_input_of_a_form_is_limited_field_by_field() {
    for (field, value, code) in [
        ("label", json!("x".repeat(46)), "BASE_TYPE_BAD_LENGTH"),
        ("label", Value::Null, "BASE_TYPE_REQUIRED"),
        ("style", json!(3), "NUMBER_TYPE_MAX"),
        ("style", Value::Null, "BASE_TYPE_REQUIRED"),
        ("custom_id", json!(""), "BASE_TYPE_BAD_LENGTH"),
        (
            "placeholder",
            json!("x".repeat(101)),
            "BASE_TYPE_MAX_LENGTH",
        ),
        ("min_length", json!(4_001), "NUMBER_TYPE_MAX"),
        ("max_length", json!(0), "NUMBER_TYPE_MIN"),
        ("max_length", json!(4_001), "NUMBER_TYPE_MAX"),
        ("value", json!("x".repeat(4_001)), "BASE_TYPE_MAX_LENGTH"),
    ] {
        let found = modal(&form_with(json!({field: value})));
        let codes = codes(found, &format!("{FIRST}.{field}"));
        assert!(codes.iter().any(|one| one == code), "{field}: {codes:?}");
    }
    let crossed = modal(&form_with(json!({"min_length": 9, "max_length": 3})));
    assert_eq!(
        codes(crossed, &format!("{FIRST}.min_length")),
        ["TEXT_INPUT_COMPONENT_MIN_LENGTH_GREATER_THAN_MAX_LENGTH"]
    );
}

#[test]
fn a_label_names_what_is_below_it() {
    let form = |label: Value| json!({"custom_id": "f", "title": "t", "components": [label]});
    let input = json!({"type": 4, "custom_id": "why", "style": 1});
    let labelled = json!({"type": 18, "label": "Why", "component": input});
    assert_eq!(modal(&form(labelled)), Ok(()));
    let select =
        json!({"type": 18, "label": "Pick", "component": select_with(json!({"options": []}))});
    let path = "components.0.component.options";
    assert_eq!(codes(modal(&form(select)), path), ["BASE_TYPE_BAD_LENGTH"]);
    let nothing = json!({"type": 18, "label": "Why"});
    let path = "components.0.component.type";
    assert_eq!(codes(modal(&form(nothing)), path), ["UNION_TYPE_CHOICES"]);
    let button = modal(&form(button("b")));
    assert_eq!(codes(button, "components.0.type"), ["UNION_TYPE_CHOICES"]);
}

#[test]
fn a_form_is_filled_in_as_it_asks() {
    let sent =
        |text: &str| json!({"components": [row(vec![json!({"custom_id": "why", "value": text})])]});
    let bounded = form_with(json!({"min_length": 3, "max_length": 5}));
    assert_eq!(filled_in(&bounded, &sent("äöü")), Ok(()));
    for (text, code) in [
        ("ab", "BASE_TYPE_BAD_LENGTH"),
        ("abcdef", "BASE_TYPE_BAD_LENGTH"),
        ("", "BASE_TYPE_REQUIRED"),
    ] {
        assert_eq!(
            codes(filled_in(&bounded, &sent(text)), "why"),
            [code],
            "{text}"
        );
    }
    let missing = filled_in(&bounded, &json!({"components": []}));
    assert_eq!(codes(missing, "why"), ["BASE_TYPE_REQUIRED"]);
    let free = form_with(json!({"required": false, "min_length": 3}));
    assert_eq!(filled_in(&free, &sent("")), Ok(()));
    assert_eq!(
        codes(filled_in(&free, &sent("ab")), "why"),
        ["BASE_TYPE_BAD_LENGTH"]
    );
}

#[test]
fn only_what_a_message_offers_can_be_chosen() {
    let rows = [row(vec![select_with(
        json!({"options": choices(3), "max_values": 2}),
    )])];
    let choice = |values: Value| chosen(&rows, &json!({"custom_id": "s", "values": values}));
    assert_eq!(choice(json!(["0", "2"])), Ok(()));
    assert_eq!(codes(choice(json!([])), "values"), ["BASE_TYPE_BAD_LENGTH"]);
    assert_eq!(
        codes(choice(json!(["0", "1", "2"])), "values"),
        ["BASE_TYPE_BAD_LENGTH"]
    );
    assert_eq!(
        codes(choice(json!(["9"])), "values.0"),
        ["BASE_TYPE_CHOICES"]
    );
    let mut grey = button("b");
    grey["disabled"] = json!(true);
    let pressed = chosen(&[row(vec![grey])], &json!({"custom_id": "b"}));
    assert_eq!(codes(pressed, "custom_id"), ["COMPONENT_VALIDATION_FAILED"]);
}
