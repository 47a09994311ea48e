//! The languages in which a guild may be answered, and the catalogues of texts in them.
//!
//! Each room keeps its texts as `texts/en.ftl` and `texts/de.ftl` beside its replies and makes one [`Texts`] of them.
//! A text that a language lacks is told in English.

mod catalogue;

#[cfg(test)]
mod tests;

pub use self::catalogue::{Arg, Args, Speech, Texts};
use super::config::snapshot::Values;
use super::keys::LANGUAGE_CODE;

/// A language that a guild may choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English: the language of every text.
    #[default]
    En,
    /// Spanish.
    Es,
    /// German.
    De,
    /// Korean.
    Ko,
    /// Japanese.
    Ja,
    /// Russian.
    Ru,
    /// Italian.
    It,
    /// French.
    Fr,
}

impl Language {
    /// All of them, in the order of [`LANGUAGE_CODE`]'s words.
    pub const ALL: [Self; 8] = [
        Self::En,
        Self::Es,
        Self::De,
        Self::Ko,
        Self::Ja,
        Self::Ru,
        Self::It,
        Self::Fr,
    ];

    /// Those in which every text exists.
    pub const COMPLETE: [Self; 2] = [Self::En, Self::De];

    /// The word that stands for it in [`LANGUAGE_CODE`].
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::De => "de",
            Self::Ko => "ko",
            Self::Ja => "ja",
            Self::Ru => "ru",
            Self::It => "it",
            Self::Fr => "fr",
        }
    }

    /// The language of this code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// The language that a guild has chosen.
    #[must_use]
    pub fn of(values: &Values) -> Self {
        values
            .text(&LANGUAGE_CODE)
            .and_then(Self::find)
            .unwrap_or_default()
    }
}
