//! The layers: the settings file and the environment, merged so that each value still knows where it came from.

use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider};

use super::{KeySpec, LoadOptions, Problems, Settings};

/// Prefix of the variables that name a setting in full.
const PREFIX: &str = "AIMOD__";

/// The seed's own variables and the settings they stand for.
const NAMED_VARIABLES: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("DISCORD_TOKEN", "discord.token"),
    ("ENCRYPTION_KEY", "vault.encryption_keys"),
    ("REDIS_URL", "redis.url"),
];

/// All layers above the defaults.
pub(super) struct Layers(Figment);

impl Layers {
    pub(super) fn gather(options: &LoadOptions, problems: &mut Problems) -> Self {
        let known = Settings::keys();
        let mut figment = Figment::new();
        if let Some(path) = &options.file {
            let origin = path.display().to_string();
            let values = read_file(path, problems);
            let values = keep_known(values, &known, &origin, problems);
            figment = figment.merge(Layer { origin, values });
        }
        for (setting, variable, text) in variables(options) {
            if !known.iter().any(|key| key.path() == setting) {
                let nearest = nearest(&setting, &known).map(|path| variable_of(&path));
                problems.add_unknown(setting, variable, unknown(nearest));
                continue;
            }
            figment = figment.merge(Layer {
                origin: variable,
                values: nested(&setting, Value::from(text)),
            });
        }
        Self(figment)
    }

    /// The value of `setting` with its file or variable.
    pub(super) fn find(&self, setting: &str) -> Option<(Value, String)> {
        let value = self.0.find_value(setting).ok()?;
        let origin = self.0.get_metadata(value.tag())?.name.to_string();
        Some((value, origin))
    }
}

/// One layer, or one variable, under the name that problems show.
struct Layer {
    origin: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

fn read_file(path: &Path, problems: &mut Problems) -> Dict {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            problems.add_file(path, format!("cannot be read: {error}"));
            return Dict::new();
        }
    };
    match Toml::from_str::<Dict>(&text) {
        Ok(values) => values,
        Err(error) => {
            // The error's own display quotes the line, which may hold a secret.
            let place = error.span().map_or_else(String::new, |span| {
                let before = text.get(..span.start).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                format!(" in line {line}")
            });
            problems.add_file(
                path,
                format!("is not TOML{place}: {}", first_line(error.message())),
            );
            Dict::new()
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Drops what no section knows and says so.
fn keep_known(values: Dict, known: &[KeySpec], origin: &str, problems: &mut Problems) -> Dict {
    let mut kept = Dict::new();
    for (section, value) in values {
        let Some(keys) = value.as_dict() else {
            let message = no_section(&section, known);
            problems.add_unknown(section, origin.to_owned(), message);
            continue;
        };
        let mut inner = Dict::new();
        for (key, value) in keys {
            let path = format!("{section}.{key}");
            if known.iter().any(|spec| spec.path() == path) {
                inner.insert(key.clone(), value.clone());
            } else {
                let message = unknown(nearest(&path, known));
                problems.add_unknown(path, origin.to_owned(), message);
            }
        }
        kept.insert(section, Value::from(inner));
    }
    kept
}

/// What the environment says, as (setting, variable, text), the layer that wins last.
fn variables(options: &LoadOptions) -> Vec<(String, String, String)> {
    let filled = |(_, text): &(&String, &String)| !text.is_empty();
    let named = NAMED_VARIABLES.iter().filter_map(|(variable, setting)| {
        let (variable, text) = options.environment.get_key_value(*variable)?;
        Some(((*setting).to_owned(), variable.clone(), text.clone()))
    });
    let full = options.environment.iter().filter_map(|(variable, text)| {
        let path = variable.strip_prefix(PREFIX)?;
        let setting = path.to_lowercase().replacen("__", ".", 1);
        Some((setting, variable.clone(), text.clone()))
    });
    named
        .chain(full)
        .filter(|(_, variable, text)| filled(&(variable, text)))
        .collect()
}

fn variable_of(setting: &str) -> String {
    format!("{PREFIX}{}", setting.replacen('.', "__", 1).to_uppercase())
}

fn nested(setting: &str, value: Value) -> Dict {
    match setting.split_once('.') {
        Some((section, key)) => Dict::from([(
            section.to_owned(),
            Value::from(Dict::from([(key.to_owned(), value)])),
        )]),
        None => Dict::from([(setting.to_owned(), value)]),
    }
}

fn unknown(nearest: Option<String>) -> String {
    match nearest {
        Some(name) => format!("is unknown; did you mean {name}?"),
        None => "is unknown; config/aimod.toml lists every setting".to_owned(),
    }
}

fn no_section(name: &str, known: &[KeySpec]) -> String {
    let nearest = known
        .iter()
        .map(|spec| spec.section)
        .map(|section| {
            (
                strsim::normalized_damerau_levenshtein(name, section),
                section,
            )
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|left, right| left.0.total_cmp(&right.0));
    match nearest {
        Some((_, section)) if section == name => format!("is a section: write [{section}]"),
        nearest => unknown(nearest.map(|(_, section)| format!("the section [{section}]"))),
    }
}

/// The known setting that looks most like `setting`, by its whole path or by its key alone (the wrong section).
fn nearest(setting: &str, known: &[KeySpec]) -> Option<String> {
    let key_alone = setting.rsplit('.').next().unwrap_or(setting);
    known
        .iter()
        .map(|spec| {
            let whole = strsim::normalized_damerau_levenshtein(setting, &spec.path());
            let alone = strsim::normalized_damerau_levenshtein(key_alone, spec.key) * 0.9;
            (whole.max(alone), spec.path())
        })
        .filter(|(likeness, _)| *likeness >= 0.6)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, path)| path)
}
