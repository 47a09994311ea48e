//! Folds a text letter by letter: case, compatibility forms, look-alikes and invisible characters, with positions kept.

use std::sync::LazyLock;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Letters that look like a Latin one, sorted by code point (see `lists/README.md` for the source).
static LOOK_ALIKES: LazyLock<Vec<(char, char)>> =
    LazyLock::new(|| parse_table(include_str!("lists/look-alikes.txt")));

/// Greek capitals whose shape is another Latin letter than that of their small form. They count as their shape only
/// in a word that also holds Latin letters: in a Greek word, capitals and small letters must stay equal.
const GREEK_CAPITALS: [(char, char); 4] = [('Η', 'h'), ('Μ', 'm'), ('Ν', 'n'), ('Υ', 'y')];

/// How a letter came to be what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As written, apart from case and compatibility form.
    Plain,
    /// A look-alike was replaced, or an accent taken away.
    Altered,
    /// A capital I after a small letter, which reads as a small L.
    CapitalI,
}

/// One folded character and where it stood in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The folded character; every kind of white space is a blank.
    pub ch: char,
    /// Its first byte in the text as written.
    pub start: usize,
    /// The byte after its last one.
    pub end: usize,
    /// Whether something was hidden here.
    pub look: Look,
}

/// Folds `text` into letters, linear in its length.
///
/// Lower case, NFKD, look-alikes to Latin, accents and invisible characters removed. Punctuation stays, because link
/// domains need it; [`super::words::Words`] takes it away.
#[must_use]
pub fn letters(text: &str) -> Vec<Letter> {
    let mut folder = Folder {
        out: Vec::with_capacity(text.len()),
        start: 0,
        end: 0,
        mixed: false,
    };
    let mut word_end = 0;
    let mut before = ' ';
    for (start, c) in text.char_indices() {
        folder.start = start;
        folder.end = start + c.len_utf8();
        if c.is_ascii() {
            folder.ascii(c, before);
        } else if is_settled(c) {
            folder.push(c, Look::Plain);
        } else {
            if start >= word_end {
                let unseen = word_end;
                word_end = start + word_length(&text[start..]);
                folder.mixed = is_mixed(&text.as_bytes()[unseen..word_end], start - unseen);
            }
            decompose_compatible(c, |part| folder.decomposed(part));
        }
        before = c;
    }
    folder.out
}

/// All pairs (look-alike, Latin letter) that folding replaces.
#[must_use]
pub fn look_alikes() -> &'static [(char, char)] {
    &LOOK_ALIKES
}

/// Whether a character is part of a word in any script.
#[must_use]
pub fn is_word(c: char) -> bool {
    match c {
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        // The standard library's tables are slow for the letters that whole languages are written in.
        'Ѐ'..='ҁ' | 'Ҋ'..='ԯ' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' => true,
        _ => is_settled(c) || c.is_alphanumeric() || is_combining_mark(c),
    }
}

struct Folder {
    out: Vec<Letter>,
    start: usize,
    end: usize,
    mixed: bool,
}

impl Folder {
    fn ascii(&mut self, c: char, before: char) {
        if c.is_ascii_whitespace() || c == '\u{b}' {
            self.push(' ', Look::Plain);
        } else if c == 'I' && before.is_ascii_lowercase() {
            self.push('i', Look::CapitalI);
        } else if !c.is_ascii_control() {
            self.push(c.to_ascii_lowercase(), Look::Plain);
        }
    }

    /// Takes one character that NFKD leaves alone, of any case.
    fn decomposed(&mut self, c: char) {
        if self.mixed
            && let Some((_, latin)) = GREEK_CAPITALS.iter().find(|(capital, _)| *capital == c)
        {
            return self.push(*latin, Look::Altered);
        }
        for lower in c.to_lowercase() {
            if lower == c {
                self.lower(c);
            } else {
                decompose_compatible(lower, |part| self.lower(part));
            }
        }
    }

    fn lower(&mut self, c: char) {
        if is_blank(c) {
            self.push(' ', Look::Plain);
        } else if is_accent(c) || (is_combining_mark(c) && !self.carries_marks()) {
            if let Some(base) = self.out.last_mut() {
                base.look = Look::Altered;
            }
        } else if c == 'ß' {
            self.push('s', Look::Plain);
            self.push('s', Look::Plain);
        } else if !is_invisible(c) {
            let c = if c == 'ς' { 'σ' } else { c };
            match find_look_alike(c) {
                Some(latin) => self.push(latin, Look::Altered),
                None => self.push(c, Look::Plain),
            }
        }
    }

    /// Marks are part of the spelling in Indic and other scripts; on a Latin letter or on nothing they only disguise.
    fn carries_marks(&self) -> bool {
        self.out
            .last()
            .is_some_and(|base| !base.ch.is_ascii() && is_word(base.ch))
    }

    fn push(&mut self, ch: char, look: Look) {
        self.out.push(Letter {
            ch,
            start: self.start,
            end: self.end,
            look,
        });
    }
}

/// Bytes from the start of `text` to the next white space.
fn word_length(text: &str) -> usize {
    text.find(char::is_whitespace).unwrap_or(text.len())
}

/// Whether the last word of `unseen` holds a Latin letter; `at` is inside that word. Each byte of a text is looked at
/// for one word only, so that folding stays linear.
fn is_mixed(unseen: &[u8], at: usize) -> bool {
    let from = unseen[..at]
        .iter()
        .rposition(u8::is_ascii_whitespace)
        .map_or(0, |space| space + 1);
    unseen[from..].iter().any(u8::is_ascii_alphabetic)
}

fn find_look_alike(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let table = &*LOOK_ALIKES;
    let at = table.binary_search_by_key(&c, |(from, _)| *from).ok()?;
    Some(table[at].1)
}

fn parse_table(file: &str) -> Vec<(char, char)> {
    let mut table = Vec::with_capacity(700);
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split(' ');
        let latin = fields.next().and_then(|field| field.chars().next());
        let codes = fields.filter_map(|code| u32::from_str_radix(code, 16).ok());
        let from = codes.filter_map(char::from_u32);
        table.extend(from.zip(latin.into_iter().cycle()));
    }
    table.sort_unstable();
    table
}

/// Korean syllables and common Chinese characters, which folding leaves (or puts back) as they are: the short way.
const fn is_settled(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// White space, and letters that are drawn as nothing but take room.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}'
        )
}

/// Characters without a shape: joiners, direction marks, variation selectors, tags, controls.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9F}' | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Marks that no word needs to be told from another in a moderation rule: accents, overlays, Hebrew points, Arabic
/// vowel signs.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}'
        | '\u{5C4}' | '\u{5C5}' | '\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn folded(text: &str) -> String {
        letters(text).iter().map(|letter| letter.ch).collect()
    }

    #[test]
    fn every_disguise_of_a_letter_falls() {
        for (text, plain) in [
            ("FREE Nitro", "free nitro"),
            ("ＦＲＥＥ ｎｉｔｒｏ", "free nitro"),
            ("𝓯𝓻𝓮𝓮 𝕟𝕚𝕥𝕣𝕠", "free nitro"),
            ("frее nіtrо", "free nitro"),
            ("fr\u{200b}ee\u{2060} ni\u{ad}tro\u{fe0f}", "free nitro"),
            ("ⓕⓡⓔⓔ 🅝🅘🅣🅡🅞", "free nitro"),
            ("ꜰʀᴇᴇ ɴɪᴛʀᴏ", "free nitro"),
            ("f̶r̶e̶e̶ n̷i̷t̷r̷o̷", "free nitro"),
            ("frëé ñîtrø", "free nitro"),
            ("fr\u{93f}ee nitro", "free nitro"),
            ("free\u{3000}nitro", "free nitro"),
            ("ΝITRΟ", "nitro"),
            ("DİSCORD dıscord", "discord discord"),
            ("STRASSE straße", "strasse strasse"),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    #[test]
    fn other_scripts_stay_readable() {
        assert_eq!(folded("भारत"), "भारत");
        assert_eq!(folded("日本語 テスト"), "日本語 テスト");
        assert_eq!(folded("ไทย"), "ไทย");
        assert_eq!(folded("שָׁלוֹם"), "שלום");
    }

    #[test]
    fn greek_and_russian_words_do_not_depend_on_case() {
        for word in ["ΗΜΕΡΑ", "ΥΜΝΟΣ", "ПРИВЕТ", "ЁЛКА", "ΝΊΚΗ"] {
            assert_eq!(folded(word), folded(&word.to_lowercase()), "{word}");
        }
    }

    #[test]
    fn a_letter_knows_where_it_stood() {
        let found = letters("аB\u{200b}c");
        let spans: Vec<_> = found.iter().map(|l| (l.ch, l.start, l.end)).collect();
        assert_eq!(spans, [('a', 0, 2), ('b', 2, 3), ('c', 6, 7)]);
        assert_eq!(found[0].look, Look::Altered);
        assert_eq!(found[1].look, Look::Plain);
    }

    #[test]
    fn a_capital_i_inside_a_word_is_noted() {
        let looks: Vec<_> = letters("OnIyI I").iter().map(|l| l.look).collect();
        assert_eq!(looks[2], Look::CapitalI);
        assert_eq!(looks[4], Look::CapitalI);
        assert_eq!(looks[6], Look::Plain);
    }

    #[test]
    fn every_character_folds_to_something_that_folds_to_itself() {
        for c in '\0'..=char::MAX {
            let once = folded(&c.to_string());
            assert_eq!(folded(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn every_character_folds_like_its_other_case() {
        for c in '\0'..=char::MAX {
            let lower: String = c.to_lowercase().collect();
            assert_eq!(folded(&lower), folded(&c.to_string()), "{c}");
        }
    }

    #[test]
    fn the_short_ways_give_what_the_long_ones_give() {
        for c in '\0'..=char::MAX {
            let word = c.is_alphanumeric() || is_combining_mark(c);
            assert_eq!(is_word(c), word, "U+{:04X}", u32::from(c));
            if is_settled(c) {
                assert!(c.nfkc().eq([c]) && find_look_alike(c).is_none(), "{c}");
            }
        }
    }

    #[test]
    fn the_table_is_sound() {
        let table = look_alikes();
        assert!(table.len() > 500, "{}", table.len());
        for pair in table.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{pair:?} stands twice");
        }
        for (from, latin) in table {
            assert!(!from.is_ascii() && latin.is_ascii_lowercase(), "{from}");
            assert_eq!(folded(&from.to_string()), latin.to_string());
        }
    }
}
