//! Cases: every punishment of a guild under its number, also those that moderators mete out in Discord's own menus.

mod card;
mod commands;
mod desk;
mod edit;
mod replies;
mod republish;
mod rule;
mod table;
mod text;

pub(super) use self::card::{CardFacts, card};
pub(super) use self::commands::{case as command, components, forms};
pub(super) use self::replies::{TEXTS, action_word};
pub(super) use self::rule::ByHand;

#[cfg(test)]
mod tests;
