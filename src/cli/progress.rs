//! How far a long command is, shown on a terminal and nowhere else.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over so many things, on standard error.
pub(super) fn counting(all: u64, what: &'static str) -> ProgressBar {
    shown(
        ProgressBar::new(all),
        "{msg} {bar:30} {human_pos}/{human_len}, {eta} left",
        what,
    )
}

/// A count of bytes of which nobody knows how many there will be.
pub(super) fn bytes(what: &'static str) -> ProgressBar {
    shown(
        ProgressBar::no_length(),
        "{spinner} {msg} {binary_bytes}, {elapsed}",
        what,
    )
}

fn shown(bar: ProgressBar, template: &str, what: &'static str) -> ProgressBar {
    // The templates are constants; a test reads each.
    let style = ProgressStyle::with_template(template);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_counts_and_shows_nothing_where_nobody_looks() {
        for bar in [counting(3, "counting"), bytes("reading")] {
            bar.inc(2);
            assert_eq!((bar.position(), bar.is_hidden()), (2, true));
            bar.finish_and_clear();
        }
    }
}
