//! What may be appealed, and what taking it back means: values in, values out.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::super::config::{self, Settings};
use super::super::standing::{Obstacle, Past, Status, obstacle};
use super::super::subject::{Deed, Sentence, Subject, Undo, Why, undo};
use crate::domain::ids::{CaseNumber, ChannelId, ConfigVersion, GuildId, UserId};
use crate::guild::config::snapshot::Reading;
use crate::store::tables::config::StoredConfig;

const HERE: GuildId = GuildId(1);

fn hour(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).expect("a time") + TimeDelta::hours(hours)
}

/// Case `number` of the member, `number` hours after the first.
fn case(number: i64, action: &str) -> Sentence {
    Sentence {
        guild: HERE,
        user: UserId(5),
        subject: Subject::Case(CaseNumber(number)),
        case_id: Some(100 + number),
        infraction_id: Some(200 + number),
        action: action.to_owned(),
        reason: None,
        length: None,
        at: hour(number),
        done: true,
        lifted: false,
    }
}

fn timeout(number: i64, hours: u64) -> Sentence {
    Sentence {
        length: Some(Duration::from_secs(hours * 3_600)),
        ..case(number, "TIMEOUT")
    }
}

fn lifted(sentence: Sentence) -> Sentence {
    Sentence {
        lifted: true,
        ..sentence
    }
}

fn failed(sentence: Sentence) -> Sentence {
    Sentence {
        done: false,
        ..sentence
    }
}

#[test]
fn a_punishment_has_a_name_that_is_read_back() {
    for (text, subject) in [
        ("12", Some(Subject::Case(CaseNumber(12)))),
        (" #12 ", Some(Subject::Case(CaseNumber(12)))),
        ("i45", Some(Subject::Infraction(45))),
        ("I45", Some(Subject::Infraction(45))),
    ] {
        assert_eq!(text.parse::<Subject>().ok(), subject, "{text}");
    }
    for wrong in [
        "",
        "–",
        "0",
        "-1",
        "i",
        "i0",
        "i-1",
        "+1",
        "1.5",
        "x1",
        "99999999999999999999",
        "1/2",
    ] {
        assert!(wrong.parse::<Subject>().is_err(), "{wrong}");
    }
}

#[test]
fn words_of_older_programs_are_understood() {
    for (word, deed) in [
        ("WARN", Deed::Warn),
        ("TIMEOUT", Deed::Timeout),
        ("TIMEOUT_LONG", Deed::Timeout),
        ("timeout_short", Deed::Timeout),
        ("BAN", Deed::Ban),
        ("KICK", Deed::Kick),
        ("DELETE", Deed::Delete),
        ("END_TIMEOUT", Deed::EndTimeout),
        ("UNBAN", Deed::Unban),
        ("UNKNOWN", Deed::Other),
        ("", Deed::Other),
    ] {
        assert_eq!(Deed::of(word), deed, "{word}");
    }
}

#[test]
fn only_what_still_holds_is_taken_back_on_discord() {
    let now = hour(10);
    let other = |number| Undo::Nothing(Why::Another(Subject::Case(CaseNumber(number))));
    let cases = [
        (case(1, "BAN"), vec![], Undo::Unban),
        (case(1, "WARN"), vec![], Undo::Nothing(Why::Momentary)),
        (
            case(1, "KICK"),
            vec![case(2, "BAN")],
            Undo::Nothing(Why::Momentary),
        ),
        (case(1, "UNKNOWN"), vec![], Undo::Nothing(Why::Momentary)),
        (failed(case(1, "BAN")), vec![], Undo::Nothing(Why::NotDone)),
        (lifted(case(1, "BAN")), vec![], Undo::Nothing(Why::Over)),
        (
            case(1, "BAN"),
            vec![case(2, "UNBAN")],
            Undo::Nothing(Why::Over),
        ),
        (case(1, "BAN"), vec![failed(case(2, "UNBAN"))], Undo::Unban),
        (
            case(1, "BAN"),
            vec![case(2, "WARN"), timeout(3, 24)],
            Undo::Unban,
        ),
        (
            case(1, "BAN"),
            vec![case(3, "BAN"), case(2, "UNBAN")],
            other(3),
        ),
        (case(1, "BAN"), vec![failed(case(2, "BAN"))], Undo::Unban),
        (
            case(1, "BAN"),
            vec![lifted(case(2, "BAN"))],
            Undo::Nothing(Why::Over),
        ),
        (case(3, "BAN"), vec![case(1, "BAN")], Undo::Unban),
        (timeout(1, 24), vec![], Undo::EndTimeout),
        (timeout(1, 9), vec![], Undo::Nothing(Why::Over)),
        (case(1, "TIMEOUT"), vec![], Undo::EndTimeout),
        (timeout(1, 24), vec![timeout(2, 24)], other(2)),
        (
            timeout(1, 24),
            vec![timeout(2, 1)],
            Undo::Nothing(Why::Over),
        ),
        (
            timeout(1, 24),
            vec![case(2, "END_TIMEOUT")],
            Undo::Nothing(Why::Over),
        ),
        (timeout(1, 24), vec![case(1, "TIMEOUT")], Undo::EndTimeout),
    ];
    for (number, (sentence, later, expected)) in cases.into_iter().enumerate() {
        assert_eq!(undo(&sentence, &later, now), expected, "case {number}");
    }
}

#[test]
fn two_records_of_one_deed_do_not_stand_in_each_others_way() {
    let infraction = Sentence {
        subject: Subject::Infraction(7),
        case_id: None,
        infraction_id: Some(7),
        ..case(1, "BAN")
    };
    let at = |seconds: i64| Sentence {
        infraction_id: None,
        at: hour(1) + chrono::TimeDelta::seconds(seconds),
        ..case(1, "BAN")
    };
    let now = hour(10);
    assert_eq!(undo(&infraction, &[at(2)], now), Undo::Unban);
    let another = Why::Another(Subject::Case(CaseNumber(1)));
    assert_eq!(
        undo(&infraction, &[at(61)], now),
        Undo::Nothing(another),
        "another one"
    );
    assert_eq!(
        undo(&at(-2), &[infraction], now),
        Undo::Unban,
        "the other way round"
    );
    let own = case(1, "BAN");
    assert_eq!(
        undo(
            &own,
            &[Sentence {
                at: hour(1),
                ..case(2, "BAN")
            }],
            now
        ),
        Undo::Nothing(Why::Another(Subject::Case(CaseNumber(2)))),
        "two cases are two bans"
    );
}

fn settings() -> Settings {
    Settings {
        enabled: true,
        channel: None,
        wait: Duration::from_secs(24 * 3_600),
        pause: Duration::ZERO,
        delay: Duration::ZERO,
        least: 1,
        most: 100,
    }
}

fn past(id: i64, about: &Sentence, status: Status) -> Past {
    Past {
        id,
        guild: about.guild,
        case_id: about.case_id,
        infraction_id: about.infraction_id,
        status,
        made_at: hour(5),
        changed_at: hour(6),
    }
}

#[test]
fn each_obstacle_is_known_and_the_lasting_ones_come_first() {
    let warned = case(1, "WARN");
    let other = case(2, "WARN");
    let check = |sentence: &Sentence, past: &[Past], settings: &Settings, now| {
        obstacle(sentence, past, settings, hour(now))
    };
    let usual = settings();
    assert_eq!(check(&warned, &[], &usual, 7), None);
    let off = Settings {
        enabled: false,
        ..settings()
    };
    assert_eq!(check(&warned, &[], &off, 7), Some(Obstacle::Off));
    let relief = case(1, "UNBAN");
    assert_eq!(check(&relief, &[], &usual, 7), Some(Obstacle::Relief));
    assert_eq!(
        check(&lifted(warned.clone()), &[], &usual, 7),
        Some(Obstacle::Lifted)
    );
    for status in [Status::Pending, Status::UnderReview] {
        let open = [past(9, &warned, status)];
        let found = check(&warned, &open, &usual, 7);
        assert_eq!(found, Some(Obstacle::Open(9, status)));
        assert_eq!(
            check(&other, &open, &usual, 7),
            None,
            "of another punishment"
        );
    }
    let granted = [past(9, &warned, Status::Approved)];
    let found = check(&lifted(warned.clone()), &granted, &usual, 7);
    assert_eq!(found, Some(Obstacle::Granted(9)));
    let denied = [past(9, &warned, Status::Denied)];
    assert_eq!(
        check(&warned, &denied, &usual, 29),
        Some(Obstacle::Denied(hour(30)))
    );
    assert_eq!(
        check(&warned, &denied, &usual, 30),
        None,
        "the wait is over"
    );
}

#[test]
fn waits_count_from_where_they_should() {
    let warned = case(1, "WARN");
    let slow = Settings {
        delay: Duration::from_secs(2 * 3_600),
        pause: Duration::from_secs(4 * 3_600),
        ..settings()
    };
    let soon = obstacle(&warned, &[], &slow, hour(2));
    assert_eq!(soon, Some(Obstacle::TooSoon(hour(3))));
    assert_eq!(obstacle(&warned, &[], &slow, hour(3)), None);
    let just_now = [past(9, &case(2, "WARN"), Status::Denied)];
    let paused = obstacle(&warned, &just_now, &slow, hour(7));
    assert_eq!(
        paused,
        Some(Obstacle::Pause(hour(9))),
        "from when it was made"
    );
    assert_eq!(obstacle(&warned, &just_now, &slow, hour(9)), None);
    let elsewhere = [Past {
        guild: GuildId(2),
        ..past(9, &case(2, "WARN"), Status::Denied)
    }];
    assert_eq!(obstacle(&warned, &elsewhere, &slow, hour(7)), None);
}

#[test]
fn an_imported_appeal_is_about_its_infraction_alone() {
    let old = Sentence {
        subject: Subject::Infraction(201),
        case_id: None,
        infraction_id: Some(201),
        ..case(1, "BAN")
    };
    let open = [past(9, &old, Status::Pending)];
    let found = obstacle(&case(1, "BAN"), &open, &settings(), hour(7));
    assert_eq!(
        found,
        Some(Obstacle::Open(9, Status::Pending)),
        "it has a case by now"
    );
    let unknown = Past {
        case_id: None,
        infraction_id: None,
        ..past(9, &old, Status::Pending)
    };
    let nothing_known = Sentence {
        infraction_id: None,
        ..old
    };
    let found = obstacle(&nothing_known, &[unknown], &settings(), hour(7));
    assert_eq!(found, None, "two unknowns are not the same");
}

fn read(values: &[(&str, serde_json::Value)]) -> (Settings, bool) {
    let registry = crate::features::registry();
    let stored = StoredConfig {
        version: ConfigVersion(1),
        changed_at: None,
        values: values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect(),
    };
    let reading = Reading::of(&registry, stored);
    assert_eq!(reading.misfits(), []);
    let values = reading.into_values();
    (Settings::of(&values), config::contradict(&values))
}

#[test]
fn the_settings_are_read_with_their_fallbacks() {
    let (unset, wrong) = read(&[]);
    assert!(unset.enabled && !wrong);
    assert_eq!((unset.channel, unset.least, unset.most), (None, 20, 1_000));
    assert_eq!(unset.wait, Duration::from_secs(7 * 86_400));
    assert_eq!((unset.pause, unset.delay), (Duration::ZERO, Duration::ZERO));
    let (log, _) = read(&[("MODERATION_LOG_CHANNEL_ID", 7.into())]);
    assert_eq!(log.channel, Some(ChannelId(7)));
    let both = [
        ("MODERATION_LOG_CHANNEL_ID", 7.into()),
        ("APPEALS_CHANNEL_ID", 8.into()),
    ];
    assert_eq!(read(&both).0.channel, Some(ChannelId(8)));
    let (crossed, wrong) = read(&[
        ("APPEALS_MIN_LENGTH", 300.into()),
        ("APPEALS_MAX_LENGTH", 200.into()),
    ]);
    assert_eq!((crossed.least, crossed.most, wrong), (200, 200, true));
}

proptest! {
    #[test]
    fn nothing_is_undone_twice_or_for_another(
        words in proptest::collection::vec(
            (proptest::sample::select(vec!["BAN", "UNBAN", "TIMEOUT", "END_TIMEOUT", "WARN"]), any::<bool>(), any::<bool>()),
            1..8,
        ),
        now in 0_i64..40,
    ) {
        let all: Vec<Sentence> = (1..)
            .zip(&words)
            .map(|(number, (word, done, is_lifted))| Sentence {
                done: *done,
                lifted: *is_lifted,
                length: Some(Duration::from_secs(10 * 3_600)),
                ..case(number, word)
            })
            .collect();
        let undone = |kind: Undo| {
            let which = all.iter().filter(|one| undo(one, &all, hour(now)) == kind);
            which.count()
        };
        prop_assert!(undone(Undo::Unban) <= 1, "one ban at most is the one that holds");
        prop_assert!(undone(Undo::EndTimeout) <= 1);
    }
}
