//! The environment: the only place that reads the process's variables.

use std::collections::BTreeMap;

/// Variables by name. Loading takes them as a value, so that tests bring their own.
pub type Environment = BTreeMap<String, String>;

/// The variables of this process. A value that is no Unicode comes with replacement characters and then fails its
/// setting's check like any other malformed value.
#[must_use]
pub fn process_environment() -> Environment {
    std::env::vars_os()
        .map(|(name, value)| {
            (
                name.to_string_lossy().into_owned(),
                value.to_string_lossy().into_owned(),
            )
        })
        .collect()
}
