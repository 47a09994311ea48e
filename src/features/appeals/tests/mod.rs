//! Appeals: the pure parts by themselves, then scenarios in the words of those who are there.

mod pure;
