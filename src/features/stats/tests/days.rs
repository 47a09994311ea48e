//! Days of every zone: none is lost or counted twice, whatever clocks do.

use chrono::{DateTime, Days, NaiveDate, Offset as _, TimeDelta, TimeZone as _, Utc};
use proptest::prelude::*;

use crate::domain::zone::{Tz, find};
use crate::features::stats::days::{MOST_DAYS, Span};

/// The place of a moment among the days of a span, as PostgreSQL's `width_bucket` tells it.
fn bucket(span: &Span, at: DateTime<Utc>) -> usize {
    span.beginnings().partition_point(|begins| *begins <= at)
}

fn minutes(zone: Tz, day: (i32, u32, u32)) -> i64 {
    let day = NaiveDate::from_ymd_opt(day.0, day.1, day.2).expect("a day");
    let noon = day.and_hms_opt(12, 0, 0).expect("noon");
    let noon = zone.from_local_datetime(&noon).earliest();
    let now = noon.map_or_else(
        || day.and_hms_opt(12, 0, 0).expect("noon").and_utc(),
        |noon| noon.to_utc(),
    );
    let (from, to) = Span::ending(now, zone, 1).bounds();
    (to - from).num_minutes()
}

#[test]
fn days_are_as_long_as_clocks_make_them() {
    let zone = |name: &str| find(name).expect("a zone");
    for (name, day, expected) in [
        ("UTC", (2026, 3, 29), 24 * 60),
        ("Europe/Berlin", (2026, 3, 29), 23 * 60),
        ("Europe/Berlin", (2026, 10, 25), 25 * 60),
        ("America/New_York", (2026, 11, 1), 25 * 60),
        ("Australia/Lord_Howe", (2026, 4, 5), 24 * 60 + 30),
        // Clocks are put forward at midnight: the day begins at one.
        ("America/Santiago", (2026, 9, 6), 23 * 60),
        ("Africa/Cairo", (2026, 4, 24), 23 * 60),
        // Midnight comes twice.
        ("America/Havana", (2026, 11, 1), 25 * 60),
        // A day that Samoa has left out.
        ("Pacific/Apia", (2011, 12, 29), 24 * 60),
    ] {
        assert_eq!(minutes(zone(name), day), expected, "{name} {day:?}");
    }
}

#[test]
fn a_day_that_was_left_out_holds_nothing() {
    let zone = find("Pacific/Apia").expect("a zone");
    let now = "2011-12-31T12:00:00Z".parse().expect("a time");
    let span = Span::ending(now, zone, 5);
    let begins: Vec<String> = span.days.iter().map(ToString::to_string).collect();
    assert_eq!(begins[2..4], ["2011-12-30", "2011-12-31"]);
    let moments = span.beginnings();
    assert_eq!(
        moments[2], moments[3],
        "it begins and ends with the next one"
    );
    assert_eq!(bucket(&span, moments[2]), 4);
}

#[test]
fn the_days_before_end_where_the_first_one_begins() {
    let span = Span::ending(super::now(), Tz::Europe__Berlin, 30);
    let (from, to) = span.bounds_before();
    assert_eq!(to, span.bounds().0);
    // Summer time ended in between.
    assert_eq!(from.to_rfc3339(), "2026-09-26T22:00:00+00:00");
    assert_eq!(to.to_rfc3339(), "2026-10-26T23:00:00+00:00");
    assert_eq!(span.len(), 30);
    for wrong in [0, MOST_DAYS + 1, u16::MAX] {
        let count = Span::ending(super::now(), Tz::UTC, wrong).len();
        assert!((1..=usize::from(MOST_DAYS)).contains(&count));
    }
}

proptest! {
    #[test]
    fn every_moment_lies_in_the_day_that_its_zone_calls_it(
        zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]),
        // From 2017 on, since when no zone has turned a day back after it had begun, to 2040.
        now in 1_500_000_000_i64..2_200_000_000,
        count in 1_u16..=MOST_DAYS,
        part in 0.0_f64..1.0,
    ) {
        let now = DateTime::from_timestamp(now, 0).expect("a time");
        let span = Span::ending(now, zone, count);
        let (from, to) = span.bounds();
        prop_assert!(from <= now && now < to, "now is in it");
        prop_assert!(span.beginnings().windows(2).all(|pair| pair[0] <= pair[1]));
        let all = (to - from).num_seconds();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment will do")]
        let at = from + TimeDelta::seconds((all as f64 * part) as i64);
        let place = bucket(&span, at);
        prop_assert!((1..=span.len()).contains(&place));
        prop_assert_eq!(span.days[place - 1], at.with_timezone(&zone).date_naive());
        let just_before = from - TimeDelta::seconds(1);
        let day_before = span.days[0] - Days::new(1);
        prop_assert!(just_before.with_timezone(&zone).date_naive() <= day_before);
        prop_assert_eq!(bucket(&span, just_before), 0);
        // No zone is further away than a day.
        prop_assert!(zone.offset_from_utc_datetime(&now.naive_utc()).fix().local_minus_utc().abs() < 86_400);
    }
}
