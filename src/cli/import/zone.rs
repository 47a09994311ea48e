//! Times as an older bot wrote them: with `Z`, with an offset, or naive.

use std::str::FromStr;

use chrono::offset::LocalResult;
use chrono::{DateTime, Datelike as _, NaiveDateTime, SubsecRound as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// Where naive times are taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Zone(Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.trim();
        let mut zones = TZ_VARIANTS.iter();
        zones
            .find(|zone| zone.name().eq_ignore_ascii_case(wanted))
            .map(|zone| Self(*zone))
            .ok_or_else(|| "a time zone has a name such as Europe/Berlin".to_owned())
    }
}

impl Zone {
    /// Reads a time; to the microsecond, as the database keeps it.
    pub(super) fn read(self, text: &str) -> Result<DateTime<Utc>, String> {
        let text = text.trim();
        let time = match with_offset(text) {
            Some(time) => time,
            None => self.naive(text)?,
        };
        if (1970..=9999).contains(&time.year()) {
            return Ok(time.trunc_subsecs(6));
        }
        Err("its year is not between 1970 and 9999".to_owned())
    }

    /// Of two times on one clock, when it is put back, the first; one that the clock leapt over never was.
    fn naive(self, text: &str) -> Result<DateTime<Utc>, String> {
        let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .ok_or("it is no time as in 2024-05-01T12:00:00Z")?;
        match self.0.from_local_datetime(&naive) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Ok(time.to_utc()),
            LocalResult::None => Err(format!("no clock in {} ever showed this time", self.0)),
        }
    }
}

fn with_offset(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%#z"))
        .ok()
        .map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> String {
        let read = Zone::default().read(text);
        read.map_or_else(|why| why, |time| time.to_rfc3339())
    }

    fn berlin(text: &str) -> String {
        let zone: Zone = "Europe/Berlin".parse().expect("a zone");
        let read = zone.read(text);
        read.map_or_else(|why| why, |time| time.to_rfc3339())
    }

    #[test]
    fn the_three_ways_of_writing_mean_one_time() {
        for text in [
            "2024-05-01T12:00:00Z",
            "2024-05-01T14:00:00+02:00",
            "2024-05-01T14:00:00+0200",
            "2024-05-01 14:00:00+02",
            "2024-05-01T12:00:00",
            "2024-05-01 12:00:00.000",
        ] {
            assert_eq!(utc(text), "2024-05-01T12:00:00+00:00", "{text}");
        }
        assert_eq!(
            utc("2024-05-01T12:00:00.1234567Z"),
            "2024-05-01T12:00:00.123456+00:00"
        );
    }

    #[test]
    fn naive_times_are_of_the_assumed_zone_and_others_are_not() {
        assert_eq!(berlin("2024-05-01T12:00:00"), "2024-05-01T10:00:00+00:00");
        assert_eq!(berlin("2024-01-01T12:00:00"), "2024-01-01T11:00:00+00:00");
        assert_eq!(berlin("2024-05-01T12:00:00Z"), "2024-05-01T12:00:00+00:00");
        assert_eq!(berlin("2024-10-27T02:30:00"), "2024-10-27T00:30:00+00:00");
        assert_eq!(
            berlin("2024-03-31T02:30:00"),
            "no clock in Europe/Berlin ever showed this time"
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-05-01",
            "2024-13-01T00:00:00",
            "1714564800",
            "12:00",
        ] {
            assert_eq!(
                utc(text),
                "it is no time as in 2024-05-01T12:00:00Z",
                "{text}"
            );
        }
        for text in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            assert_eq!(utc(text), "its year is not between 1970 and 9999", "{text}");
        }
    }

    #[test]
    fn a_zone_is_named() {
        assert!("europe/berlin".parse::<Zone>().is_ok());
        for text in ["", "Berlin", "Mars/Olympus", "+25"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
