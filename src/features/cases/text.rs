//! Texts that moderators write: read within their limits, shown so that they stay where they belong.

/// The most characters of a reason and of a note: what Discord's own audit log takes, and what a form shows at a glance.
pub(super) const MOST_WRITTEN: usize = 500;

/// Why a text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong {
    pub(super) characters: usize,
}

/// A text as it is kept: without white space at its ends and without what PostgreSQL cannot hold. Nothing is left of an
/// empty one.
pub(super) fn read(text: &str) -> Result<Option<String>, TooLong> {
    let text: String = text.chars().filter(|c| *c != '\0').collect();
    let text = text.trim();
    let characters = text.chars().count();
    if characters > MOST_WRITTEN {
        return Err(TooLong { characters });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// One line of a text, cut to so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    cut(&flat, most)
}

/// A text cut to so many characters, in a way that shows it.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(1)).collect();
    // Half a mention would be shown as plain signs.
    let head = match head.rfind('<') {
        Some(open) if !head[open..].contains('>') => &head[..open],
        _ => &head,
    };
    format!("{head}…")
}

/// A name as inline code, which nothing in it can leave.
pub(super) fn code(text: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|c| !c.is_control())
        .map(|c| if c == '`' { 'ˋ' } else { c })
        .take(100)
        .collect();
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_without_what_stands_around_it() {
        assert_eq!(read("  spam\0 \n"), Ok(Some("spam".to_owned())));
        assert_eq!(read(" \n\0"), Ok(None));
        assert!(read(&"ä".repeat(MOST_WRITTEN)).is_ok());
        let long = read(&"ä".repeat(MOST_WRITTEN + 1));
        assert_eq!(long, Err(TooLong { characters: 501 }));
    }

    #[test]
    fn a_line_is_one_line_and_a_cut_leaves_mentions_whole() {
        assert_eq!(line("a\nb", 10), "a b");
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdefg", 6), "abcde…");
        assert_eq!(cut("see <@1234567890> there", 12), "see …");
        assert_eq!(cut("ab <@1> and so on", 10), "ab <@1> a…");
    }

    #[test]
    fn a_name_cannot_leave_its_code() {
        assert_eq!(code("mal`lory\n"), "`malˋlory`");
    }
}
