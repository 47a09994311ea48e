//! What people and older programs write, read as typed values.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::guild::config::value::{Kind, Value};

const NAUGHTY: &str = include_str!("../../../../tests/data/naughty-strings.json");
const DAY: u64 = 86_400;

const KINDS: [Kind; 11] = [
    Kind::Bool,
    Kind::Text { least: 1, most: 10 },
    Kind::Choice(&["delete", "warn"]),
    Kind::Seconds { most: DAY },
    Kind::Channel,
    Kind::Role,
    Kind::Roles,
    Kind::Users,
    Kind::Texts {
        entries: 3,
        most: 5,
    },
    Kind::TimeZone,
    Kind::Number {
        least: 1,
        most: 4_000,
    },
];

fn parse(kind: Kind, text: &str) -> Result<Value, String> {
    kind.parse(text).map_err(|error| error.to_string())
}

fn value_of(kind: Kind) -> BoxedStrategy<Value> {
    let id = 1..=u64::MAX / 2;
    let ids = proptest::collection::btree_set(id.clone(), 0..20);
    match kind {
        Kind::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Text { .. } => "[!-~äßж漢]{1,10}"
            .prop_map(|text| Value::Text(text.into()))
            .boxed(),
        Kind::Choice(words) => proptest::sample::select(words)
            .prop_map(|word| Value::Text(word.into()))
            .boxed(),
        Kind::TimeZone => proptest::sample::select(&chrono_tz::TZ_VARIANTS[..])
            .prop_map(|zone| Value::Text(zone.name().into()))
            .boxed(),
        Kind::Seconds { most } => (1..=most).prop_map(Value::Seconds).boxed(),
        Kind::Number { least, most } => (least..=most).prop_map(Value::Number).boxed(),
        Kind::Channel | Kind::Role => id.prop_map(Value::Id).boxed(),
        Kind::Roles | Kind::Users => ids
            .prop_map(|ids| Value::Ids(ids.into_iter().collect()))
            .boxed(),
        Kind::Texts { .. } => proptest::collection::btree_set("[a-zä]{1,5}", 0..=3)
            .prop_map(|texts| Value::Texts(texts.into_iter().map(Into::into).collect()))
            .boxed(),
    }
}

/// A value as a person could type it.
fn typed(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (_, Value::Bool(on)) => on.to_string(),
        (_, Value::Text(text)) => text.to_string(),
        (_, Value::Seconds(seconds)) => format!("{seconds}s"),
        (_, Value::Number(number)) => number.to_string(),
        (Kind::Channel, Value::Id(id)) => format!("<#{id}>"),
        (_, Value::Id(id)) => format!("<@&{id}>"),
        (Kind::Users, Value::Ids(ids)) => join(ids.iter().map(|id| format!("<@{id}>")), " "),
        (_, Value::Ids(ids)) => join(ids.iter().map(u64::to_string), ", "),
        (_, Value::Texts(texts)) => join(texts.iter().map(ToString::to_string), ", "),
    }
}

fn join(parts: impl Iterator<Item = String>, with: &str) -> String {
    parts.collect::<Vec<_>>().join(with)
}

proptest! {
    #[test]
    fn what_is_stored_is_read_back(
        (kind, value) in proptest::sample::select(&KINDS[..])
            .prop_flat_map(|kind| (Just(kind), value_of(kind))),
    ) {
        prop_assert_eq!(kind.from_json(&value.to_json()), Ok(value.clone()));
        let text = typed(kind, &value);
        prop_assert_eq!(kind.parse(&text), Ok(value), "{}", text);
    }

    #[test]
    fn whatever_is_typed_gives_a_value_of_the_kind_or_an_explanation(
        kind in proptest::sample::select(&KINDS[..]),
        text in ".{0,200}",
    ) {
        match kind.parse(&text) {
            Ok(value) => prop_assert_eq!(kind.from_json(&value.to_json()), Ok(value)),
            Err(error) => prop_assert!(error.to_string().chars().count() < 300),
        }
    }
}

#[test]
fn naughty_strings_are_values_or_explained() {
    let naughty: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of texts");
    assert!(naughty.len() > 300);
    for text in &naughty {
        for kind in KINDS {
            match kind.parse(text) {
                Ok(value) => {
                    assert_eq!(kind.from_json(&value.to_json()), Ok(value.clone()));
                    assert!(!value.show(&kind).is_empty(), "{text:?}");
                    assert!(!value.to_json().to_string().contains("\\u0000"), "{text:?}");
                }
                Err(error) => assert!(error.to_string().chars().count() < 300, "{text:?}"),
            }
        }
    }
}

#[test]
fn switches_are_read_as_people_say_them() {
    for text in ["true", "YES", " on ", "1", "Enabled"] {
        assert_eq!(parse(Kind::Bool, text), Ok(Value::Bool(true)), "{text}");
    }
    for text in ["false", "No", "off", "0", "disabled"] {
        assert_eq!(parse(Kind::Bool, text), Ok(Value::Bool(false)), "{text}");
    }
    insta::assert_snapshot!(
        parse(Kind::Bool, "maybe").expect_err("no switch"),
        @"“maybe” does not fit; it takes true or false"
    );
}

#[test]
fn ids_are_taken_bare_or_as_the_right_mention() {
    for (kind, text) in [
        (Kind::Channel, "<#7>"),
        (Kind::Channel, "7"),
        (Kind::Role, "<@&7>"),
        (Kind::Role, " 7 "),
    ] {
        assert_eq!(parse(kind, text), Ok(Value::Id(7)), "{text}");
    }
    for text in ["<@7> <@!7>, 7", "7"] {
        assert_eq!(
            parse(Kind::Users, text),
            Ok(Value::Ids([7].into())),
            "{text}"
        );
    }
    for (kind, text) in [
        (Kind::Channel, "<@7>"),
        (Kind::Channel, "#general"),
        (Kind::Channel, ""),
        (Kind::Channel, "0"),
        (Kind::Channel, "-7"),
        (Kind::Channel, "+7"),
        (Kind::Channel, "7.0"),
        (Kind::Channel, "٧"),
        (Kind::Channel, "<#7"),
        (Kind::Channel, "<#7><#8>"),
        (Kind::Role, "<#7>"),
        (Kind::Role, "9223372036854775808"),
        (Kind::Role, "99999999999999999999999"),
        (Kind::Roles, "<@&7> <@8>"),
        (Kind::Users, "<@&7>"),
    ] {
        let error = parse(kind, text).expect_err(text);
        assert!(error.contains("does not fit; it takes"), "{error}");
    }
}

#[test]
fn stored_ids_and_numbers_may_be_texts_as_older_programs_wrote_them() {
    let big = 9_007_199_254_740_993_u64;
    for json in [json!(big), json!(big.to_string())] {
        assert_eq!(Kind::Role.from_json(&json), Ok(Value::Id(big)));
    }
    assert_eq!(
        Kind::Users.from_json(&json!(["1", 2, "1"])),
        Ok(Value::Ids([1, 2].into()))
    );
    let seconds = Kind::Seconds { most: DAY };
    assert_eq!(seconds.from_json(&json!("60")), Ok(Value::Seconds(60)));
    for json in [
        json!(0),
        json!(DAY + 1),
        json!(-1),
        json!(1.5),
        json!("+60"),
        Json::Null,
        json!([]),
        json!({}),
        json!(true),
    ] {
        seconds.from_json(&json).expect_err("no number of seconds");
        let id = Kind::Channel.from_json(&json);
        assert_eq!(id.is_ok(), json == json!(DAY + 1), "{json}");
    }
}

#[test]
fn bounds_hold_at_their_edges() {
    let text = Kind::Text { least: 2, most: 4 };
    for (value, fits) in [
        ("a", false),
        ("ab", true),
        ("äöüß", true),
        ("abcde", false),
        (" ab", false),
        ("a\0b", false),
    ] {
        assert_eq!(text.from_json(&json!(value)).is_ok(), fits, "{value:?}");
    }
    let texts = KINDS[8];
    for (value, fits) in [
        (json!([]), true),
        (json!(["a", "b", "c"]), true),
        (json!(["a", "b", "c", "d"]), false),
        (json!(["abcde"]), true),
        (json!(["abcdef"]), false),
        (json!([""]), false),
        (json!([" "]), false),
        (json!([1]), false),
    ] {
        assert_eq!(texts.from_json(&value).is_ok(), fits, "{value}");
    }
    assert_eq!(
        parse(Kind::Seconds { most: DAY }, "1d"),
        Ok(Value::Seconds(DAY))
    );
}

#[test]
fn what_does_not_fit_is_explained_to_a_person() {
    let explained: Vec<String> = [
        (Kind::Text { least: 1, most: 10 }, "much too long for this"),
        (Kind::Choice(&["delete", "warn"]), "explode"),
        (Kind::TimeZone, "Berlin"),
        (Kind::Seconds { most: DAY }, "2d"),
        (Kind::Seconds { most: DAY }, "10"),
        (KINDS[10], "0"),
        (KINDS[10], "4001"),
        (KINDS[10], "1.5"),
        (Kind::Channel, "general"),
        (Kind::Roles, "mods and admins"),
        (KINDS[8], "a, b, c, d"),
    ]
    .map(|(kind, text)| parse(kind, text).expect_err("does not fit"))
    .into();
    insta::assert_snapshot!(explained.join("\n"), @r"
    “much too long for this” does not fit; it takes a text of 1 to 10 characters
    “explode” does not fit; it takes one of delete, warn
    “Berlin” does not fit; it takes the name of a time zone, such as Europe/Berlin or UTC
    that is too long; the longest is 1d
    “10” is not a duration; write it like 10m, 2h or 1d12h (units w d h m s)
    “0” does not fit; it takes a whole number from 1 to 4000
    “4001” does not fit; it takes a whole number from 1 to 4000
    “1.5” does not fit; it takes a whole number from 1 to 4000
    “general” does not fit; it takes a channel: its mention or its id
    “mods” does not fit; it takes roles: mentions or ids, separated by spaces
    “a, b, c, d” does not fit; it takes up to 3 texts of at most 5 characters, separated by commas
    ");
}

#[test]
fn values_are_shown_as_discord_draws_them() {
    let shown: Vec<String> = [
        (Value::Bool(true), Kind::Bool),
        (Value::Text("o`!".into()), KINDS[1]),
        (Value::Seconds(90), KINDS[3]),
        (Value::Number(4_000), KINDS[10]),
        (Value::Id(7), Kind::Channel),
        (Value::Id(7), Kind::Role),
        (Value::Ids([1, 2].into()), Kind::Roles),
        (Value::Ids([1, 2].into()), Kind::Users),
        (Value::Ids([].into()), Kind::Users),
        (super::words(&["a", "b"]), KINDS[8]),
        (super::words(&[]), KINDS[8]),
    ]
    .map(|(value, kind)| value.show(&kind))
    .into();
    insta::assert_snapshot!(shown.join("\n"), @r"
    true
    `oˋ!`
    1m30s
    4000
    <#7>
    <@&7>
    <@&1>, <@&2>
    <@1>, <@2>
    none
    `a`, `b`
    none
    ");
}
