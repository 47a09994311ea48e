//! Problems found in the settings, gathered so that the operator sees all of them at once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// One thing that is wrong. Never holds the value of a secret setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting (`database.max_connections`), or nothing where a whole file is wrong.
    pub setting: Option<String>,
    /// The file or variable that the value came from.
    pub origin: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.setting, &self.origin) {
            (Some(setting), Some(origin)) => write!(f, "{setting} ({origin}) ")?,
            (Some(one), None) | (None, Some(one)) => write!(f, "{one} ")?,
            (None, None) => {}
        }
        f.write_str(&self.message)
    }
}

/// Gathers problems while the settings are read and checked.
#[derive(Debug, Default)]
pub struct Problems {
    origins: BTreeMap<String, String>,
    found: Vec<Problem>,
}

impl Problems {
    /// Notes that the value of `setting` is wrong. Its origin is filled in from what was read.
    pub fn add(&mut self, setting: &str, message: impl Into<String>) {
        self.found.push(Problem {
            setting: Some(setting.to_owned()),
            origin: self.origins.get(setting).cloned(),
            message: message.into(),
        });
    }

    /// Notes that something came from `origin` and belongs to no known setting.
    pub(super) fn add_unknown(&mut self, setting: String, origin: String, message: String) {
        self.found.push(Problem {
            setting: Some(setting),
            origin: Some(origin),
            message,
        });
    }

    pub(super) fn add_file(&mut self, file: &Path, message: String) {
        self.found.push(Problem {
            setting: None,
            origin: Some(file.display().to_string()),
            message,
        });
    }

    pub(super) fn remember_origin(&mut self, setting: &str, origin: String) {
        self.origins.insert(setting.to_owned(), origin);
    }

    /// Whether `setting` was already found wrong.
    pub(super) fn names(&self, setting: &str) -> bool {
        self.found
            .iter()
            .any(|problem| problem.setting.as_deref() == Some(setting))
    }

    pub(super) fn into_result<T>(self, value: T) -> Result<T, SettingsError> {
        if self.found.is_empty() {
            Ok(value)
        } else {
            Err(SettingsError {
                problems: self.found,
            })
        }
    }
}

/// The settings cannot be used. Shows every problem on a line of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// What was found, in the order of the files, the variables and the sections.
    pub problems: Vec<Problem>,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => f.write_str("a setting is wrong:")?,
            many => write!(f, "{many} settings are wrong:")?,
        }
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}
