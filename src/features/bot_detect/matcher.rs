//! Matches a text against a guild's keywords and the built-in lists, and says what was found and why.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::ops::Range;

use super::builtin::{BUILT_IN, ScamKind};
use super::domains::judge;
use super::fold::{Letter, letters};
use super::hosts::{Host, list_hosts};
use super::keyword::{Pattern, Rule};
use super::phrases::{Hit, Manner, PhraseSet};
use super::settings::BotDetectSettings;
use super::words::{Keep, Words};

/// More findings than a person reads; [`Matcher::explain`] gives the first ones.
const MAX_FINDINGS: usize = 50;

/// Characters of an excerpt.
const MAX_EXCERPT: usize = 200;

/// Whether words or a link gave a message away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// A link domain.
    Domain,
    /// A phrase.
    Phrase,
}

/// Whose rule matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A keyword of the guild.
    Guild,
    /// A built-in rule against this kind of scam.
    BuiltIn(ScamKind),
}

/// One rule that matched, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Finding {
    /// Phrase or domain.
    pub kind: FindingKind,
    /// The rule: the keyword as typed, the built-in phrase, or the listed domain.
    pub matched: String,
    /// What stood there, folded.
    pub excerpt: String,
    /// Whose rule it is.
    pub origin: Origin,
    /// How a phrase was written; [`Manner::Plain`] for domains.
    pub manner: Manner,
    /// The bytes of the text as written.
    pub at: Range<usize>,
}

/// Without the excerpt, which is message content and must not reach a log.
impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finding")
            .field("kind", &self.kind)
            .field("origin", &self.origin)
            .field("manner", &self.manner)
            .finish_non_exhaustive()
    }
}

/// The compiled rules of one guild. The built-in lists are compiled once for the process.
pub struct Matcher {
    keywords: Vec<String>,
    words: Phrases,
    symbols: Phrases,
    domains: HashMap<String, usize>,
    use_builtin: bool,
}

/// A set of phrases and the keyword that each belongs to.
struct Phrases {
    set: PhraseSet,
    keywords: Vec<usize>,
}

impl Phrases {
    fn new(rules: Vec<(Pattern, usize)>) -> Self {
        let (patterns, keywords) = rules.into_iter().unzip();
        Self {
            set: PhraseSet::new(patterns),
            keywords,
        }
    }
}

impl Matcher {
    /// Compiles a guild's settings. Whether the room is enabled is the caller's question.
    #[must_use]
    pub fn compile(settings: &BotDetectSettings) -> Self {
        let keywords = settings.keywords().to_vec();
        let (mut words, mut symbols) = (Vec::new(), Vec::new());
        let mut domains = HashMap::new();
        for (at, keyword) in keywords.iter().enumerate() {
            match Rule::parse(keyword) {
                Some(Rule::Words(pattern)) => words.push((pattern, at)),
                Some(Rule::Symbols(pattern)) => symbols.push((pattern, at)),
                Some(Rule::Domain(host)) => {
                    domains.insert(host, at);
                }
                None => {}
            }
        }
        Self {
            keywords,
            words: Phrases::new(words),
            symbols: Phrases::new(symbols),
            domains,
            use_builtin: settings.use_builtin,
        }
    }

    /// The first finding in a text, if any: the first of [`Self::explain`].
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Finding> {
        self.explain(text).into_iter().next()
    }

    /// Every rule that matches, once each, by place; at one place domains before phrases, longer before shorter, the
    /// guild's before built-in ones. Gives the first 50.
    ///
    /// Linear in the text, apart from rules that overlap at one place.
    #[must_use]
    pub fn explain(&self, text: &str) -> Vec<Finding> {
        let letters = letters(text);
        let mut findings = Findings::default();
        self.search_hosts(text, &letters, &mut findings);
        self.search_words(&letters, &mut findings);
        findings.sorted()
    }

    /// Bytes that this guild's rules hold, for sizing.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let keywords = self.keywords.iter().map(String::len).sum::<usize>();
        keywords + self.words.set.memory_bytes() + self.symbols.set.memory_bytes()
    }

    fn search_words(&self, letters: &[Letter], findings: &mut Findings) {
        let words = Words::from_letters(letters, Keep::Words);
        self.search_keywords(&self.words, &words, findings);
        if self.use_builtin {
            let built_in = &*BUILT_IN;
            built_in.set.search(&words, |hit| {
                let (kind, phrase) = built_in.rules[hit.rule];
                findings.add_phrase(Origin::BuiltIn(kind), phrase, &words, &hit);
            });
        }
        if !self.symbols.keywords.is_empty() {
            let words = Words::from_letters(letters, Keep::Symbols);
            self.search_keywords(&self.symbols, &words, findings);
        }
    }

    fn search_keywords(&self, phrases: &Phrases, words: &Words, findings: &mut Findings) {
        phrases.set.search(words, |hit| {
            let keyword = &self.keywords[phrases.keywords[hit.rule]];
            findings.add_phrase(Origin::Guild, keyword, words, &hit);
        });
    }

    fn search_hosts(&self, text: &str, letters: &[Letter], findings: &mut Findings) {
        for host in list_hosts(text, letters) {
            let mut names = host.suffixes().map(|(suffix, _)| suffix);
            if let Some(at) = names.find_map(|suffix| self.domains.get(suffix)) {
                findings.add_host(Origin::Guild, &self.keywords[*at], &host);
            }
            if !self.use_builtin {
                continue;
            }
            if let Some(verdict) = judge(&host) {
                findings.add_host(Origin::BuiltIn(verdict.kind), verdict.listed, &host);
            }
        }
    }
}

#[derive(Default)]
struct Findings {
    list: Vec<Finding>,
    seen: HashSet<(Origin, String)>,
}

impl Findings {
    fn add_phrase(&mut self, origin: Origin, rule: &str, words: &Words, hit: &Hit) {
        if !self.is_new(origin, rule) {
            return;
        }
        let units = &words.units[hit.units.clone()];
        let at =
            units.first().map_or(0, |unit| unit.start)..units.last().map_or(0, |unit| unit.end);
        self.list.push(Finding {
            kind: FindingKind::Phrase,
            matched: rule.to_owned(),
            excerpt: cut(&words.excerpt(hit.units.clone())),
            origin,
            manner: hit.manner,
            at,
        });
    }

    fn add_host(&mut self, origin: Origin, rule: &str, host: &Host) {
        if !self.is_new(origin, rule) {
            return;
        }
        self.list.push(Finding {
            kind: FindingKind::Domain,
            matched: rule.to_owned(),
            excerpt: cut(&host.name),
            origin,
            manner: Manner::Plain,
            at: host.start..host.end,
        });
    }

    fn is_new(&mut self, origin: Origin, rule: &str) -> bool {
        self.seen.insert((origin, rule.to_owned()))
    }

    fn sorted(mut self) -> Vec<Finding> {
        self.list.sort_by(|a, b| {
            let place =
                |finding: &Finding| (finding.at.start, finding.kind, Reverse(finding.at.end));
            let rank = place(a).cmp(&place(b)).then(a.origin.cmp(&b.origin));
            rank.then_with(|| a.matched.cmp(&b.matched))
        });
        self.list.truncate(MAX_FINDINGS);
        self.list
    }
}

fn cut(excerpt: &str) -> String {
    excerpt.chars().take(MAX_EXCERPT).collect()
}
