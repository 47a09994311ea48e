//! Puts foreign text into replies safely and keeps replies within Discord's length.

/// The longest message that a bot may send.
const MAX_MESSAGE: usize = 2_000;

/// What a page holds at most; its head and foot need the rest.
const MAX_PAGE: usize = 1_700;

/// Shows a foreign text as inline code: one line, backticks and mentions without effect, cut at 200 characters.
#[must_use]
pub fn code(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    for c in text.trim().chars().take(200) {
        match c {
            '`' => shown.push('ˋ'),
            '@' => shown.push_str("@\u{200b}"),
            c if c.is_control() || c.is_whitespace() => shown.push(' '),
            // Direction marks could turn the rest of the line around.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            c => shown.push(c),
        }
    }
    let cut = if text.trim().chars().nth(200).is_some() {
        "…"
    } else {
        ""
    };
    match shown.trim() {
        "" => "` `".to_owned(),
        shown => format!("`{shown}{cut}`"),
    }
}

/// Cuts a reply at Discord's limit.
#[must_use]
pub fn clip(text: &str) -> String {
    if length(text) <= MAX_MESSAGE {
        return text.to_owned();
    }
    let mut used = 1;
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= MAX_MESSAGE
        })
        .collect();
    kept.push('…');
    kept
}

/// Cuts lines into pages that fit.
#[must_use]
pub fn pages(lines: &[String]) -> Vec<String> {
    let mut pages = vec![String::new()];
    for line in lines {
        let last = pages.last().map_or(0, |page| length(page));
        if last > 0 && last + length(line) + 1 > MAX_PAGE {
            pages.push(String::new());
        }
        if let Some(page) = pages.last_mut() {
            page.push('\n');
            page.push_str(line);
        }
    }
    pages
}

/// One of the pages, counted from 1, below a head; a number beyond the end gives the last one.
#[must_use]
pub fn page(head: &str, pages: &[String], number: usize) -> String {
    let number = number.clamp(1, pages.len().max(1));
    let body = pages.get(number - 1).map_or("", String::as_str);
    let place = match pages.len() {
        0 | 1 => String::new(),
        count => format!(" ({number}/{count})"),
    };
    clip(&format!("{head}{place}:{body}"))
}

/// Length as Discord counts at worst: in UTF-16 units.
fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn foreign_text_cannot_leave_its_code_span() {
        assert_eq!(code("free nitro"), "`free nitro`");
        assert_eq!(code("a``` @everyone"), "`aˋˋˋ @\u{200b}everyone`");
        assert_eq!(code("a\nb\u{202e}c"), "`a bc`");
        assert_eq!(code(" \n "), "` `");
        assert_eq!(code(&"x".repeat(201)).chars().count(), 203);
    }

    #[test]
    fn a_reply_is_cut_at_the_limit() {
        assert_eq!(clip("short"), "short");
        assert_eq!(length(&clip(&"x".repeat(3_000))), 2_000);
        assert!(length(&clip(&"🎁".repeat(3_000))) <= 2_000);
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let all = pages(&["one".to_owned(), "x".repeat(1_690), "three".to_owned()]);
        assert_eq!(all.len(), 2);
        assert_eq!(page("Head", &all[..1], 9), format!("Head:{}", all[0]));
        assert_eq!(page("Head", &all, 9), "Head (2/2):\nthree");
        assert_eq!(page("Head", &[], 0), "Head:");
    }

    proptest! {
        #[test]
        fn every_text_stays_inside_two_backticks(text in any::<String>()) {
            let shown = code(&text);
            prop_assert_eq!(shown.matches('`').count(), 2);
            prop_assert!(!shown.contains('\n') && !shown.contains("@e"));
            prop_assert!(length(&clip(&text.repeat(50))) <= 2_000);
        }
    }
}
