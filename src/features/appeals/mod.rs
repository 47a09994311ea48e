//! Appeals: what members say against their punishments, and what the guild's own staff answers.

mod config;
mod records;
mod rows;
mod standing;
mod subject;
mod text;
#[cfg(test)]
mod tests;
