//! How a section of the settings is declared: each key once, with its description, default and bounds.

/// What the program knows about one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySpec {
    /// The section, written `[section]` in the file.
    pub section: &'static str,
    /// The key inside its section. A number of time or size carries its unit as the last part: `_ms`, `_secs`, `_bytes`.
    pub key: &'static str,
    /// The description, one entry per line.
    pub doc: &'static [&'static str],
    /// The default as TOML, or nothing where the setting is unset by default.
    pub default: Option<String>,
    /// The smallest and largest number allowed, in the key's own unit.
    pub bounds: Option<(u64, u64)>,
}

impl KeySpec {
    /// The setting's full name: `section.key`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    pub(super) fn check(&self, number: Option<u64>) -> Result<(), String> {
        match (self.bounds, number) {
            (Some((low, high)), Some(number)) if !(low..=high).contains(&number) => {
                Err(format!("must be between {low} and {high}, is {number}"))
            }
            _ => Ok(()),
        }
    }
}

/// Declares a section: its struct, the list of its keys, and the function that reads it.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $section:literal => $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $key:literal => $field:ident : $type:ty = $default:expr $(, $low:literal ..= $high:literal)? ;
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )+
        }

        impl $name {
            /// The keys of this section, in the order of the file.
            #[must_use]
            pub fn keys() -> Vec<$crate::settings::KeySpec> {
                let defaults = Self::default();
                vec![$(
                    $crate::settings::KeySpec {
                        section: $section,
                        key: $key,
                        doc: &[$($doc),+],
                        default: $crate::settings::value::SettingValue::to_toml(&defaults.$field, $key),
                        bounds: section!(@bounds $($low, $high)?),
                    }
                ),+]
            }

            pub(in $crate::settings) fn read(reader: &mut $crate::settings::reader::Reader<'_>) -> Self {
                let mut keys = Self::keys().into_iter();
                let mut defaults = Self::default();
                $(
                    if let Some(key) = keys.next() {
                        defaults.$field = reader.value(&key, defaults.$field);
                    }
                )+
                defaults
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default),+ }
            }
        }
    };
    (@bounds) => { None };
    (@bounds $low:literal, $high:literal) => { Some(($low, $high)) };
}

pub(super) use section;
