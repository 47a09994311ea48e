//! Each limit at its edge.

use serde_json::json;

use super::*;

fn code(outcome: Ruling) -> u32 {
    outcome.map_or_else(|error| error.code, |()| 0)
}

fn embeds(list: Vec<Value>) -> u32 {
    code(contents("x", &list, &[], 0))
}

#[test]
fn a_message_says_something() {
    assert_eq!(code(draft(&Draft::text("  \n"))), 50006);
    assert_eq!(
        code(draft(&Draft::default().embed(json!({"title": "t"})))),
        0
    );
    assert_eq!(
        code(draft(&Draft::default().attachment("a.png", 1, "image/png"))),
        0
    );
}

#[test]
fn a_message_has_2000_characters_of_any_script() {
    assert_eq!(code(draft(&Draft::text("ä".repeat(2000)))), 0);
    assert_eq!(code(draft(&Draft::text("ä".repeat(2001)))), 50035);
}

#[test]
fn embeds_are_limited_one_by_one_and_together() {
    assert_eq!(embeds(vec![json!({"title": "x".repeat(256)})]), 0);
    assert_eq!(embeds(vec![json!({"title": "x".repeat(257)})]), 50035);
    assert_eq!(
        embeds(vec![json!({"description": "x".repeat(4097)})]),
        50035
    );
    assert_eq!(
        embeds(vec![json!({"footer": {"text": "x".repeat(2049)}})]),
        50035
    );
    let long = json!({"description": "x".repeat(3001)});
    assert_eq!(embeds(vec![long.clone()]), 0);
    assert_eq!(embeds(vec![long.clone(), long]), 50035);
    assert_eq!(embeds(vec![json!({"title": "t"}); 10]), 0);
    assert_eq!(embeds(vec![json!({"title": "t"}); 11]), 50035);
}

#[test]
fn fields_need_name_and_value() {
    let field = |name: &str, value: &str| json!({"fields": [{"name": name, "value": value}]});
    assert_eq!(embeds(vec![field("n", "v")]), 0);
    assert_eq!(embeds(vec![field("", "v")]), 50035);
    assert_eq!(embeds(vec![field("n", &"v".repeat(1025))]), 50035);
    let many = vec![json!({"name": "n", "value": "v"}); 26];
    assert_eq!(embeds(vec![json!({"fields": many})]), 50035);
}

#[test]
fn custom_ids_are_short_and_used_once() {
    let row = |ids: &[&str]| {
        let buttons: Vec<Value> = ids
            .iter()
            .map(|id| json!({"type": 2, "style": 1, "label": "l", "custom_id": id}))
            .collect();
        json!({"type": 1, "components": buttons})
    };
    let rows = |list: Vec<Value>| code(contents("x", &[], &list, 0));
    assert_eq!(rows(vec![row(&["a", "b"])]), 0);
    assert_eq!(rows(vec![row(&["a", "a"])]), 50035);
    assert_eq!(rows(vec![row(&[&"a".repeat(101)])]), 50035);
    assert_eq!(rows(vec![row(&["1", "2", "3", "4", "5", "6"])]), 50035);
    let many = ["1", "2", "3", "4", "5", "6"].map(|id| row(&[id]));
    assert_eq!(rows(many.to_vec()), 50035);
}

#[test]
fn a_nonce_is_short() {
    let nonce = |text: String| Draft {
        nonce: Some(json!(text)),
        ..Draft::text("x")
    };
    assert_eq!(code(draft(&nonce("n".repeat(25)))), 0);
    assert_eq!(code(draft(&nonce("n".repeat(26)))), 50035);
}

#[test]
fn reasons_histories_and_timeouts_end_somewhere() {
    assert_eq!(code(reason(&"r".repeat(512))), 0);
    assert_eq!(code(reason(&"r".repeat(513))), 50035);
    assert_eq!(code(ban_history(604_800)), 0);
    assert_eq!(code(ban_history(604_801)), 50035);
    let now = DateTime::UNIX_EPOCH;
    assert_eq!(code(timeout(now + TimeDelta::days(28), now)), 0);
    let late = now + TimeDelta::days(28) + TimeDelta::seconds(1);
    assert_eq!(code(timeout(late, now)), 50035);
}
