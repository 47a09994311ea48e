//! How far an import is: a bar on a terminal, nothing elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressStyle};

const OF_FILE: &str = "{msg}  {bytes} of {total_bytes}  [{bar:30}]  {bytes_per_sec}, {eta} left";
const OF_TABLE: &str = "{msg}  {human_pos} records, {per_sec}";

/// One bar after another.
pub(super) struct Progress {
    is_shown: bool,
    bar: ProgressBar,
}

impl Progress {
    /// Shows bars where somebody sees them.
    pub(super) fn new() -> Self {
        Self {
            is_shown: std::io::stderr().is_terminal(),
            bar: ProgressBar::hidden(),
        }
    }

    /// Begins a file of so many bytes, or a table of which nobody knows how long it is.
    pub(super) fn begin(&mut self, name: &str, bytes: Option<u64>) {
        if !self.is_shown {
            return;
        }
        let (bar, template) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), OF_FILE),
            None => (ProgressBar::new_spinner(), OF_TABLE),
        };
        let style = ProgressStyle::with_template(template);
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar = bar.with_style(style).with_message(name.to_owned());
    }

    /// So much is done.
    pub(super) fn reach(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// The file is done with.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bars_are_well_formed() {
        for template in [OF_FILE, OF_TABLE] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
