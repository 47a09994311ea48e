//! Reads typed values out of the layers and notes what does not fit.

use super::Problems;
use super::layers::Layers;
use super::section::KeySpec;
use super::value::SettingValue;

/// Gives each section its values.
pub(super) struct Reader<'a> {
    layers: &'a Layers,
    problems: &'a mut Problems,
}

impl<'a> Reader<'a> {
    pub(super) fn new(layers: &'a Layers, problems: &'a mut Problems) -> Self {
        Self { layers, problems }
    }

    /// The value of a key, or its default where no layer names it. A wrong value is noted, and its default stands in so
    /// that the rest can still be checked; the settings as a whole are refused.
    pub(super) fn value<T: SettingValue>(&mut self, key: &KeySpec, default: T) -> T {
        let path = key.path();
        let Some((value, origin)) = self.layers.find(&path) else {
            return default;
        };
        self.problems.remember_origin(&path, origin);
        let checked = T::from_value(key.key, &value).and_then(|value| {
            key.check(value.as_number(key.key))?;
            Ok(value)
        });
        checked.unwrap_or_else(|message| {
            self.problems.add(&path, message);
            default
        })
    }
}
