//! The matcher on hostile input: broken strings, endless ones, and every disguise that can be generated.

use proptest::prelude::*;

use super::{defaults, guild, summary};
use crate::features::bot_detect::builtin::BUILT_IN;
use crate::features::bot_detect::fold::look_alikes;
use crate::features::bot_detect::matcher::{Matcher, Origin};
use crate::features::bot_detect::settings::BotDetectSettings;

const NAUGHTY: &str = include_str!("../../../../tests/data/naughty-strings.json");

#[test]
fn every_naughty_string_passes() {
    let strings: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of strings");
    assert!(strings.len() > 500);
    let matcher = guild(&["free nitro", "evil.example", "c++"]);
    for text in &strings {
        assert_eq!(matcher.find(text).as_ref().map(summary), None, "{text:?}");
        assert!(
            matcher.find(&format!("{text} free nitro {text}")).is_some(),
            "{text:?}"
        );
    }
}

#[test]
fn a_naughty_string_as_keyword_is_refused_or_finds_itself() {
    let strings: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of strings");
    for keyword in &strings {
        let mut settings = BotDetectSettings::default();
        if settings.add_keyword(keyword).is_ok() {
            let found = Matcher::compile(&settings).explain(keyword);
            let own = found.iter().any(|finding| finding.origin == Origin::Guild);
            assert!(own, "{keyword:?}");
        }
    }
}

const HOSTILE: &[&str] = &[
    "a",
    "a ",
    "aa ",
    "a.",
    "a.a:",
    "a@",
    "//a@",
    "(",
    "[.",
    "[ dot ",
    "dot ",
    "*",
    "||",
    "é",
    "Η",
    "\u{a0}é",
    "\u{200b}",
    "e\u{301}",
    "free nitro",
    "free nitr",
    "f r e e n i t r ",
    "xn--a.",
    "가\u{11a8}",
    "🎁",
    "1l!",
    "a\u{3000}",
    "https://a:b@",
    "。",
    "あ。",
    "1",
    "$",
    "@everyone ",
];

/// A quadratic step over so much text would take minutes.
#[test]
fn long_hostile_texts_end() {
    let matcher = guild(&["free nitro", "evil.example", "c++"]);
    for piece in HOSTILE {
        let text = piece.repeat(200_000 / piece.len());
        assert!(matcher.explain(&text).len() <= 50, "{piece}");
    }
}

/// Keywords that are all parts of one another, each a candidate at every place of the longest message.
#[test]
fn nested_keywords_end() {
    let mut settings = BotDetectSettings::default();
    for n in 3..=100 {
        settings.add_keyword(&"a".repeat(n)).expect("a keyword");
        settings.add_keyword(&"a ".repeat(n)).expect("a keyword");
    }
    let matcher = Matcher::compile(&settings);
    for piece in HOSTILE {
        let text = piece.repeat(2_000 / piece.len());
        assert!(matcher.explain(&text).len() <= 50, "{piece}");
    }
}

/// A built-in phrase with some letters swapped for look-alikes and zero-width characters put in.
fn disguised() -> impl Strategy<Value = (String, String)> {
    let rule = (0..BUILT_IN.rules.len()).prop_map(|at| BUILT_IN.rules[at].1);
    let choices = prop::collection::vec((any::<u16>(), 0_u8..10), 64);
    (rule, choices).prop_map(|(phrase, choices)| {
        let text = phrase.chars().zip(choices.into_iter().cycle());
        let text = text.map(|(c, (pick, how))| disguise(c, usize::from(pick), how));
        (phrase.to_owned(), text.collect())
    })
}

fn disguise(c: char, pick: usize, how: u8) -> String {
    const ZERO_WIDTH: [char; 6] = [
        '\u{200b}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{fe0f}',
    ];
    let swaps: Vec<char> = look_alikes()
        .iter()
        .filter(|(_, latin)| *latin == c)
        .map(|(from, _)| *from)
        .collect();
    match how {
        0..=2 if !swaps.is_empty() => swaps[pick % swaps.len()].to_string(),
        3 => c.to_uppercase().to_string(),
        4 => format!("{}{c}", ZERO_WIDTH[pick % ZERO_WIDTH.len()]),
        5 if c.is_ascii_alphabetic() => format!("{c}\u{336}"),
        6 if c.is_ascii_alphabetic() => {
            char::from_u32(u32::from(c) - 0x61 + 0x1D41A).map_or_else(String::new, String::from)
        }
        _ => c.to_string(),
    }
}

proptest! {
    #[test]
    fn a_disguise_does_not_hide_a_scam((phrase, text) in disguised()) {
        let found = defaults().explain(&format!("hey, {text} !"));
        prop_assert!(found.iter().any(|finding| finding.matched == phrase), "{text}");
    }

    #[test]
    fn no_text_panics_and_places_are_sound(text in any::<String>(), keyword in "\\PC{1,8}") {
        let mut settings = BotDetectSettings::default();
        let added = settings.add_keyword(&keyword).is_ok();
        let matcher = Matcher::compile(&settings);
        for finding in matcher.explain(&format!("{text} {keyword} {text}")) {
            prop_assert!(!finding.excerpt.is_empty() || !added);
        }
        let found = matcher.explain(&text);
        for finding in &found {
            prop_assert!(text.get(finding.at.clone()).is_some());
        }
        prop_assert_eq!(matcher.find(&text), found.first().cloned());
    }

    #[test]
    fn a_keyword_is_found_in_any_case(word in "([a-zäöüé]{1,12}|[а-яё]{1,12}|[α-ω]{1,12})", before in "[a-z]{0,5}") {
        let matcher = guild(&[&word]);
        for text in [word.clone(), word.to_uppercase(), format!("{before} {word}."), format!("«{word}»")] {
            prop_assert!(matcher.find(&text).is_some(), "{text}");
        }
    }
}
