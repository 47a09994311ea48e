//! What AIMod keeps about a person, for that person: all of it as a file, and forgetting what may be forgotten.

mod commands;
mod replies;
#[cfg(test)]
mod tests;

pub(super) use self::commands::{components, mydata as command};
pub(super) use self::replies::TEXTS;

/// The name under which the press that forgets is counted: the command log leaves out who it was.
pub(in crate::features) const FORGETTING: &str = "mydata forget button";
