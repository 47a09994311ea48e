//! Blog: what the operators publish, written on the command line and read by everybody. Drafts are the operators' alone.

mod slug;
pub(crate) mod table;
pub(crate) mod text;

#[cfg(test)]
mod tests;

pub(crate) use self::slug::derive as derived_slug;
