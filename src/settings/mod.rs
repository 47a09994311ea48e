//! Process settings: defaults, file, environment, each with its source.
