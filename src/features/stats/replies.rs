//! What a moderator reads of statistics: a few sentences, and a table that fits into a message and onto a phone.

use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};

use super::days::Span;
use super::group::Group;
use super::report::{Report, Stretch};
use super::table::CommandRuns;
use crate::commands::reply::MOST_CHARACTERS;
use crate::guild::language::{Language, Speech, Texts};

/// The texts of the room.
pub(crate) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "stats",
        &[
            (Language::En, include_str!("texts/en.ftl")),
            (Language::De, include_str!("texts/de.ftl")),
        ],
    )
});

/// Up to so many days have a row each.
const ROWS_OF_DAYS: usize = 31;

/// Commands that are listed before the rest is counted.
const MOST_COMMANDS: usize = 25;

/// The file that shows every day where the text cannot.
pub(super) const DAYS_FILE: &str = "moderation-days.txt";

/// The answer to `/stats moderation`.
pub(super) fn moderation(speech: Speech, report: &Report) -> String {
    if report.total() == 0 {
        let lines = [Some(none(speech, report)), by_hand(speech, report)];
        return lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
    }
    whole(speech, report, fitting(speech, report))
}

/// What the file beside the answer says: a row for every day, where the answer's rows stand for more than one.
pub(super) fn day_by_day(speech: Speech, report: &Report) -> Option<String> {
    if report.total() == 0 || fitting(speech, report) == Some(1) {
        return None;
    }
    let (title, zone) = (title(speech, report), zone(speech, &report.span));
    Some(format!("{title}\n{zone}\n\n{}\n", table(speech, report, 1)))
}

/// Title, table and what is below it. Rows stand for so many days, or one for all of them.
fn whole(speech: Speech, report: &Report, size: Option<usize>) -> String {
    let head = format!(
        "**{}**\n{}\n{}",
        title(speech, report),
        zone(speech, &report.span),
        summary(speech, report)
    );
    let table = match size {
        Some(size) => table(speech, report, size),
        None => totals(speech, report),
    };
    let file = (size != Some(1)).then(|| speech.with("stats-file", &[("file", DAYS_FILE.into())]));
    let below = [within(speech, report), by_hand(speech, report), file];
    let below = below.into_iter().flatten().map(|line| format!("\n{line}"));
    format!("{head}\n```\n{table}\n```{}", below.collect::<String>())
}

/// The fewest days for a row with which all of it fits into a message; `None` where not even months do.
fn fitting(speech: Speech, report: &Report) -> Option<usize> {
    sizes(report).find(|size| {
        let text = whole(speech, report, Some(*size));
        text.chars().count() <= MOST_CHARACTERS
    })
}

/// The same without markup, for a terminal: a row for every day.
pub(crate) fn plain(report: &Report) -> String {
    let speech = TEXTS.speech(Language::En);
    let lines = if report.total() == 0 {
        vec![Some(none(speech, report)), by_hand(speech, report)]
    } else {
        vec![
            Some(title(speech, report)),
            Some(zone(speech, &report.span)),
            Some(format!("{}\n", summary(speech, report))),
            Some(format!("{}\n", table(speech, report, 1))),
            within(speech, report),
            by_hand(speech, report),
        ]
    };
    let text = lines.into_iter().flatten().collect::<Vec<_>>().join("\n");
    text.trim_end().to_owned()
}

/// How many days a row may stand for, finest first.
fn sizes(report: &Report) -> impl Iterator<Item = usize> {
    let days = report.days.len();
    [1, 7, 28]
        .into_iter()
        .filter(move |size| days <= ROWS_OF_DAYS || *size > 1)
}

pub(super) fn title(speech: Speech, report: &Report) -> String {
    speech.with("stats-title", &[("days", report.days.len().into())])
}

fn none(speech: Speech, report: &Report) -> String {
    speech.with("stats-none", &[("days", report.days.len().into())])
}

fn zone(speech: Speech, span: &Span) -> String {
    let args = [
        ("range", range_of(speech, span).into()),
        ("zone", span.zone.name().into()),
    ];
    speech.with("stats-zone", &args)
}

pub(super) fn range_of(speech: Speech, span: &Span) -> String {
    let (first, last) = (span.days[0], span.days[span.len() - 1]);
    if first.year() == last.year() {
        return range(speech, first, last);
    }
    let dated = |day: NaiveDate| format!("{} {}", date(speech, day), day.year());
    let args = [("from", dated(first).into()), ("to", dated(last).into())];
    speech.with("stats-range", &args)
}

/// How much there was, what it is to be held against, and where it stands out.
fn summary(speech: Speech, report: &Report) -> String {
    let mut parts = vec![
        speech.with("stats-summary", &[("total", report.total().into())]),
        speech.with(
            "stats-before",
            &[
                ("before", report.before.into()),
                ("days", report.days.len().into()),
            ],
        ),
    ];
    if report.days.len() > 1 {
        let days = report.stretches(1);
        let most = days.iter().rev().max_by_key(|day| day.total());
        let quiet = days.iter().filter(|day| day.total() == 0).count();
        parts.extend(most.map(|most| {
            let args = [
                ("day", date(speech, most.first).into()),
                ("count", most.total().into()),
            ];
            speech.with("stats-peak", &args)
        }));
        parts.push(speech.with("stats-quiet", &[("days", quiet.into())]));
    }
    parts.join(" · ")
}

fn table(speech: Speech, report: &Report, size: usize) -> String {
    let groups = report.groups();
    let head = if size == 1 { "stats-day" } else { "stats-days" };
    let mut rows = vec![head_row(speech, &groups, speech.say(head))];
    for stretch in report.stretches(size) {
        rows.push(row(&groups, &stretch, when(speech, &stretch)));
    }
    rows.push(sums(speech, report, &groups));
    align(&rows)
}

/// One row for all days, where not even months fit.
fn totals(speech: Speech, report: &Report) -> String {
    let groups = report.groups();
    let rows = [
        head_row(speech, &groups, String::new()),
        sums(speech, report, &groups),
    ];
    align(&rows)
}

fn head_row(speech: Speech, groups: &[Group], first: String) -> Vec<String> {
    let mut head = vec![first];
    head.extend(groups.iter().map(|group| word(speech, *group)));
    head.push(speech.say("stats-all"));
    head
}

fn sums(speech: Speech, report: &Report, groups: &[Group]) -> Vec<String> {
    let all = report.stretches(report.days.len());
    let label = speech.say("stats-all");
    all.first()
        .map_or_else(Vec::new, |all| row(groups, all, label))
}

fn row(groups: &[Group], stretch: &Stretch, label: String) -> Vec<String> {
    let shown = |count: i64| match count {
        0 => "·".to_owned(),
        some => some.to_string(),
    };
    let mut row = vec![label];
    let counts = Group::ALL.iter().zip(stretch.counts);
    row.extend(
        counts
            .filter(|(group, _)| groups.contains(group))
            .map(|(_, count)| shown(count)),
    );
    row.push(stretch.total().to_string());
    row
}

/// The first column to the left, numbers to the right.
fn align(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let lines = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).enumerate();
        let cells = cells.map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!(" {cell:>width$}"),
        });
        cells.collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A group's word.
pub(super) fn word(speech: Speech, group: Group) -> String {
    group
        .word()
        .map_or_else(|| speech.say("stats-other"), str::to_owned)
}

/// Which of older and other words a group's numbers hold, where they are not simply the group's own.
fn within(speech: Speech, report: &Report) -> Option<String> {
    let totals = report.totals();
    let others: Vec<String> = totals
        .iter()
        .filter(|(action, _)| Group::of(action).word() != Some(*action))
        .map(|(action, count)| format!("{action} {count}"))
        .collect();
    let args = [("list", others.join(", ").into())];
    (!others.is_empty()).then(|| speech.with("stats-within", &args))
}

fn by_hand(speech: Speech, report: &Report) -> Option<String> {
    let count: i64 = report.by_hand.iter().map(|(_, count)| count).sum();
    let list: Vec<String> = report
        .by_hand
        .iter()
        .map(|(action, count)| format!("{action} {count}"))
        .collect();
    let args = [("count", count.into()), ("list", list.join(", ").into())];
    (count > 0).then(|| speech.with("stats-by-hand", &args))
}

fn when(speech: Speech, stretch: &Stretch) -> String {
    if stretch.first == stretch.last {
        let weekday = weekday(speech, stretch.first);
        return format!("{weekday} {}", date(speech, stretch.first));
    }
    range(speech, stretch.first, stretch.last)
}

pub(super) fn weekday(speech: Speech, day: NaiveDate) -> String {
    let place = day.weekday().num_days_from_monday();
    nth(&speech.say("stats-weekdays"), place)
}

pub(super) fn date(speech: Speech, day: NaiveDate) -> String {
    let month = nth(&speech.say("stats-months"), day.month0());
    let args = [("day", day.day().into()), ("month", month.into())];
    speech.with("stats-date", &args)
}

fn range(speech: Speech, from: NaiveDate, to: NaiveDate) -> String {
    if from == to {
        return date(speech, from);
    }
    let args = [
        ("from", date(speech, from).into()),
        ("to", date(speech, to).into()),
    ];
    speech.with("stats-range", &args)
}

fn nth(words: &str, place: u32) -> String {
    let place = usize::try_from(place).unwrap_or_default();
    let word = words.split_whitespace().nth(place);
    word.unwrap_or_default().to_owned()
}

/// The answer to `/stats commands`.
pub(super) fn commands(speech: Speech, span: &Span, rows: &[CommandRuns]) -> String {
    let days = ("days", span.len().into());
    if rows.is_empty() {
        return speech.with("stats-commands-none", &[days]);
    }
    let sum = |of: fn(&CommandRuns) -> i64| rows.iter().map(of).sum::<i64>();
    let args = [
        ("runs", sum(|row| row.runs).into()),
        ("refused", sum(|row| row.refused).into()),
        ("failed", sum(|row| row.failed).into()),
    ];
    let head = [
        "stats-commands-command",
        "stats-commands-runs",
        "stats-commands-failed",
        "stats-commands-median",
    ];
    let mut cells = vec![head.map(|id| speech.say(id)).to_vec()];
    let shown = rows.iter().take(MOST_COMMANDS);
    cells.extend(shown.map(|row| command_row(speech, row)));
    let mut text = format!(
        "**{}**\n{}\n{}\n```\n{}\n```",
        speech.with("stats-commands-title", &[days]),
        zone(speech, span),
        speech.with("stats-commands-summary", &args),
        align(&cells)
    );
    if let Some(more) = rows
        .len()
        .checked_sub(MOST_COMMANDS)
        .filter(|more| *more > 0)
    {
        let more = speech.with("stats-commands-more", &[("count", more.into())]);
        text.push_str(&format!("\n{more}"));
    }
    text
}

/// A command's name; one of a button, a form or the like under an answer says so in the reader's language.
fn command_name(speech: Speech, name: &str) -> String {
    let name = name.replace('`', "ˋ");
    let part = name.rsplit_once(' ').and_then(|(command, last)| {
        let part = match last {
            "button" => "stats-part-button",
            "form" => "stats-part-form",
            "page" => "stats-part-page",
            "select" => "stats-part-select",
            _ => return None,
        };
        Some(format!("{command} ({})", speech.say(part)))
    });
    part.unwrap_or(name).chars().take(28).collect()
}

fn command_row(speech: Speech, row: &CommandRuns) -> Vec<String> {
    let failed = match row.failed {
        0 => "·".to_owned(),
        some => some.to_string(),
    };
    vec![
        command_name(speech, &row.command),
        row.runs.to_string(),
        failed,
        format!("{} ms", row.median_ms),
    ]
}
