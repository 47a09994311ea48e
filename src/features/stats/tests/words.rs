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
    insta::assert_snapshot!(replies::moderation(en(), &lively(7)), @r"
    **Infractions in the last 7 days**
    19 Nov – 25 Nov, days in Europe/Berlin
    21 in all · 31 in the 7 days before · most on 22 Nov: 8 · 3 days without any
    ```
    DAY        DELETE WARN TIMEOUT BAN ALL
    Thu 19 Nov      ·    ·       ·   ·   0
    Fri 20 Nov      4    ·       ·   ·   4
    Sat 21 Nov      3    2       ·   ·   5
    Sun 22 Nov      4    ·       4   ·   8
    Mon 23 Nov      ·    ·       ·   ·   0
    Tue 24 Nov      2    ·       ·   2   4
    Wed 25 Nov      ·    ·       ·   ·   0
    ALL            13    2       4   2  21
    ```
    Opened by moderators: 5 cases (BAN 4, KICK 1)
    ");
    insta::assert_snapshot!(replies::moderation(de(), &lively(7)), @r"
    **Verstöße der letzten 7 Tage**
    19. Nov – 25. Nov, Tage nach Europe/Berlin
    insgesamt 21 · 31 in den 7 Tagen davor · die meisten am 22. Nov: 8 · 3 Tage ohne
    ```
    TAG        DELETE WARN TIMEOUT BAN ALLE
    Do 19. Nov      ·    ·       ·   ·    0
    Fr 20. Nov      4    ·       ·   ·    4
    Sa 21. Nov      3    2       ·   ·    5
    So 22. Nov      4    ·       4   ·    8
    Mo 23. Nov      ·    ·       ·   ·    0
    Di 24. Nov      2    ·       ·   2    4
    Mi 25. Nov      ·    ·       ·   ·    0
    ALLE           13    2       4   2   21
    ```
    Von Moderatoren eröffnet: 5 Fälle (BAN 4, KICK 1)
    ");
}

#[test]
fn three_months_are_told_in_weeks_and_older_words_are_named() {
    insta::assert_snapshot!(replies::moderation(en(), &colourful(90)), @r"
    **Infractions in the last 90 days**
    28 Aug – 25 Nov, days in Europe/Berlin
    462 in all · 31 in the 90 days before · most on 7 Oct: 13 · no day without any
    ```
    DAYS            DELETE WARN TIMEOUT KICK BAN NOTIFY OTHER ALL
    28 Aug – 2 Sep      15    4       8    2   4      ·     ·  33
    3 Sep – 9 Sep       14    6       6    1   2      4     2  35
    10 Sep – 16 Sep     16    5       2    2   3      4     2  34
    17 Sep – 23 Sep     10    ·       7    2   5      4     2  30
    24 Sep – 30 Sep     11    3       9    3   2      2     ·  30
    1 Oct – 7 Oct       16    8       6    2   5      2     2  41
    8 Oct – 14 Oct      20    4       6    1   4      4     2  41
    15 Oct – 21 Oct     14    3       6    2   3      4     2  34
    22 Oct – 28 Oct     11    6       7    2   3      4     ·  33
    29 Oct – 4 Nov      21    7       8    3   4      ·     2  45
    5 Nov – 11 Nov      18    5      10    ·   2      4     2  41
    12 Nov – 18 Nov     13    6       2    3   4      4     2  34
    19 Nov – 25 Nov     11    ·       7    2   5      4     2  31
    ALL                190   57      84   25  46     40    20 462
    ```
    Among them NOTIFY_MODS 20, SUICIDAL 20, TIMEOUT_LONG 20, TIMEOUT_SHORT 20, UNKNOWN 20
    Opened by moderators: 5 cases (BAN 4, KICK 1)
    Every day has a row in moderation-days.txt.
    ");
    insta::assert_snapshot!(replies::moderation(de(), &colourful(40)), @r"
    **Verstöße der letzten 40 Tage**
    17. Okt – 25. Nov, Tage nach Europe/Berlin
    insgesamt 190 · 31 in den 40 Tagen davor · die meisten am 20. Okt: 10 · kein Tag ohne
    ```
    TAGE              DELETE WARN TIMEOUT KICK BAN NOTIFY ANDERE ALLE
    17. Okt – 21. Okt     13    4       8    2   ·      ·      ·   27
    22. Okt – 28. Okt     16    6       4    1   6      4      2   39
    29. Okt – 4. Nov      11    3       4    2   3      4      2   29
    5. Nov – 11. Nov      15    2       7    2   5      4      ·   35
    12. Nov – 18. Nov     11    3       7    3   2      ·      2   28
    19. Nov – 25. Nov     11    5       8    ·   2      4      2   32
    ALLE                  77   23      38   10  18     16      8  190
    ```
    Darunter TIMEOUT_LONG 10, TIMEOUT_SHORT 10, NOTIFY_MODS 8, SUICIDAL 8, UNKNOWN 8
    Von Moderatoren eröffnet: 5 Fälle (BAN 4, KICK 1)
    Jeder Tag hat eine Zeile in moderation-days.txt.
    ");
}

#[test]
fn where_rows_stand_for_weeks_a_file_has_every_day_also_those_without_any() {
    for days in [32, 90, 365] {
        let file = replies::day_by_day(en(), &lively(days)).expect("a file");
        let rows = file.lines().skip(3).take(usize::from(days) + 2);
        let rows: Vec<&str> = rows.collect();
        assert_eq!(
            rows.len(),
            usize::from(days) + 2,
            "a head, the days, the sum"
        );
        assert!(rows[1..].iter().any(|row| row.ends_with(" 0")), "{file}");
        assert!(
            rows.last().is_some_and(|row| row.starts_with("ALL")),
            "{file}"
        );
    }
    for report in [lively(7), quiet(90)] {
        assert_eq!(replies::day_by_day(en(), &report), None);
    }
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
    insta::assert_snapshot!(told.join("\n\n"), @r"
    **Infractions today**
    25 Nov, days in Europe/Berlin
    4 in all · 31 the day before
    ```
    DAY        DELETE ALL
    Wed 25 Nov      4   4
    ALL             4   4
    ```
    Opened by moderators: 5 cases (BAN 4, KICK 1)

    **Verstöße heute**
    25. Nov, Tage nach Europe/Berlin
    insgesamt 4 · 31 am Tag davor
    ```
    TAG        DELETE ALLE
    Mi 25. Nov      4    4
    ALLE            4    4
    ```
    Von Moderatoren eröffnet: 5 Fälle (BAN 4, KICK 1)

    No infractions today. A quiet day!

    In den letzten 30 Tagen gab es keine Verstöße. Alles ruhig!
    ");
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
    insta::assert_snapshot!(replies::plain(&report), @r"
    Infractions in the last 7 days
    19 Nov – 25 Nov, days in Europe/Berlin
    21 in all · 31 in the 7 days before · most on 22 Nov: 8 · 3 days without any

    DAY        DELETE WARN TIMEOUT BAN ALL
    Thu 19 Nov      ·    ·       ·   ·   0
    Fri 20 Nov      4    ·       ·   ·   4
    Sat 21 Nov      3    2       ·   ·   5
    Sun 22 Nov      4    ·       4   ·   8
    Mon 23 Nov      ·    ·       ·   ·   0
    Tue 24 Nov      2    ·       ·   2   4
    Wed 25 Nov      ·    ·       ·   ·   0
    ALL            13    2       4   2  21

    Opened by moderators: 5 cases (BAN 4, KICK 1)
    ");
    insta::assert_snapshot!(report.to_json(GuildId(9_007_199_254_740_993)), @r#"{"guild":"9007199254740993","time_zone":"Europe/Berlin","total":21,"total_before":31,"actions":{"DELETE":13,"TIMEOUT":4,"BAN":2,"WARN":2},"days":[{"day":"2026-11-19","total":0,"actions":{}},{"day":"2026-11-20","total":4,"actions":{"DELETE":4}},{"day":"2026-11-21","total":5,"actions":{"DELETE":3,"WARN":2}},{"day":"2026-11-22","total":8,"actions":{"DELETE":4,"TIMEOUT":4}},{"day":"2026-11-23","total":0,"actions":{}},{"day":"2026-11-24","total":4,"actions":{"BAN":2,"DELETE":2}},{"day":"2026-11-25","total":0,"actions":{}}],"cases_by_moderators":{"BAN":4,"KICK":1}}"#);
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
    insta::assert_snapshot!(told.join("\n\n"), @r"
    **Commands in the last 30 days**
    27 Oct – 25 Nov, days in Europe/Berlin
    47 runs, 3 refused (wrong input or no permission), 1 failed
    ```
    COMMAND    RUNS FAILED MEDIAN
    config set   40      ·  23 ms
    case view     7      1  23 ms
    ```

    **Befehle der letzten 30 Tage**
    27. Okt – 25. Nov, Tage nach Europe/Berlin
    47 Aufrufe, 3 abgelehnt (falsche Eingabe oder keine Berechtigung), 1 fehlgeschlagen
    ```
    BEFEHL     AUFRUFE FEHLER MEDIAN
    config set      40      ·  23 ms
    case view        7      1  23 ms
    ```

    No command was run in the last 30 days.

    In den letzten 30 Tagen wurde kein Befehl ausgeführt.
    ");
    rows.extend((0..60).map(|number| row(&format!("a command of a long name {number}"), 1, 0, 0)));
    let text = replies::commands(de(), &span, &rows);
    assert!(text.ends_with("und 37 weitere Befehle"), "{text}");
    assert!(text.chars().count() <= 2_000);
}
