//! What the messages of a load run say, by share: chat, and what the bot has to look at more closely.

use std::fmt;
use std::str::FromStr;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Kinds of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A line that no rule knows.
    Chat,
    /// A line with a link to a place that nobody minds.
    Link,
    /// Two thousand characters.
    Long,
    /// A scam, which is deleted and punished.
    Scam,
}

const CHAT: [&str; 8] = [
    "did anybody see the match last night? we should watch the next one together at my place!",
    "good morning everyone",
    "lol",
    "ich probiere das gleich mal aus",
    "on se retrouve à vingt heures",
    "кто сегодня играет?",
    "今日はいい天気ですね",
    "my cat just walked over the keyboard 🐈",
];
const LINKS: [&str; 3] = [
    "here are the slides: https://www.rust-lang.org/learn",
    "have a look at https://en.wikipedia.org/wiki/Discord when you have time",
    "https://github.com/serenity-rs/serenity is where I found it",
];
const SCAMS: [&str; 3] = [
    "hey! claim your free nitro before it is gone",
    "free steam gift card for the first ten people",
    "dоuble yоur bitcоin with my mentоr tоday",
];

/// The shares of the kinds, in percent; what is left is chat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mix {
    scam: f64,
    link: f64,
    long: f64,
}

impl Mix {
    fn share(&mut self, name: &str) -> Option<&mut f64> {
        match name {
            "scam" => Some(&mut self.scam),
            "link" => Some(&mut self.link),
            "long" => Some(&mut self.long),
            _ => None,
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    /// Reads `scam=1,link=5`; an empty text is chat only.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut mix = Self {
            scam: 0.0,
            link: 0.0,
            long: 0.0,
        };
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (name, share) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not of the form scam=1"))?;
            let percent: f64 = share
                .trim()
                .parse()
                .map_err(|_| format!("{share:?} is not a number of percent"))?;
            if !(0.0..=100.0).contains(&percent) {
                return Err(format!("{name}={share} does not lie between 0 and 100"));
            }
            *mix.share(name.trim())
                .ok_or_else(|| format!("{name:?} is none of scam, link, long"))? = percent;
        }
        if mix.scam + mix.link + mix.long > 100.0 {
            return Err("the shares are more than 100 percent together".into());
        }
        Ok(mix)
    }
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scam, link, long } = self;
        write!(f, "scam={scam},link={link},long={long}")
    }
}

/// An endless row of messages, fixed by its seed.
pub(super) struct Lines {
    mix: Mix,
    random: StdRng,
    long: String,
}

impl Lines {
    pub(super) fn new(mix: Mix, seed: u64) -> Self {
        Self {
            mix,
            random: StdRng::seed_from_u64(seed),
            long: "nothing to see in here, please walk on. ".repeat(49),
        }
    }

    /// The next message and what kind it is.
    pub(super) fn next(&mut self) -> (Kind, &str) {
        let roll: f64 = self.random.random_range(0.0..100.0);
        let Mix { scam, link, long } = self.mix;
        let (kind, list) = match roll {
            _ if roll < scam => (Kind::Scam, &SCAMS[..]),
            _ if roll < scam + link => (Kind::Link, &LINKS[..]),
            _ if roll < scam + link + long => return (Kind::Long, &self.long),
            _ => (Kind::Chat, &CHAT[..]),
        };
        (kind, list[self.random.random_range(0..list.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::bot_detect::matcher::Matcher;
    use crate::features::bot_detect::settings::BotDetectSettings;

    fn mix(text: &str) -> Mix {
        text.parse().expect("a mix")
    }

    #[test]
    fn a_mix_is_read_and_what_is_wrong_is_named() {
        assert_eq!(
            mix(" scam=1, link = 5.5").to_string(),
            "scam=1,link=5.5,long=0"
        );
        assert_eq!(mix(""), mix("scam=0"));
        for (text, said) in [
            ("scam", "not of the form"),
            ("scam=x", "not a number"),
            ("scam=-1", "between 0 and 100"),
            ("scam=NaN", "between 0 and 100"),
            ("spam=1", "none of scam, link, long"),
            ("scam=60,link=50", "more than 100"),
        ] {
            let error = text.parse::<Mix>().expect_err(text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn every_kind_comes_as_often_as_asked_for_and_equally_for_equal_seeds() {
        let kinds = |seed| {
            let mut lines = Lines::new(mix("scam=1,link=5,long=2"), seed);
            (0..20_000).map(|_| lines.next().0).collect::<Vec<_>>()
        };
        let one = kinds(7);
        assert!(one == kinds(7) && one != kinds(8));
        let count = |kind| one.iter().filter(|one| **one == kind).count();
        assert!((150..250).contains(&count(Kind::Scam)));
        assert!((900..1_100).contains(&count(Kind::Link)));
        assert!((320..480).contains(&count(Kind::Long)));
    }

    #[test]
    fn scams_are_found_and_nothing_else_is() {
        let matcher = Matcher::compile(&BotDetectSettings::default());
        let mut lines = Lines::new(mix("scam=30,link=30,long=1"), 1);
        for _ in 0..2_000 {
            let (kind, text) = lines.next();
            let found = matcher.find(text).is_some();
            assert_eq!(found, kind == Kind::Scam, "{text}");
            assert!(text.chars().count() <= 2_000);
        }
    }
}
