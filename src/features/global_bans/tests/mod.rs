//! Global bans in the words of operators and of those who are kept out.

mod enforced;
mod listed;
mod present;
