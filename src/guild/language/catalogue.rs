//! A room's texts in every language there is, read once.

use std::collections::BTreeSet;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::Language;

/// A value in a text: a text, or a number that may choose a plural form.
pub type Arg<'a> = FluentValue<'a>;

/// What a text is filled with: names of its variables and their values.
pub type Args<'a> = [(&'static str, Arg<'a>)];

/// The texts of one room.
pub struct Texts {
    room: &'static str,
    tongues: Vec<Tongue>,
    problems: Vec<String>,
}

/// The texts of one room in one language.
struct Tongue {
    language: Language,
    source: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// Reads the catalogues, English first. What is wrong with them is kept for the tests and logged; the rest holds.
    #[must_use]
    pub fn new(room: &'static str, sources: &[(Language, &'static str)]) -> Self {
        let mut problems = Vec::new();
        let tongues = sources
            .iter()
            .map(|(language, source)| Tongue::read(*language, source, &mut problems))
            .collect();
        for problem in &problems {
            tracing::error!(room, problem, "a catalogue of texts is damaged");
        }
        Self {
            room,
            tongues,
            problems,
        }
    }

    /// The texts in one language, English for those that it lacks.
    #[must_use]
    pub const fn speech(&'static self, language: Language) -> Speech {
        Speech {
            texts: self,
            language,
        }
    }

    /// A text in a language, English where the language lacks it.
    #[must_use]
    pub fn say(&self, language: Language, id: &str, args: &Args<'_>) -> String {
        self.find(language, id, args)
            .or_else(|| self.find(Language::En, id, args))
            .unwrap_or_else(|| {
                debug_assert!(false, "{} has no text {id}", self.room);
                tracing::error!(room = self.room, id, "a text is missing");
                id.to_owned()
            })
    }

    /// A text in this very language.
    #[must_use]
    pub fn find(&self, language: Language, id: &str, args: &Args<'_>) -> Option<String> {
        let bundle = &self.tongue(language)?.bundle;
        let pattern = bundle.get_message(id)?.value()?;
        let args: FluentArgs<'_> = args.iter().cloned().collect();
        let mut wrong = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args), &mut wrong);
        debug_assert!(wrong.is_empty(), "{} {id}: {wrong:?}", self.room);
        if let Some(wrong) = wrong.first() {
            tracing::error!(room = self.room, id, %wrong, "a text could not be filled");
        }
        Some(text.into_owned())
    }

    fn tongue(&self, language: Language) -> Option<&Tongue> {
        self.tongues
            .iter()
            .find(|tongue| tongue.language == language)
    }

    /// The room whose texts these are.
    #[must_use]
    pub const fn room(&self) -> &'static str {
        self.room
    }

    /// What is wrong with the catalogues themselves.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The ids of the texts that a language has.
    #[must_use]
    pub fn ids(&self, language: Language) -> BTreeSet<&'static str> {
        let source = self.tongue(language).map_or("", |tongue| tongue.source);
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim_end()))
            .collect()
    }

    /// The names of the variables of a language's text, as they stand in its source.
    #[must_use]
    pub fn variables(&self, language: Language, id: &str) -> BTreeSet<&'static str> {
        let source = self.tongue(language).map_or("", |tongue| tongue.source);
        let mut lines = source
            .lines()
            .skip_while(|line| line.split_once('=').map(|(found, _)| found.trim_end()) != Some(id));
        let first = lines.next();
        let more = lines.take_while(|line| line.is_empty() || line.starts_with(' '));
        first
            .into_iter()
            .chain(more)
            .flat_map(|line| line.split('$').skip(1))
            .map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                rest.split_at(end.unwrap_or(rest.len())).0
            })
            .collect()
    }
}

impl Tongue {
    fn read(language: Language, source: &'static str, problems: &mut Vec<String>) -> Self {
        let code = language.code();
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, wrong)| {
                problems.extend(wrong.iter().map(|wrong| format!("{code}: {wrong}")));
                rest
            });
        // Languages only decide plural forms here, and each of ours is well known by its two letters.
        let name: LanguageIdentifier = code.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![name]);
        // Marks of direction around variables would break mentions and back-ticks.
        bundle.set_use_isolating(false);
        if let Err(wrong) = bundle.add_resource(resource) {
            problems.extend(wrong.iter().map(|wrong| format!("{code}: {wrong}")));
        }
        Self {
            language,
            source,
            bundle,
        }
    }
}

/// A room's texts in one language: what replies are written with. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Speech {
    texts: &'static Texts,
    language: Language,
}

impl Speech {
    /// A text without variables.
    #[must_use]
    pub fn say(self, id: &str) -> String {
        self.texts.say(self.language, id, &[])
    }

    /// A text filled with values.
    #[must_use]
    pub fn with(self, id: &str, args: &Args<'_>) -> String {
        self.texts.say(self.language, id, args)
    }

    /// The language.
    #[must_use]
    pub const fn language(self) -> Language {
        self.language
    }
}
