//! What a member writes, made fit for the database and shown so that it does nothing: no mention, no markup, no link.

/// Discord's limit for the value of a card's field.
const MOST_OF_A_VALUE: usize = 1_024;

/// How many fields a text may take.
const MOST_FIELDS: usize = 4;

/// The fence of a block, twice, with its line ends.
const FENCES: usize = 8;

/// The text as it is kept: without what PostgreSQL cannot hold, what nobody can see, and white space at its ends.
pub(super) fn cleaned(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text
        .chars()
        .filter(|c| *c == '\n' || is_shown(*c))
        .collect();
    kept.trim().to_owned()
}

/// Whether a character shows something. What turns the direction of writing around could hide what it says.
fn is_shown(c: char) -> bool {
    !(c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        )
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{e0000}'..='\u{e007f}' | '\u{fff9}'..='\u{fffb}'))
}

/// The text in as many blocks of code as the values of a card's fields need. A card holds 6,000 characters over all, so
/// what does not fit into four fields is cut; only a text of many emojis comes that far.
pub(super) fn blocks(text: &str) -> Vec<String> {
    let most = MOST_OF_A_VALUE - FENCES;
    let mut blocks = vec![String::new()];
    let mut used = 0;
    for c in unfenced(text).chars() {
        // Discord counts UTF-16 units at worst.
        if used + c.len_utf16() > most {
            if blocks.len() == MOST_FIELDS {
                break;
            }
            blocks.push(String::new());
            used = 0;
        }
        used += c.len_utf16();
        if let Some(block) = blocks.last_mut() {
            block.push(c);
        }
    }
    blocks.into_iter().map(|block| fenced(&block)).collect()
}

/// The text in one block of code, cut to so many characters.
pub(super) fn block(text: &str, most: usize) -> String {
    let text = unfenced(text);
    if text.chars().count() <= most {
        return fenced(&text);
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    fenced(&format!("{cut}…"))
}

fn fenced(text: &str) -> String {
    format!("```\n{text}\n```")
}

fn unfenced(text: &str) -> String {
    text.replace('`', "ˋ")
}

/// The text as inline code in one line, cut to so many characters.
pub(super) fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let whole = unfenced(&cleaned(&words.join(" ")));
    let mut shown: String = whole.chars().take(most).collect();
    if whole.chars().count() > most {
        shown.push('…');
    }
    if shown.is_empty() {
        shown.push(' ');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAUGHTY: &str = include_str!("../../../tests/data/naughty-strings.json");

    #[test]
    fn what_nobody_sees_is_left_out() {
        assert_eq!(cleaned(" a\0b\u{202e}c\r\nd\u{200b} \t"), "abc\nd");
        assert_eq!(cleaned("\u{200b}\u{2060}\0"), "");
        assert_eq!(cleaned("👩\u{200d}👩\u{200d}👧"), "👩\u{200d}👩\u{200d}👧");
    }

    #[test]
    fn a_text_cannot_leave_its_block_or_its_line() {
        assert_eq!(block("a```\n@everyone", 50), "```\naˋˋˋ\n@everyone\n```");
        assert_eq!(block(&"x".repeat(9), 5), "```\nxxxx…\n```");
        assert_eq!(line("a\n`b`  <@1>", 50), "`a ˋbˋ <@1>`");
        assert_eq!(line("abc", 2), "`ab…`");
        assert_eq!(line(" \n", 2), "` `");
    }

    #[test]
    fn a_long_text_takes_as_many_fields_as_it_needs() {
        assert_eq!(blocks("").len(), 1);
        assert_eq!(blocks(&"x".repeat(1_016)).len(), 1);
        assert_eq!(blocks(&"x".repeat(1_017)).len(), 2);
        assert_eq!(blocks(&"`".repeat(4_000)).len(), 4);
        assert_eq!(blocks(&"🎁".repeat(4_000)).len(), 4, "the rest is cut");
    }

    #[test]
    fn naughty_strings_stay_where_they_belong() {
        let naughty: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of texts");
        for text in naughty {
            let kept = cleaned(&text);
            assert!(!kept.contains('\0'), "{text:?}");
            assert_eq!(line(&kept, 100).matches('`').count(), 2, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_text_keeps_within_the_fields(text in ".{0,4000}") {
            for block in blocks(&cleaned(&text)) {
                prop_assert_eq!(block.matches('`').count(), 6);
                let units: usize = block.chars().map(char::len_utf16).sum();
                prop_assert!(units <= 1_024);
            }
            prop_assert_eq!(cleaned(&cleaned(&text)), cleaned(&text));
        }
    }
}
