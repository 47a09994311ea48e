//! Guilds as a whole: all of one that AIMod has left, or that its operator means, is taken away.

mod purge;
#[cfg(test)]
mod tests;

pub(crate) use self::purge::{Purger, Reason};
