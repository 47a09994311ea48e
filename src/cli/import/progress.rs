//! How far an import is: a bar for one file or table after another.

use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::cli::progress::Bar;

/// One bar after another.
pub(super) struct Progress {
    screen: Box<dyn Fn() -> ProgressDrawTarget + Send + Sync>,
    bar: ProgressBar,
}

impl Progress {
    /// Bars on standard error, where that is a terminal.
    pub(super) fn new() -> Self {
        Self::on(ProgressDrawTarget::stderr)
    }

    fn on(screen: impl Fn() -> ProgressDrawTarget + Send + Sync + 'static) -> Self {
        Self {
            screen: Box::new(screen),
            bar: ProgressBar::hidden(),
        }
    }

    /// Begins a file of so many bytes, or a table of which nobody knows how long it is.
    pub(super) fn begin(&mut self, name: &str, bytes: Option<u64>) {
        let name = name.to_owned();
        let bar = match bytes {
            Some(bytes) => Bar::file(name, bytes),
            None => Bar::table(name),
        };
        self.bar = bar.shown_on((self.screen)());
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
    use indicatif::InMemoryTerm;

    use super::*;

    #[test]
    fn one_bar_follows_the_other_and_nothing_stays() {
        let terminal = InMemoryTerm::new(5, 120);
        let seen = terminal.clone();
        let mut progress =
            Progress::on(move || ProgressDrawTarget::term_like(Box::new(terminal.clone())));
        for (name, bytes, told) in [
            (
                "appeals.json",
                Some(3_000),
                "appeals.json  1.46 KiB of 2.93 KiB",
            ),
            ("global_bans", None, "global_bans  1,500 records"),
        ] {
            progress.begin(name, bytes);
            progress.reach(1_500);
            assert!(seen.contents().starts_with(told), "{}", seen.contents());
            progress.end();
            assert_eq!(seen.contents(), "");
        }
    }
}
