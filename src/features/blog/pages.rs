//! A post in pieces that Discord takes: cut between lines, with blocks of code closed and opened anew. Pure.

use super::text::fence_of;

/// Characters of a page, with room for its head and foot.
const PAGE: usize = 1_600;
/// Characters of the line that opens a block of code anew.
const FENCE: usize = 20;

/// The pages of a text; one at least.
pub(super) fn pages(content: &str) -> Vec<String> {
    let mut pages = Pages::default();
    for line in content.trim().lines() {
        for piece in pieces(line) {
            pages.add(&piece);
        }
    }
    pages.end()
}

#[derive(Default)]
struct Pages {
    done: Vec<String>,
    page: String,
    /// The line that opened the block of code that the text is in.
    fence: Option<String>,
}

impl Pages {
    fn add(&mut self, line: &str) {
        // A block of code that is open at the end is closed by a line more.
        let with_it = length(&self.page) + 1 + length(line) + 1 + FENCE;
        if !self.page.is_empty() && with_it > PAGE {
            self.turn();
        }
        if !self.page.is_empty() {
            self.page.push('\n');
        }
        self.page.push_str(line);
        self.note_fence(line);
    }

    fn note_fence(&mut self, line: &str) {
        let Some(mark) = fence_of(line) else {
            return;
        };
        match self.mark() {
            None => self.fence = Some(line.trim().chars().take(FENCE).collect()),
            Some(open) if mark.starts_with(open) && line.trim() == mark => self.fence = None,
            Some(_) => {}
        }
    }

    fn mark(&self) -> Option<&str> {
        self.fence.as_deref().and_then(fence_of)
    }

    fn turn(&mut self) {
        let mut page = std::mem::take(&mut self.page);
        if let Some(mark) = self.mark() {
            page.push_str(&format!("\n{mark}"));
        }
        if !page.trim().is_empty() {
            self.done.push(page);
        }
        if let Some(fence) = &self.fence {
            self.page.clone_from(fence);
        }
    }

    fn end(mut self) -> Vec<String> {
        self.turn();
        if self.done.is_empty() {
            self.done.push(String::new());
        }
        self.done
    }
}

/// A line in pieces of which each fits on a page, cut at blanks where it has some.
fn pieces(line: &str) -> Vec<String> {
    let most = PAGE - 2 * (FENCE + 1);
    let mut rest: Vec<char> = line.chars().collect();
    let mut pieces = Vec::new();
    while rest.len() > most {
        let blank = rest[..most].iter().rposition(|c| c.is_whitespace());
        let at = blank.filter(|at| *at > most / 2).map_or(most, |at| at + 1);
        let after = rest.split_off(at);
        pieces.push(rest.into_iter().collect());
        rest = after;
    }
    pieces.push(rest.into_iter().collect());
    pieces
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_page() {
        assert_eq!(pages("# News\n\ntext\n"), ["# News\n\ntext"]);
        assert_eq!(pages(""), [""]);
    }

    #[test]
    fn pages_are_cut_between_lines() {
        let line = "x".repeat(700);
        let all = pages(&[line.as_str(); 5].join("\n"));
        let two = format!("{line}\n{line}");
        assert_eq!(all, [two.clone(), two, line]);
    }

    #[test]
    fn a_block_of_code_is_closed_at_the_end_of_a_page_and_opened_on_the_next() {
        let text = format!("before\n```rust\n{}```\nafter", "let x = 1;\n".repeat(200));
        let all = pages(&text);
        assert_eq!(all.len(), 2);
        assert!(all[0].starts_with("before\n```rust\n") && all[0].ends_with("let x = 1;\n```"));
        assert!(all[1].starts_with("```rust\nlet x = 1;") && all[1].ends_with("\n```\nafter"));
    }

    #[test]
    fn a_long_line_is_cut_at_a_blank() {
        let text = "word ".repeat(1_000);
        let all = pages(&text);
        assert!(all.iter().all(|page| page.starts_with("word")));
        assert_eq!(all.concat().matches("word").count(), 1_000);
        assert_eq!(pages(&"x".repeat(5_000)).concat(), "x".repeat(5_000));
    }

    proptest! {
        #[test]
        fn every_page_fits_and_nothing_is_lost(lines in prop::collection::vec("(```[a-z]{0,30}|~~~|[a-zü ]{0,200}|[a-z]{1500,4000})", 0..60)) {
            let all = pages(&lines.join("\n"));
            for page in &all {
                prop_assert!(length(page) <= PAGE, "{}", length(page));
            }
            let letters = |text: &str| text.chars().filter(|c| *c == 'ü').count();
            prop_assert_eq!(letters(&all.concat()), letters(&lines.concat()));
        }
    }
}
