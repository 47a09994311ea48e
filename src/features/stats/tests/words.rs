//! The words and tables of statistics, in both languages.

use std::collections::BTreeMap;

use super::{colourful, lively, quiet};
use crate::domain::ids::GuildId;
use crate::features::stats::days::Span;
use crate::features::stats::group::Group;
use crate::features::stats::replies::{self, TEXTS};
use crate::features::stats::report::Report;
use crate::features::stats::table::CommandRuns;
use crate::guild::language::{Language, Speech};

fn en() -> Speech {
    TEXTS.speech(Language::En)
}

fn de() -> Speech {
    TEXTS.speech(Language::De)
}

#[test]
fn a_week_is_told_day_by_day() {
    insta::assert_snapshot!(replies::moderation(en(), &lively(7)), @"");
    insta::assert_snapshot!(replies::moderation(de(), &lively(7)), @"");
}

#[test]
fn three_months_are_told_in_weeks_and_older_words_are_named() {
    insta::assert_snapshot!(replies::moderation(en(), &colourful(90)), @"");
    insta::assert_snapshot!(replies::moderation(de(), &colourful(40)), @"");
}

#[test]
fn one_day_and_no_day_at_all_are_told_shortly() {
    let mut today = lively(2);
    today.days.remove(0);
    today.span = Span::ending(super::now(), today.span.zone, 1);
    let told = [
        replies::moderation(en(), &today),
        replies::moderation(de(), &today),
        replies::moderation(en(), &quiet(1)),
        replies::moderation(de(), &quiet(30)),
    ];
    insta::assert_snapshot!(told.join("\n\n"), @"");
}

#[test]
fn cases_by_hand_are_told_where_no_rule_was_broken() {
    let report = Report {
        by_hand: vec![("BAN".to_owned(), 1)],
        ..quiet(7)
    };
    insta::assert_snapshot!(replies::moderation(en(), &report), @"
    No infractions in the last 7 days. All quiet!
    Opened by moderators: 1 case (BAN 1)
    ");
}

#[test]
fn whatever_is_counted_fits_into_a_message_with_every_day_in_it() {
    for days in 1..=365 {
        for report in [lively(days), colourful(days), huge(days)] {
            for speech in [en(), de()] {
                let text = replies::moderation(speech, &report);
                assert!(text.chars().count() <= 2_000, "{days} days: {text}");
                assert_eq!(text.matches("```").count() % 2, 0);
            }
        }
    }
}

/// More of everything than anybody has.
fn huge(days: u16) -> Report {
    let mut report = colourful(days);
    for count in report.days.iter_mut().flat_map(BTreeMap::values_mut) {
        *count *= 1_000_000;
    }
    report
}

#[test]
fn stretches_hold_every_day_once_and_end_today() {
    let report = lively(90);
    for size in [1, 7, 28, 90, 400] {
        let stretches = report.stretches(size);
        let total: i64 = stretches.iter().map(|stretch| stretch.total()).sum();
        assert_eq!(total, report.total(), "{size}");
        assert_eq!(
            stretches.last().map(|one| one.last),
            report.span.days.last().copied()
        );
        assert_eq!(stretches[0].first, report.span.days[0]);
        for pair in stretches.windows(2) {
            assert_eq!(pair[0].last.succ_opt(), Some(pair[1].first));
        }
    }
}

#[test]
fn older_words_find_their_group() {
    let groups = [
        "TIMEOUT",
        "timeout_short",
        "MUTE",
        "WARN",
        " ban ",
        "GLOBAL_BAN",
        "SUICIDAL",
        "UNBAN",
        "",
    ]
    .map(Group::of);
    use Group::{Ban, Notify, Other, Timeout, Warn};
    let expected = [
        Timeout, Timeout, Timeout, Warn, Ban, Ban, Notify, Other, Other,
    ];
    assert_eq!(groups, expected);
}

#[test]
fn a_terminal_and_a_program_are_told_every_day() {
    let report = lively(7);
    insta::assert_snapshot!(replies::plain(&report), @"");
    insta::assert_snapshot!(report.to_json(GuildId(9_007_199_254_740_993)), @"");
    assert_eq!(replies::plain(&lively(90)).matches(" Nov ").count(), 25);
    assert!(replies::plain(&quiet(7)).starts_with("No infractions"));
}

#[test]
fn commands_are_told_with_their_ends_and_their_time() {
    let row = |command: &str, runs, refused, failed| CommandRuns {
        command: command.to_owned(),
        runs,
        refused,
        failed,
        median_ms: 23,
    };
    let span = quiet(30).span;
    let mut rows = vec![row("config set", 40, 3, 0), row("case view", 7, 0, 1)];
    let told = [
        replies::commands(en(), &span, &rows),
        replies::commands(de(), &span, &rows),
        replies::commands(en(), &span, &[]),
        replies::commands(de(), &span, &[]),
    ];
    insta::assert_snapshot!(told.join("\n\n"), @"");
    rows.extend((0..60).map(|number| row(&format!("a command of a long name {number}"), 1, 0, 0)));
    let text = replies::commands(de(), &span, &rows);
    assert!(text.ends_with("und 37 weitere Befehle"), "{text}");
    assert!(text.chars().count() <= 2_000);
}
