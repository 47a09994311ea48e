//! Finds whole phrases in folded words: one pass of an automaton, then a check of boundaries and disguises.

use std::collections::HashSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::keyword::Pattern;
use super::words::{Class, Disguise, Gap, Unit, Words};

/// Below this many units a phrase is matched only as written: `l33t` spellings and spaced letters of shorter words
/// meet ordinary text.
const DISGUISED_FROM: usize = 4;

/// How a phrase was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// In words, perhaps with look-alike letters.
    Plain,
    /// With digits or signs for letters: `fr33 n1tro`.
    Leet,
    /// Letter by letter: `f r e e n i t r o`.
    Spaced,
}

/// A phrase found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which pattern of the set.
    pub rule: usize,
    /// Its units in the words that were searched.
    pub units: Range<usize>,
    /// How it was written.
    pub manner: Manner,
}

/// Any number of phrases that are looked for together.
///
/// A search is one pass over the text; each candidate costs at most the length of its phrase.
pub struct PhraseSet {
    automaton: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

impl PhraseSet {
    /// Compiles a set. The compact kind of automaton keeps a guild's share of memory small.
    #[must_use]
    pub fn new(patterns: Vec<Pattern>) -> Self {
        let automaton = (!patterns.is_empty()).then(|| {
            AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::ContiguousNFA))
                .match_kind(MatchKind::Standard)
                .build(patterns.iter().map(Pattern::skeleton))
                .expect("keywords are bounded far below the automaton's limit of 2^31 states")
        });
        Self {
            automaton,
            patterns,
        }
    }

    /// Bytes that the set holds, for sizing.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let automaton = self.automaton.as_ref().map_or(0, AhoCorasick::memory_usage);
        let patterns = self.patterns.iter().map(|pattern| pattern.as_str().len());
        automaton + patterns.sum::<usize>() + size_of::<Pattern>() * self.patterns.len()
    }

    /// Calls `found` for every phrase in the words, once each, by the place where it first ends.
    pub fn search(&self, words: &Words, mut found: impl FnMut(Hit)) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        let mut seen = HashSet::new();
        for candidate in automaton.find_overlapping_iter(&words.skeleton) {
            let rule = candidate.pattern().as_usize();
            if seen.contains(&rule) {
                continue;
            }
            let Some(units) = units_between(&words.units, candidate.start(), candidate.end())
            else {
                continue;
            };
            if let Some(manner) = verify(&self.patterns[rule], &words.units, &units) {
                seen.insert(rule);
                found(Hit {
                    rule,
                    units,
                    manner,
                });
            }
        }
    }
}

/// The units whose skeletons fill these bytes, if they begin and end between words.
fn units_between(units: &[Unit], start: usize, end: usize) -> Option<Range<usize>> {
    let first = units.binary_search_by_key(&start, |unit| unit.at).ok()?;
    if continues_before(units, first) {
        return None;
    }
    let end = first + units[first..].partition_point(|unit| unit.at < end);
    (!continues(units, end)).then_some(first..end)
}

/// Compares a pattern with these units. Gives how it is written there.
fn verify(pattern: &Pattern, units: &[Unit], place: &Range<usize>) -> Option<Manner> {
    let mut seen = Seen::default();
    for (gap, ch) in pattern.units() {
        seen.take(units, place.start, (gap, ch))?;
    }
    if seen.leet == 0 && seen.gaps_agree {
        return Some(Manner::Plain);
    }
    if seen.count < DISGUISED_FROM || seen.leet * 2 > seen.count {
        return None;
    }
    match (seen.gaps_agree, seen.all_apart) {
        (true, _) => Some(Manner::Leet),
        (false, true) => Some(Manner::Spaced),
        (false, false) => None,
    }
}

struct Seen {
    count: usize,
    leet: usize,
    gaps_agree: bool,
    all_apart: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            count: 0,
            leet: 0,
            gaps_agree: true,
            all_apart: true,
        }
    }
}

impl Seen {
    fn take(&mut self, units: &[Unit], first: usize, (gap, ch): (Gap, char)) -> Option<()> {
        let at = first + self.count;
        let unit = units.get(at)?;
        if unit.ch != ch {
            // The automaton has compared skeletons, so the two differ only as a disguise may.
            match unit.disguise {
                Disguise::None => return None,
                Disguise::LookAlike => {}
                Disguise::Leet => self.leet += 1,
            }
        }
        if self.count > 0 {
            self.gaps_agree &= gaps_agree(gap, unit.gap, units[at - 1].class, unit.class);
            self.all_apart &= unit.gap != Gap::None;
        }
        self.count += 1;
        Some(())
    }
}

/// A soft gap must be a soft gap: `free nitro` is not in `It is free. Nitro is not.` Scripts without blanks between
/// words may have one or not.
fn gaps_agree(wanted: Gap, gap: Gap, left: Class, right: Class) -> bool {
    match (wanted, gap) {
        (Gap::None, Gap::None) | (Gap::Soft, Gap::Soft) | (Gap::Hard, Gap::Soft | Gap::Hard) => {
            true
        }
        _ => is_unspaced(left) && is_unspaced(right),
    }
}

const fn is_unspaced(class: Class) -> bool {
    matches!(class, Class::Free | Class::Katakana)
}

/// Whether the word of the unit at `first` began before it.
fn continues_before(units: &[Unit], first: usize) -> bool {
    let before = first.checked_sub(1).and_then(|at| units.get(at));
    before.is_some_and(|left| is_one_word(left, &units[first]))
}

/// Whether the word before `end` goes on at it. A Korean word may: its endings are attached.
fn continues(units: &[Unit], end: usize) -> bool {
    let last = end.checked_sub(1).and_then(|at| units.get(at));
    match (last, units.get(end)) {
        (Some(left), Some(right)) => left.class != Class::Hangul && is_one_word(left, right),
        _ => false,
    }
}

fn is_one_word(left: &Unit, right: &Unit) -> bool {
    right.gap == Gap::None
        && left.class == right.class
        && !matches!(left.class, Class::Symbol | Class::Free)
}

#[cfg(test)]
mod tests {
    use super::super::words::Keep;
    use super::*;

    fn set(phrases: &[&str]) -> PhraseSet {
        let pattern = |phrase: &&str| Pattern::new(&Words::fold(phrase, Keep::Words));
        PhraseSet::new(phrases.iter().filter_map(pattern).collect())
    }

    fn manner(phrase: &str, text: &str) -> Option<Manner> {
        let mut first = None;
        set(&[phrase]).search(&Words::fold(text, Keep::Words), |hit| {
            first = first.or(Some(hit.manner));
        });
        first
    }

    #[test]
    fn a_phrase_is_found_however_it_is_written() {
        use Manner::{Leet, Plain, Spaced};
        for (phrase, text, how) in [
            ("free nitro", "get FREE nitro now", Plain),
            ("free nitro", "free-nitro", Plain),
            ("free nitro", "free\n\nnitro!", Plain),
            ("free nitro", "(free/nitro)", Plain),
            ("free nitro", "FREE 🎁 NITRO", Plain),
            ("free nitro", "**free** ||nitro||", Plain),
            ("free nitro", "fr**e**e __nitro__", Plain),
            ("free nitro", "ｆｒｅｅ nіtrо", Plain),
            ("free nitro", "fr33 n1tr0", Leet),
            ("free nitro", "free n!tro", Leet),
            ("free nitro", "f r e e n i t r o", Spaced),
            ("free nitro", "f r e e   n i t r o", Spaced),
            ("free nitro", "f.r.e.e.n.i.t.r.o", Spaced),
            ("free nitro", "f-r-e-e n-1-t-r-0", Spaced),
            ("free nitro", "🇫 🇷 🇪 🇪 🇳 🇮 🇹 🇷 🇴", Spaced),
            ("onlyfans", "OnIyFans", Plain),
            ("onlyfans", "0n1yfans", Leet),
            ("steam gift", "$team g1ft", Leet),
            ("airdrop", "@irdrop", Leet),
            ("discord", "d i s c o r d", Spaced),
            ("everyone", "@everyone", Plain),
        ] {
            assert_eq!(manner(phrase, text), Some(how), "{text}");
        }
    }

    #[test]
    fn only_whole_phrases_are_found() {
        for (phrase, text) in [
            ("free nitro", "carefree nitrogen"),
            ("free nitro", "free nitrogen"),
            ("free nitro", "carefree nitro"),
            ("free nitro", "It is free. Nitro is not."),
            ("free nitro", "free, nitro"),
            ("free nitro", "freenitro"),
            ("freenitro", "free nitro"),
            ("ass", "class assassin pass"),
            ("hell", "heil"),
            ("heil", "hell"),
            ("test", "7357"),
            ("lol", "101"),
            ("sos", "505"),
            ("therapist", "the rapist"),
            ("abc", "a b c"),
            ("cat", "catalogue"),
            ("nitro", "nitro2"),
        ] {
            assert_eq!(manner(phrase, text), None, "{phrase} in {text}");
        }
    }

    #[test]
    fn scripts_without_blanks_have_no_word_boundaries() {
        for (phrase, text) in [
            ("免费", "点击领取免费礼物"),
            ("無料 ニトロ", "今だけ無料ニトロをプレゼント"),
            ("無料ニトロ", "無料 ニトロ"),
            ("ニトロ", "無料ニトロです"),
            ("무료 니트로", "무료 니트로를 받으세요"),
            ("니트로", "무료nitro 니트로가"),
            ("ฟรี", "แจกฟรีที่นี่"),
            ("nitro", "無料nitroを"),
        ] {
            assert_eq!(manner(phrase, text), Some(Manner::Plain), "{phrase}");
        }
        for (phrase, text) in [("ニトロ", "ニトログリセリン"), ("사기", "감사기도")]
        {
            assert_eq!(manner(phrase, text), None, "{phrase}");
        }
    }

    #[test]
    fn spaced_scripts_keep_their_boundaries() {
        assert_eq!(manner("рай", "край"), None);
        assert_eq!(manner("рай", "это РАЙ!"), Some(Manner::Plain));
        assert_eq!(manner("مجاني", "نيترو مجاني الآن"), Some(Manner::Plain));
        assert_eq!(manner("मुफ़्त", "मुफ़्त उपहार"), Some(Manner::Plain));
    }

    #[test]
    fn every_phrase_in_a_text_is_reported() {
        let mut found = Vec::new();
        let phrases = set(&["free nitro", "nitro", "nitro now", "never"]);
        let words = Words::fold("free nitro now", Keep::Words);
        phrases.search(&words, |hit| {
            found.push((hit.rule, words.excerpt(hit.units)))
        });
        assert_eq!(
            found,
            [
                (0, "free nitro".to_owned()),
                (1, "nitro".to_owned()),
                (2, "nitro now".to_owned())
            ]
        );
    }

    #[test]
    fn thousands_of_phrases_stay_small() {
        let phrases: Vec<String> = (0..1_000)
            .map(|n| format!("scam phrase {n} here"))
            .collect();
        let phrases: Vec<&str> = phrases.iter().map(String::as_str).collect();
        let bytes = set(&phrases).memory_bytes();
        assert!(bytes < 512 * 1024, "{bytes}");
    }

    #[test]
    fn an_empty_set_finds_nothing() {
        set(&[]).search(&Words::fold("anything", Keep::Words), |hit| {
            panic!("{hit:?}");
        });
    }
}
