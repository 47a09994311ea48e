//! Statistics as moderators meet them, and the days, words and pictures they are made of.

mod days;
mod pictures;
mod scenes;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::days::Span;
use super::report::Report;
use crate::domain::zone::Tz;

/// An evening in Berlin, a morning in New York.
fn now() -> DateTime<Utc> {
    "2026-11-25T17:30:00Z".parse().expect("a time")
}

/// Days as a lively guild has them: more at week ends, some without anything, and the last one just begun.
fn lively(days: u16) -> Report {
    let span = Span::ending(now(), Tz::Europe__Berlin, days);
    let count = i64::from(days);
    let made = (0..count).map(|day| {
        let mut actions = BTreeMap::new();
        let wave = (day * 7 + day * day) % 11;
        for (action, every, most) in [
            ("DELETE", 1, wave / 2),
            ("WARN", 2, wave / 3),
            ("TIMEOUT", 3, 2 + wave / 4),
            ("KICK", 9, 1),
            ("BAN", 5, 1 + wave / 5),
        ] {
            if day % 6 != 0 && day % every == 0 && most > 0 {
                actions.insert(action.to_owned(), most);
            }
        }
        actions
    });
    Report {
        days: made.collect(),
        span,
        before: 31,
        by_hand: vec![("BAN".to_owned(), 4), ("KICK".to_owned(), 1)],
    }
}

/// Days in which an older program's words occur, each kind of them.
fn colourful(days: u16) -> Report {
    let mut report = lively(days);
    let words = [
        "DELETE",
        "WARN",
        "TIMEOUT_SHORT",
        "TIMEOUT_LONG",
        "KICK",
        "BAN",
        "NOTIFY_MODS",
        "SUICIDAL",
        "UNKNOWN",
    ];
    for (place, day) in report.days.iter_mut().enumerate() {
        *day.entry(words[place % words.len()].to_owned())
            .or_default() += 2;
    }
    report
}

/// Days without anything.
fn quiet(days: u16) -> Report {
    let span = Span::ending(now(), Tz::Europe__Berlin, days);
    Report {
        days: vec![BTreeMap::new(); span.len()],
        span,
        before: 0,
        by_hand: Vec::new(),
    }
}
