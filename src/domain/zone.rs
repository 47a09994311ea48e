//! Time zones by their IANA names, from rules that come with the program and not from the machine.

pub use chrono_tz::Tz;

use chrono_tz::TZ_VARIANTS;

/// Finds a zone by its name, in any case.
#[must_use]
pub fn find(name: &str) -> Option<Tz> {
    let mut all = TZ_VARIANTS.iter();
    all.find(|zone| zone.name().eq_ignore_ascii_case(name.trim()))
        .copied()
}

/// Names that contain what somebody has typed, those first whose city begins with it.
#[must_use]
pub fn suggest(typed: &str) -> Vec<&'static str> {
    let typed = typed.trim().replace(' ', "_").to_ascii_lowercase();
    let city = |name: &str| {
        let city = name.rsplit('/').next().unwrap_or(name);
        city.to_ascii_lowercase()
    };
    let names = TZ_VARIANTS.iter().map(|zone| zone.name());
    let (first, rest): (Vec<_>, Vec<_>) = names
        .filter(|name| name.to_ascii_lowercase().contains(&typed))
        .partition(|name| city(name).starts_with(&typed));
    first.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_its_name_in_any_case() {
        for (name, zone) in [
            ("UTC", Tz::UTC),
            ("europe/berlin", Tz::Europe__Berlin),
            (
                " America/Argentina/Ushuaia ",
                Tz::America__Argentina__Ushuaia,
            ),
            ("Asia/Calcutta", Tz::Asia__Calcutta),
        ] {
            assert_eq!(find(name), Some(zone), "{name}");
        }
        for name in ["", "Berlin", "+02:00", "Europe/Nowhere", "CET-1CEST"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn cities_come_before_regions() {
        assert_eq!(suggest("berl"), ["Europe/Berlin"]);
        let found = suggest("me");
        let place = |name: &str| found.iter().position(|one| *one == name);
        assert!(place("Australia/Melbourne") < place("America/Bogota"));
        assert!(suggest("new york").contains(&"America/New_York"));
        assert_eq!(suggest("").len(), TZ_VARIANTS.len());
        assert!(suggest("nowhere").is_empty());
    }
}
