//! How far a long command is: a bar on a terminal, nothing elsewhere.

use std::borrow::Cow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const COUNTING: &str = "{msg} {bar:30} {human_pos}/{human_len}, {eta} left";
const BYTES: &str = "{spinner} {msg} {binary_bytes}, {elapsed}";
const OF_FILE: &str = "{msg}  {bytes} of {total_bytes}  [{bar:30}]  {bytes_per_sec}, {eta} left";
const OF_TABLE: &str = "{msg}  {human_pos} records, {per_sec}";

/// A bar of one of the kinds below, drawn somewhere.
pub(super) struct Bar {
    length: Option<u64>,
    template: &'static str,
    message: Cow<'static, str>,
}

impl Bar {
    /// So many things.
    pub(super) const fn counting(all: u64, what: &'static str) -> Self {
        Self {
            length: Some(all),
            template: COUNTING,
            message: Cow::Borrowed(what),
        }
    }

    /// Bytes of which nobody knows how many there will be.
    pub(super) const fn bytes(what: &'static str) -> Self {
        Self {
            length: None,
            template: BYTES,
            message: Cow::Borrowed(what),
        }
    }

    /// A file of so many bytes.
    pub(super) const fn file(name: String, bytes: u64) -> Self {
        Self {
            length: Some(bytes),
            template: OF_FILE,
            message: Cow::Owned(name),
        }
    }

    /// A table of which nobody knows how long it is.
    pub(super) const fn table(name: String) -> Self {
        Self {
            length: None,
            template: OF_TABLE,
            message: Cow::Owned(name),
        }
    }

    /// On standard error, where that is a terminal.
    pub(super) fn shown(self) -> ProgressBar {
        self.shown_on(ProgressDrawTarget::stderr())
    }

    /// On a terminal of the caller's choice.
    pub(super) fn shown_on(self, screen: ProgressDrawTarget) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(self.length, screen);
        // The templates are constants; a test reads each.
        let style = ProgressStyle::with_template(self.template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(self.message);
        bar
    }
}

#[cfg(test)]
mod tests {
    use indicatif::InMemoryTerm;

    use super::*;

    /// What a bar shows when it is that far, and what is left of it at the end.
    fn drawn(bar: Bar, position: u64) -> (String, String) {
        let terminal = InMemoryTerm::new(5, 120);
        let screen = ProgressDrawTarget::term_like(Box::new(terminal.clone()));
        let bar = bar.shown_on(screen);
        bar.set_position(position);
        bar.tick();
        let shown = terminal.contents();
        bar.finish_and_clear();
        (shown, terminal.contents())
    }

    #[test]
    fn every_kind_shows_how_far_it_is_and_goes_at_the_end() {
        for (bar, told) in [
            (
                Bar::counting(4_000, "sealing anew"),
                "sealing anew ███████████████░░░░░░░░░░░░░░░ 2,000/4,000, ",
            ),
            (Bar::bytes("restoring"), " restoring 1.95 KiB, "),
            (
                Bar::file("appeals.json".to_owned(), 8_000),
                "appeals.json  1.95 KiB of 7.81 KiB  [███████░",
            ),
            (Bar::table("appeals".to_owned()), "appeals  2,000 records, "),
        ] {
            let (shown, left) = drawn(bar, 2_000);
            assert!(shown.contains(told), "{shown}");
            assert_eq!(left, "");
        }
    }
}
