//! Reads one keyword of an administrator: a phrase, a phrase with symbols, or a link domain.

use super::domains::host_of_keyword;
use super::words::{Gap, Keep, Unit, Words, skeleton_of};

/// A folded phrase with its gaps: a blank for a soft one, a line break for a hard one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Writes folded words as a pattern; `None` if nothing is left of them.
    #[must_use]
    pub fn new(words: &Words) -> Option<Self> {
        let mut text = String::with_capacity(words.skeleton.len() + 4);
        for unit in &words.units {
            match unit.gap {
                Gap::Soft if !text.is_empty() => text.push(' '),
                Gap::Hard if !text.is_empty() => text.push('\n'),
                Gap::None | Gap::Soft | Gap::Hard => {}
            }
            text.push(unit.ch);
        }
        (!text.is_empty()).then(|| Self(text.into_boxed_str()))
    }

    /// Its units in order, each with what stands before it.
    pub fn units(&self) -> impl Iterator<Item = (Gap, char)> + Clone + '_ {
        let mut gap = Gap::None;
        self.0.chars().filter_map(move |c| {
            let before = gap;
            gap = match c {
                ' ' => Gap::Soft,
                '\n' => Gap::Hard,
                _ => Gap::None,
            };
            (gap == Gap::None).then_some((before, c))
        })
    }

    /// What the automaton looks for.
    #[must_use]
    pub fn skeleton(&self) -> String {
        self.units().map(|(_, c)| skeleton_of(c)).collect()
    }

    /// The pattern as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a keyword means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A phrase of words.
    Words(Pattern),
    /// A phrase in which symbols count: `c++`, an emoji.
    Symbols(Pattern),
    /// A domain and its sub-domains, wherever a link or text names them.
    Domain(String),
}

impl Rule {
    /// Reads a keyword as an administrator typed it. `None` if nothing is left after folding.
    #[must_use]
    pub fn parse(keyword: &str) -> Option<Self> {
        if let Some(host) = host_of_keyword(keyword) {
            return Some(Self::Domain(host));
        }
        let words = Words::fold(keyword, Keep::Words);
        let all = Words::fold(keyword, Keep::Symbols);
        if characters(&words).eq(characters(&all)) {
            Pattern::new(&words).map(Self::Words)
        } else {
            Pattern::new(&all).map(Self::Symbols)
        }
    }

    /// Two keywords with the same key match the same texts.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Words(pattern) | Self::Symbols(pattern) => pattern.as_str().replace('\n', " "),
            Self::Domain(host) => host.clone(),
        }
    }
}

/// The fewest letters and digits of a keyword that somebody adds.
const LEAST: usize = 3;

/// Whether a keyword would find nearly every message: one or two letters or digits. From the arrows on Unicode has signs
/// that say something alone: emoji, and the writing of East Asia.
#[must_use]
pub fn is_too_short(keyword: &str) -> bool {
    match Rule::parse(keyword) {
        Some(Rule::Words(pattern) | Rule::Symbols(pattern)) => {
            let units = pattern.units();
            units.clone().count() < LEAST && units.map(|(_, c)| c).all(|c| c < '\u{2190}')
        }
        Some(Rule::Domain(_)) | None => false,
    }
}

fn characters(words: &Words) -> impl Iterator<Item = char> + '_ {
    words.units.iter().map(|unit: &Unit| unit.ch)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(keyword: &str) -> Option<String> {
        Rule::parse(keyword).map(|rule| rule.key())
    }

    #[test]
    fn keywords_that_match_the_same_texts_have_the_same_key() {
        for same in [
            "free nitro",
            " FREE  Nitro! ",
            "frее-nіtrо",
            "free\u{200b} nitro",
        ] {
            assert_eq!(key(same).as_deref(), Some("free nitro"), "{same}");
        }
        assert_ne!(key("freenitro"), key("free nitro"));
    }

    #[test]
    fn a_keyword_that_folds_to_nothing_is_none() {
        for nothing in ["", "   ", "...", ":)", "\u{200b}\u{fe0f}", "**", "\u{300}"] {
            assert_eq!(Rule::parse(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn one_or_two_letters_are_too_short_and_one_sign_is_not() {
        for short in ["a", "A!", "ok", "a b", "4", "ё", "a+", "$", "\u{200b}x y"] {
            assert!(is_too_short(short), "{short:?}");
        }
        for enough in ["win", "c++", "a b c", "🍆", "裸聊", "x.co", "t.me", "✅"] {
            assert!(!is_too_short(enough), "{enough:?}");
        }
    }

    #[test]
    fn symbols_count_where_a_keyword_holds_them() {
        assert!(matches!(Rule::parse("c++"), Some(Rule::Symbols(_))));
        assert!(matches!(Rule::parse("🍆"), Some(Rule::Symbols(_))));
        assert!(matches!(
            Rule::parse("@everyone gift"),
            Some(Rule::Words(_))
        ));
        assert!(matches!(Rule::parse("50$ gift"), Some(Rule::Symbols(_))));
        assert!(matches!(Rule::parse("$50 gift"), Some(Rule::Words(_))));
    }

    #[test]
    fn a_domain_is_seen_as_one() {
        for (keyword, host) in [
            ("evil.example", "evil.example"),
            ("https://www.Evil.Example/", "evil.example"),
            ("*.evil.example", "evil.example"),
            ("discord.gg", "discord.gg"),
        ] {
            assert_eq!(
                Rule::parse(keyword),
                Some(Rule::Domain(host.to_owned())),
                "{keyword}"
            );
        }
        for phrase in [
            "Mr. Smith",
            "v1.5",
            "u.s.a",
            "discord.gg/abc",
            "hello world",
        ] {
            assert!(
                matches!(Rule::parse(phrase), Some(Rule::Words(_))),
                "{phrase}"
            );
        }
    }

    #[test]
    fn a_pattern_gives_its_units_back() {
        let Some(Rule::Words(pattern)) = Rule::parse("ab. c d") else {
            panic!("a phrase");
        };
        let units: Vec<_> = pattern.units().collect();
        assert_eq!(
            units,
            [
                (Gap::None, 'a'),
                (Gap::None, 'b'),
                (Gap::Hard, 'c'),
                (Gap::Soft, 'd')
            ]
        );
        assert_eq!(pattern.skeleton(), "abcd");
    }
}
