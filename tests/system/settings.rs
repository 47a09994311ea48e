//! Whatever the environment and the file hold: an answer, never a panic, never a secret.

use std::io::Write as _;

use aimod::settings::{DatabaseUrl, Environment, LoadOptions, Settings};
use proptest::prelude::*;

/// A variable that sets `path`.
fn variable(path: &str) -> String {
    format!("AIMOD__{}", path.replacen('.', "__", 1).to_uppercase())
}

fn load(environment: Environment) -> Result<Settings, String> {
    Settings::load(&LoadOptions {
        environment,
        ..LoadOptions::default()
    })
    .map_err(|error| error.to_string())
}

fn with_file(text: &str) -> Result<Settings, String> {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    Settings::load(&LoadOptions {
        file: Some(file.path().to_owned()),
        ..LoadOptions::default()
    })
    .map_err(|error| error.to_string())
}

#[test]
fn each_key_can_be_set_by_its_default_from_file_and_variable() {
    for key in Settings::keys() {
        let Some(default) = &key.default else {
            continue;
        };
        let text = format!("[{}]\n{} = {default}\n", key.section, key.key);
        with_file(&text).expect(&text);
        let bare = default.trim_matches('"').to_owned();
        load([(variable(&key.path()), bare)].into())
            .unwrap_or_else(|error| panic!("{}: {error}", key.path()));
    }
}

#[test]
fn the_bounds_of_each_number_hold_on_both_sides() {
    for key in Settings::keys() {
        let Some((low, high)) = key.bounds else {
            continue;
        };
        let wrong = |number: u64| {
            let outcome = load([(variable(&key.path()), number.to_string())].into());
            let Err(text) = outcome else {
                return false;
            };
            text.contains(&format!("must be between {low} and {high}, is {number}"))
                || text.contains("must be at most")
        };
        assert!(wrong(high + 1), "{} takes {}", key.path(), high + 1);
        assert!(!wrong(high), "{} refuses {high}", key.path());
        assert!(!wrong(low), "{} refuses {low}", key.path());
        if let Some(below) = low.checked_sub(1) {
            assert!(wrong(below), "{} takes {below}", key.path());
        }
    }
}

#[test]
fn every_key_tells_its_unit_or_needs_none() {
    for key in Settings::keys() {
        let text = key.doc.join(" ");
        for (ending, unit) in [
            ("_ms", "milliseconds"),
            ("_secs", "seconds"),
            ("_bytes", "bytes"),
        ] {
            if key.key.ends_with(ending) {
                assert!(text.contains(unit), "{}: {text}", key.path());
            }
        }
        assert!(text.ends_with('.'), "{}: {text}", key.path());
    }
}

proptest! {
    #[test]
    fn no_value_of_any_variable_panics(index in 0..64_usize, value in "\\PC{1,40}") {
        let keys = Settings::keys();
        let key = &keys[index % keys.len()];
        if let Err(text) = load([(variable(&key.path()), value)].into()) {
            prop_assert!(text.contains(&key.path()), "{text}");
        }
    }

    #[test]
    fn no_file_panics(text in "\\PC{0,80}(\n\\PC{0,80}){0,4}") {
        drop(with_file(&text));
    }

    #[test]
    fn no_database_address_panics_or_is_repeated(rest in "\\PC{0,40}") {
        let address = format!("postgres://user:s3cretpassw0rd@{rest}");
        if let Err(error) = DatabaseUrl::parse(&address.into()) {
            prop_assert!(!error.to_string().contains("s3cretpassw0rd"));
        }
    }

    #[test]
    fn no_malformed_secret_is_repeated(value in "[a-z]{3,8}[!-~]{0,8}") {
        let secret = format!("s3cret{value}");
        for name in ["DATABASE_URL", "REDIS_URL", "ENCRYPTION_KEY", "DISCORD_TOKEN"] {
            if let Err(text) = load([(name.to_owned(), secret.clone())].into()) {
                prop_assert!(!text.contains("s3cret"), "{text}");
            }
        }
    }
}
