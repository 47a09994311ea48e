//! Believable traffic, fixed by its seed: what the people of a guild do, second by second.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::words::{CHAT, SCAMS, disguise};

/// How many people chat in each guild, the administrator aside.
pub(super) const MEMBERS: usize = 12;

/// What somebody does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// A member writes a message.
    Chat {
        /// Which of the guild's members.
        member: usize,
        /// What it says.
        text: String,
    },
    /// A stranger joins and posts a scam. Every stranger does so once.
    Scam {
        /// The stranger's name.
        name: String,
        /// What it says.
        text: String,
    },
    /// Somebody joins and stays quiet.
    Join {
        /// Their name.
        name: String,
    },
    /// The administrator runs a command and reads the answer before anything else happens in the guild.
    Command {
        /// The slash command.
        line: String,
        /// Whether it changes the configuration.
        changes: bool,
    },
}

/// The endless traffic of one guild.
pub(super) struct Traffic {
    random: StdRng,
    at: Duration,
    /// The mean time between two acts.
    pace: Duration,
    strangers: u32,
    commands: usize,
}

impl Traffic {
    /// Guild number `guild` of a run with this seed, in which so many acts happen per second.
    pub(super) fn new(seed: u64, guild: usize, rate: f64) -> Self {
        let seed = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(guild as u64);
        Self {
            random: StdRng::seed_from_u64(seed),
            at: Duration::ZERO,
            pace: Duration::from_secs_f64(1.0 / rate.max(0.001)),
            strangers: 0,
            commands: guild,
        }
    }

    fn act(&mut self) -> Act {
        match self.random.random_range(0..1_000) {
            0..20 => Act::Scam {
                name: self.stranger("promo"),
                text: self.scam(),
            },
            20..35 => Act::Join {
                name: self.stranger("guest"),
            },
            35..40 => self.command(),
            _ => {
                let text = CHAT[self.random.random_range(0..CHAT.len())].to_owned();
                Act::Chat {
                    member: self.random.random_range(0..MEMBERS),
                    text,
                }
            }
        }
    }

    fn stranger(&mut self, kind: &str) -> String {
        self.strangers += 1;
        format!("{kind}{}", self.strangers)
    }

    fn scam(&mut self) -> String {
        let plain = SCAMS[self.random.random_range(0..SCAMS.len())];
        disguise(plain, self.random.random_range(0..4))
    }

    /// Administrators try one setting after the other, never the one that holds; bot detection stays on.
    fn command(&mut self) -> Act {
        const LINES: [(&str, bool); 8] = [
            ("/botdetect action action:ban", true),
            ("/botdetect status", false),
            ("/botdetect keywords add keyword:buy followers {n}", true),
            ("/config show", false),
            ("/botdetect action action:kick", true),
            ("/config set key:PREFIX value:m{n}!", true),
            ("/botdetect action action:warn", true),
            ("/botdetect test text:free nitro for all", false),
        ];
        let (line, changes) = LINES[self.commands % LINES.len()];
        self.commands += 1;
        Act::Command {
            line: line.replace("{n}", &self.commands.to_string()),
            changes,
        }
    }
}

impl Iterator for Traffic {
    type Item = (Duration, Act);

    fn next(&mut self) -> Option<Self::Item> {
        self.at += self.pace.mul_f64(self.random.random_range(0.5..1.5));
        Some((self.at, self.act()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::bot_detect::matcher::Matcher;
    use crate::features::bot_detect::settings::BotDetectSettings;

    #[test]
    fn equal_seeds_give_equal_traffic() {
        let of = |seed, guild| {
            Traffic::new(seed, guild, 10.0)
                .take(500)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(7, 3), of(7, 3));
        assert_ne!(of(7, 3), of(8, 3));
        assert_ne!(of(7, 3), of(7, 4));
    }

    #[test]
    fn every_scam_is_one_and_no_chat_is() {
        let matcher = Matcher::compile(&BotDetectSettings::default());
        for (_, act) in Traffic::new(1, 0, 1.0).take(20_000) {
            match act {
                Act::Scam { text, .. } => assert!(matcher.find(&text).is_some(), "{text}"),
                Act::Chat { text, .. } => assert!(matcher.find(&text).is_none(), "{text}"),
                Act::Join { .. } | Act::Command { .. } => {}
            }
        }
    }

    #[test]
    fn the_pace_is_kept() {
        let (last, _) = Traffic::new(1, 0, 50.0).nth(4_999).expect("endless");
        assert!((90.0..110.0).contains(&last.as_secs_f64()), "{last:?}");
    }
}
