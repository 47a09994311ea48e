//! Errands: side effects that belong to no case, such as a review card, a word to an author, a card written anew.

use crate::actions::plan::Call;
use crate::domain::ids::GuildId;

/// Side effects that are journaled and carried out like a decision's, but open no case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// The guild that it is for, with which it is taken up again after a crash; 0 where it is for none.
    pub guild: GuildId,
    /// Names it once and for all, such as `appeals:review:12`, at most 100 characters: the same key is never run twice.
    pub key: String,
    /// Why, for Discord's audit log.
    pub reason: String,
    /// What is called, in order. A call that fails hinders none of the others.
    pub calls: Vec<Call>,
    /// The key of the operation whose outcome it tells of, where there is one: it is run once that has ended. Where the
    /// punishment was not carried out, notices and cards say so; otherwise no card is written anew.
    pub after: Option<String>,
}
