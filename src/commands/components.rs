//! Buttons and selects that outlive the process: their custom ids carry all that is needed.
//!
//! A room declares a [`Component`] by the beginning of its custom ids; the rest of an id, up to Discord's 100 characters,
//! is the room's own. Everything else is as for commands: the permission is part of the declaration and checked in one
//! place, the press is acknowledged before anything may wait, faults are told in words, runs are counted and logged.

use std::fmt::Display;

use futures_util::future::BoxFuture;

use super::forms::Form;
use super::permission::Needs;
use super::reply::Message;
use super::{CommandError, Services};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::language::Language;

/// The most characters of a custom id.
const MOST_ID_CHARACTERS: usize = 100;

/// A kind of button or select that a room answers.
pub struct Component {
    /// Its name in metrics and in the log of runs.
    pub name: &'static str,
    /// What its custom ids begin with, such as `config/show`; a slash and the room's own part follow.
    pub prefix: &'static str,
    /// Who may press it.
    pub needs: Needs,
    /// Where it stands.
    pub place: Place,
    /// What happens then.
    pub reaction: Reaction,
}

/// Where a button stands or a form is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a server, which Discord names.
    Guild,
    /// In direct messages: the room's own part of the custom id begins with the id of the server that it is about.
    Direct,
}

/// What a press brings.
pub enum Reaction {
    /// It is acknowledged at once and answered when the handler is done.
    Answer(Handler),
    /// A form opens, which has to be ready within Discord's three seconds.
    Form(Opener),
}

/// Answers a press.
pub type Handler = for<'a> fn(&'a Press<'a>) -> BoxFuture<'a, Result<Answer, CommandError>>;

/// Makes the form that a press opens.
pub type Opener = for<'a> fn(&'a Press<'a>) -> BoxFuture<'a, Result<Form, CommandError>>;

/// What becomes of a press.
#[derive(Debug)]
pub enum Answer {
    /// The message that was pressed changes into this one.
    Update(Message),
    /// The person who pressed reads this, alone.
    Say(Message),
}

/// Somebody pressed, and may.
pub struct Press<'a> {
    /// What commands work with.
    pub services: &'a Services,
    /// The server that it is about.
    pub guild: GuildId,
    /// Who.
    pub user: UserId,
    /// What they may do in that server, as Discord computed it for this press; in direct messages nothing.
    pub has: Permissions,
    /// What follows the prefix in the custom id, and in direct messages the server.
    pub rest: &'a str,
    /// What was chosen in a select.
    pub values: &'a [String],
    /// The language of the answer.
    pub language: Language,
}

/// A custom id of a component or form: its prefix and the parts that its handler needs.
///
/// Longer than Discord takes it cannot be: rooms put numbers and key names into it, and a test presses each.
#[must_use]
pub fn custom_id(prefix: &str, parts: &[&dyn Display]) -> String {
    let id = parts
        .iter()
        .fold(prefix.to_owned(), |id, part| format!("{id}/{part}"));
    debug_assert!(id.chars().count() <= MOST_ID_CHARACTERS, "{id}");
    id
}

/// What follows a prefix in a custom id, where the id begins with it.
pub(super) fn rest_of<'a>(id: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = id.strip_prefix(prefix)?;
    rest.strip_prefix('/').or(rest.is_empty().then_some(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_by_its_prefix_and_carries_the_rest() {
        assert_eq!(rest_of("a/show/2/x", "a/show"), Some("2/x"));
        assert_eq!(rest_of("a/show-more/2", "a/show"), None);
        assert_eq!(rest_of("a/show-more/2", "a/show-more"), Some("2"));
        assert_eq!(rest_of("b", "b"), Some(""));
        assert_eq!(rest_of("bb/1", "b"), None);
        assert_eq!(rest_of("a/", "a/show"), None);
    }

    #[test]
    fn an_id_is_put_together_of_its_parts() {
        assert_eq!(custom_id("a/show", &[&2, &"KEY"]), "a/show/2/KEY");
        assert_eq!(custom_id("b", &[]), "b");
    }
}
