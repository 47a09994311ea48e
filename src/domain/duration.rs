//! Durations as people write them: `1w2d3h4m5s`.

use std::time::Duration;

/// The longest timeout that Discord accepts: 28 days.
pub const MAX_TIMEOUT: Duration = Duration::from_secs(28 * 86_400);

/// Why a text is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was written.
    #[error("a duration is missing; write it like 10m, 2h or 1d12h")]
    Empty,
    /// Something is left over, a unit is missing, or the number is too large.
    #[error("“{0}” is not a duration; write it like 10m, 2h or 1d12h (units w d h m s)")]
    Malformed(String),
    /// It adds up to nothing.
    #[error("a duration of zero has no effect")]
    Zero,
    /// It is longer than the place allows.
    #[error("that is too long; the longest is {0}")]
    TooLong(String),
}

/// Reads a sum of number-and-unit pairs, units `w d h m s` in any case.
///
/// # Errors
/// Names what is wrong: nothing, something left over, zero, or longer than `longest`.
pub fn parse(text: &str, longest: Duration) -> Result<Duration, DurationError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let seconds = sum_of_pairs(text)
        .ok_or_else(|| DurationError::Malformed(text.chars().take(40).collect()))?;
    match Duration::from_secs(seconds) {
        Duration::ZERO => Err(DurationError::Zero),
        long if long > longest => Err(DurationError::TooLong(format(longest))),
        fits => Ok(fits),
    }
}

fn sum_of_pairs(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number: Option<u64> = None;
    for character in text.chars() {
        if let Some(digit) = character.to_digit(10) {
            number = Some(
                number
                    .unwrap_or(0)
                    .checked_mul(10)?
                    .checked_add(u64::from(digit))?,
            );
        } else {
            let unit = match character.to_ascii_lowercase() {
                'w' => 7 * 86_400,
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(unit)?)?;
        }
    }
    number.is_none().then_some(total)
}

/// Writes a duration the way [`parse`] reads it; parts of a second are dropped.
#[must_use]
pub fn format(duration: Duration) -> String {
    let mut seconds = duration.as_secs();
    let mut text = String::new();
    for (unit, length) in [
        ('w', 604_800),
        ('d', 86_400),
        ('h', 3_600),
        ('m', 60),
        ('s', 1),
    ] {
        if seconds >= length {
            text.push_str(&format!("{}{unit}", seconds / length));
            seconds %= length;
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_are_summed_in_any_case() {
        for (text, seconds) in [
            ("1w2d3h4m", 788_640),
            ("1D", 86_400),
            ("90s", 90),
            (" 10m ", 600),
            ("1h1h", 7_200),
            ("28d", 2_419_200),
        ] {
            assert_eq!(
                parse(text, MAX_TIMEOUT),
                Ok(Duration::from_secs(seconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn anything_left_over_is_an_error() {
        for text in [
            "5x10m",
            "10",
            "abc",
            "m",
            "1h 5m",
            "-1h",
            "1.5h",
            "1h5",
            "99999999999999999999d",
            "٣m ",
        ] {
            assert!(parse(text, MAX_TIMEOUT).is_err(), "{text}");
        }
        assert_eq!(parse("  ", MAX_TIMEOUT), Err(DurationError::Empty));
        assert_eq!(parse("0m", MAX_TIMEOUT), Err(DurationError::Zero));
        assert_eq!(
            parse("29d", MAX_TIMEOUT),
            Err(DurationError::TooLong("4w".into()))
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in 1_u64..=2_419_200) {
            let duration = Duration::from_secs(seconds);
            prop_assert_eq!(parse(&format(duration), MAX_TIMEOUT), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            drop(parse(&text, MAX_TIMEOUT));
        }
    }
}
