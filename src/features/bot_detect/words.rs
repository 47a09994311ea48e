//! Cuts folded letters into words: punctuation becomes gaps, so that phrases compare unit by unit.

use std::ops::Range;

use unicode_normalization::char::compose;

use super::fold::{Letter, Look, is_word, letters};

/// What stands before a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nothing: the unit continues a word.
    None,
    /// A blank, or punctuation inside a run (`free-nitro`, `free/nitro`).
    Soft,
    /// Punctuation and a blank: most likely another sentence.
    Hard,
}

/// How a unit takes part in word boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// No part of a word: `@`, `$`, an emoji.
    Symbol,
    /// A script that puts blanks between words.
    Spaced,
    /// Korean: blanks between words, but endings are attached.
    Hangul,
    /// Japanese foreign words, written without blanks but in runs of their own.
    Katakana,
    /// A script without blanks between words: Chinese, Japanese, Thai and others.
    Free,
}

/// What a unit may stand for besides itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    /// Only itself.
    None,
    /// A look-alike: an `i` may be meant as an `l` and the other way round.
    LookAlike,
    /// A digit or sign that may stand for a letter: `n1tr0`, `$team`.
    Leet,
}

/// Which characters are units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Words of any script, and `@ $ !` where they take part in one. An emoji between two words is a gap.
    Words,
    /// Words and every symbol that is not punctuation, for keywords such as `c++` or an emoji.
    Symbols,
}

/// One character that counts, with what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The folded character.
    pub ch: char,
    /// What stands before it.
    pub gap: Gap,
    /// Its part in word boundaries.
    pub class: Class,
    /// What it may stand for.
    pub disguise: Disguise,
    /// Its bytes in the text as written.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
    /// Where its skeleton begins in [`Words::skeleton`].
    pub at: usize,
}

/// A text as units, and their skeleton for the automaton.
#[derive(Clone)]
pub struct Words {
    /// The units in order.
    pub units: Vec<Unit>,
    /// The units without gaps, characters that may stand for each other made equal (see [`skeleton_of`]).
    pub skeleton: String,
}

impl Words {
    /// Folds and cuts a text, linear in its length.
    #[must_use]
    pub fn fold(text: &str, keep: Keep) -> Self {
        Self::from_letters(&letters(text), keep)
    }

    /// Cuts letters that are folded already.
    #[must_use]
    pub fn from_letters(letters: &[Letter], keep: Keep) -> Self {
        let mut cutter = Cutter::new(letters.len());
        for (at, letter) in letters.iter().enumerate() {
            if is_unit(letters, at, keep) {
                cutter.unit(letter);
            } else if !is_invisible_markup(letters, at) {
                cutter.separator(letter.ch);
            }
        }
        cutter.words
    }

    /// Writes units as a person reads them: gaps as single blanks.
    #[must_use]
    pub fn excerpt(&self, units: Range<usize>) -> String {
        let mut text = String::new();
        for unit in &self.units[units] {
            if unit.gap != Gap::None && !text.is_empty() {
                text.push(' ');
            }
            text.push(unit.ch);
        }
        text
    }
}

/// Folds a text to what phrases are compared with: lower case, Latin look-alikes, single blanks, no punctuation.
///
/// Idempotent: a folded text folds to itself.
#[must_use]
pub fn fold(text: &str) -> String {
    let words = Words::fold(text, Keep::Words);
    words.excerpt(0..words.units.len())
}

/// The character that stands for all that may be written instead of `c`: `1 l !` for `i`, `0` for `o` and so on.
#[must_use]
pub const fn skeleton_of(c: char) -> char {
    match c {
        '1' | '!' | 'l' => 'i',
        '0' => 'o',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    }
}

/// The class of a unit's character.
#[must_use]
pub fn class_of(c: char) -> Class {
    match c {
        _ if !is_word(c) => Class::Symbol,
        '\0'..='\u{DFF}' => Class::Spaced,
        '\u{1100}'..='\u{11FF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' => {
            Class::Hangul
        }
        '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' => {
            Class::Katakana
        }
        '\u{E00}'..='\u{EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{312F}'
        | '\u{3400}'..='\u{A4CF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' => Class::Free,
        _ => Class::Spaced,
    }
}

struct Cutter {
    words: Words,
    blank: bool,
    stop: bool,
    other: bool,
}

impl Cutter {
    fn new(capacity: usize) -> Self {
        Self {
            words: Words {
                units: Vec::with_capacity(capacity),
                skeleton: String::with_capacity(capacity),
            },
            blank: false,
            stop: false,
            other: false,
        }
    }

    fn separator(&mut self, c: char) {
        match c {
            ' ' => self.blank = true,
            '.' | ',' | ';' | ':' | '!' | '?' | '。' | '、' => self.stop = true,
            _ => self.other = true,
        }
    }

    fn unit(&mut self, letter: &Letter) {
        let gap = self.take_gap();
        if gap == Gap::None && self.compose(letter) {
            return;
        }
        self.push(letter, gap);
    }

    fn push(&mut self, letter: &Letter, gap: Gap) {
        let skeleton = skeleton_of(letter.ch);
        self.words.units.push(Unit {
            ch: letter.ch,
            gap,
            class: class_of(letter.ch),
            disguise: match letter.look {
                Look::Altered | Look::CapitalI => Disguise::LookAlike,
                Look::Plain if skeleton != letter.ch && letter.ch != 'l' => Disguise::Leet,
                Look::Plain => Disguise::None,
            },
            start: letter.start,
            end: letter.end,
            at: self.words.skeleton.len(),
        });
        self.words.skeleton.push(skeleton);
    }

    /// Puts Korean syllables and Japanese voiced letters together again, which NFKD has taken apart.
    fn compose(&mut self, letter: &Letter) -> bool {
        if !matches!(letter.ch, '\u{1161}'..='\u{11FF}' | '\u{3099}' | '\u{309A}') {
            return false;
        }
        let Some(last) = self.words.units.last_mut() else {
            return false;
        };
        let Some(whole) = compose(last.ch, letter.ch) else {
            return false;
        };
        last.ch = whole;
        last.class = class_of(whole);
        last.end = letter.end;
        self.words.skeleton.truncate(last.at);
        self.words.skeleton.push(whole);
        true
    }

    fn take_gap(&mut self) -> Gap {
        let gap = match (self.blank, self.stop, self.other) {
            (true, true, _) => Gap::Hard,
            (false, false, false) => Gap::None,
            _ => Gap::Soft,
        };
        (self.blank, self.stop, self.other) = (false, false, false);
        gap
    }
}

fn is_unit(letters: &[Letter], at: usize, keep: Keep) -> bool {
    let c = letters[at].ch;
    if is_word(c) {
        return true;
    }
    let next = letters.get(at + 1).map_or(' ', |letter| letter.ch);
    match c {
        '@' | '$' if keep == Keep::Words => next.is_ascii_alphanumeric(),
        '!' => {
            let before = at.checked_sub(1).map_or(' ', |before| letters[before].ch);
            before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric()
        }
        _ => keep == Keep::Symbols && !is_punctuation(c),
    }
}

/// Markdown that a reader does not see: `fr**ee**` and `ni||tro||` read `free` and `nitro`.
fn is_invisible_markup(letters: &[Letter], at: usize) -> bool {
    let c = letters[at].ch;
    let same = |other: Option<&Letter>| other.is_some_and(|letter| letter.ch == c);
    match c {
        '*' => true,
        '|' | '~' | '_' => {
            same(letters.get(at + 1)) || same(at.checked_sub(1).and_then(|at| letters.get(at)))
        }
        _ => false,
    }
}

fn is_punctuation(c: char) -> bool {
    matches!(c,
        ' ' | '.' | ',' | ';' | ':' | '!' | '?' | '-' | '_' | '*' | '~' | '`' | '|' | '"' | '\'' | '(' | ')' | '['
        | ']' | '{' | '}' | '<' | '>' | '/' | '\\' | '^' | '=' | '¡' | '«' | '·' | '»' | '¿'
        | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205E}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}'
        | '\u{3014}'..='\u{301F}' | '\u{30FB}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn punctuation_and_white_space_become_single_blanks() {
        for (text, folded) in [
            ("  FREE\t\n nitro!! ", "free nitro"),
            ("free-nitro, free/nitro", "free nitro free nitro"),
            ("**free** __nitro__", "free nitro"),
            ("fr**ee** ni||tro||", "free nitro"),
            ("n!tro for $10 @ever", "n!tro for $10 @ever"),
            ("what! a @ $ day", "what a day"),
            ("free 🎁🎁 nitro", "free nitro"),
            ("c'est l’été", "c est l ete"),
            ("...", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn syllables_and_voiced_letters_are_whole_again() {
        assert_eq!(fold("한국어 각"), "한국어 각");
        assert_eq!(fold("ガンダム ﾊﾟ ぱ"), "ガンダム パ ぱ");
    }

    #[test]
    fn gaps_tell_a_sentence_from_a_run() {
        let gaps = |text: &str| -> Vec<Gap> {
            let words = Words::fold(text, Keep::Words);
            words.units.iter().skip(1).map(|unit| unit.gap).collect()
        };
        assert_eq!(gaps("ab"), [Gap::None]);
        assert_eq!(gaps("a b"), [Gap::Soft]);
        assert_eq!(gaps("a.b"), [Gap::Soft]);
        assert_eq!(gaps("a. b"), [Gap::Hard]);
        assert_eq!(gaps("a\n(b"), [Gap::Soft]);
    }

    #[test]
    fn symbols_are_kept_only_when_asked_for() {
        let units = |keep| Words::fold("c++ 🍆 :) a", keep).units.len();
        assert_eq!(units(Keep::Words), 2);
        assert_eq!(units(Keep::Symbols), 5);
    }

    #[test]
    fn each_script_has_its_class() {
        for (c, class) in [
            ('a', Class::Spaced),
            ('7', Class::Spaced),
            ('я', Class::Spaced),
            ('ب', Class::Spaced),
            ('@', Class::Symbol),
            ('🎁', Class::Symbol),
            ('무', Class::Hangul),
            ('ニ', Class::Katakana),
            ('ー', Class::Katakana),
            ('の', Class::Free),
            ('漢', Class::Free),
            ('ไ', Class::Free),
        ] {
            assert_eq!(class_of(c), class, "{c}");
        }
    }

    fn assert_sound(text: &str) -> Result<(), TestCaseError> {
        for keep in [Keep::Words, Keep::Symbols] {
            let words = Words::fold(text, keep);
            let mut at = 0;
            for unit in &words.units {
                prop_assert_eq!(unit.at, at);
                prop_assert!(text.is_char_boundary(unit.start) && text.is_char_boundary(unit.end));
                at += skeleton_of(unit.ch).len_utf8();
            }
            prop_assert_eq!(words.skeleton.len(), at);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_twice_is_folding_once_for_tricky_letters(
            text in "[ab!@$*|_~. \u{200b}\u{300}\u{93f}कか\u{3099}\u{309a}가\u{1100}\u{1161}\u{11a8}ΗМß🎁—]{0,16}"
        ) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn every_unit_knows_its_place(text in any::<String>()) {
            assert_sound(&text)?;
        }
    }
}
