//! Catalogues: languages, fallback, plural forms and damage.

use std::sync::LazyLock;

use super::{Language, Texts};
use crate::guild::config::value::Kind;
use crate::guild::keys::LANGUAGE_CODE;

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    let en = "greeting = Good morning, { $name }.\n\
              # a remark\n\
              count = { $count ->\n    [one] one entry\n   *[other] { $count } entries of { $name }\n }\n\
              plain = only English\n";
    let de = "greeting = Guten Morgen, { $name }.\n\
              count = { $count ->\n    [one] ein Eintrag\n   *[other] { $count } Einträge von { $name }\n }\n";
    Texts::new("sample", &[(Language::En, en), (Language::De, de)])
});

#[test]
fn a_text_is_said_in_its_language_and_in_english_where_that_lacks_it() {
    let name = [("name", "`Ada`".into())];
    let cases = [
        (Language::En, "greeting", "Good morning, `Ada`."),
        (Language::De, "greeting", "Guten Morgen, `Ada`."),
        (Language::Ko, "greeting", "Good morning, `Ada`."),
        (Language::De, "plain", "only English"),
    ];
    for (language, id, expected) in cases {
        assert_eq!(TEXTS.say(language, id, &name), expected);
    }
    assert_eq!(TEXTS.find(Language::De, "plain", &[]), None);
    assert_eq!(TEXTS.speech(Language::De).say("plain"), "only English");
}

#[test]
fn numbers_choose_the_plural_form_and_are_written_plainly() {
    let said = |count: usize| {
        let args = [("count", count.into()), ("name", "x".into())];
        TEXTS.speech(Language::De).with("count", &args)
    };
    assert_eq!(said(1), "ein Eintrag");
    assert_eq!(said(0), "0 Einträge von x");
    assert_eq!(said(12_000), "12000 Einträge von x");
}

#[test]
fn what_is_given_to_a_text_is_not_read_as_a_text() {
    let args = [("name", "{ $name } {\"x\"}".into())];
    let said = TEXTS.say(Language::En, "greeting", &args);
    assert_eq!(said, "Good morning, { $name } {\"x\"}.");
}

#[test]
fn ids_and_variables_are_those_of_the_file() {
    let ids: Vec<_> = TEXTS.ids(Language::En).into_iter().collect();
    assert_eq!(ids, ["count", "greeting", "plain"]);
    let variables: Vec<_> = TEXTS.variables(Language::De, "count").into_iter().collect();
    assert_eq!(variables, ["count", "name"]);
    assert!(TEXTS.variables(Language::De, "plain").is_empty());
    assert!(TEXTS.problems().is_empty());
}

#[test]
fn a_damaged_catalogue_names_its_fault_and_keeps_the_rest() {
    let texts = Texts::new(
        "sample",
        &[(
            Language::En,
            "good = fine\nbad = { $x\ntwice = 1\ntwice = 2\n",
        )],
    );
    assert!(!texts.problems().is_empty());
    assert_eq!(texts.say(Language::En, "good", &[]), "fine");
}

#[test]
fn the_words_of_the_key_are_the_languages() {
    let codes = Language::ALL.map(Language::code);
    assert_eq!(
        LANGUAGE_CODE.kind,
        Kind::Choice(&["en", "es", "de", "ko", "ja", "ru", "it", "fr"])
    );
    assert_eq!(codes.map(Language::find), Language::ALL.map(Some));
    assert_eq!(Language::find("xx"), None);
    assert!(Language::COMPLETE.contains(&Language::De));
}
