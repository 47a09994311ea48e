//! What a post may be, and what its Markdown says about it. Pure.

use super::slug;

/// The most characters of a title.
const MOST_TITLE: usize = 255;
/// The most bytes of a text.
pub(crate) const MOST_BYTES: usize = 100_000;

/// Why something is no post. The text is for the operator who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("the text is empty")]
    Empty,
    #[error("the text is too long: it may have {MOST_BYTES} bytes")]
    TooLong,
    #[error("the text is not UTF-8, from byte {0} on")]
    NoUtf8(usize),
    #[error("the {0} holds a NUL character, which no text has")]
    Nul(&'static str),
    #[error(
        "the post has no title: begin the text with a heading such as `# News`, or say --title"
    )]
    NoTitle,
    #[error("the title is empty")]
    EmptyTitle,
    #[error("the title is too long: {0} characters, at most {MOST_TITLE}")]
    LongTitle(usize),
    #[error("the title is one line")]
    TitleOfLines,
    #[error(
        "`{0}` is no name for an address: lower-case letters, digits and single hyphens between them, at most {most} characters",
        most = slug::MOST
    )]
    Slug(String),
}

/// Reads the text of a post: the mark of some editors at its beginning goes, and lines end in one way.
pub(crate) fn content(bytes: Vec<u8>) -> Result<String, Misfit> {
    if bytes.len() > MOST_BYTES {
        return Err(Misfit::TooLong);
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| Misfit::NoUtf8(error.utf8_error().valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    match () {
        () if text.contains('\0') => Err(Misfit::Nul("text")),
        () if text.trim().is_empty() => Err(Misfit::Empty),
        () => Ok(text),
    }
}

/// Checks a title that was given or found.
pub(crate) fn title(given: &str) -> Result<String, Misfit> {
    let title = given.trim();
    let length = title.chars().count();
    match () {
        () if title.contains('\0') => Err(Misfit::Nul("title")),
        () if title.is_empty() => Err(Misfit::EmptyTitle),
        () if length > MOST_TITLE => Err(Misfit::LongTitle(length)),
        () if title.chars().any(char::is_control) => Err(Misfit::TitleOfLines),
        () => Ok(title.to_owned()),
    }
}

/// The title that a text has in its first heading.
pub(crate) fn title_of(content: &str) -> Result<String, Misfit> {
    let heading = first_heading(content).ok_or(Misfit::NoTitle)?;
    match title(&plain(&heading.text)) {
        Err(Misfit::EmptyTitle) => Err(Misfit::NoTitle),
        found => found,
    }
}

/// Checks a name for addresses that was given.
pub(crate) fn given_slug(given: &str) -> Result<String, Misfit> {
    if slug::fits(given) {
        return Ok(given.to_owned());
    }
    let shown = given.chars().filter(|c| !c.is_control()).take(60);
    Err(Misfit::Slug(shown.collect()))
}

/// Whether a reader of the text sees a heading first, so that none needs to be put above it.
pub(super) fn begins_with_heading(content: &str) -> bool {
    let before = content.lines().take_while(|line| line.trim().is_empty());
    let line = before.count();
    first_heading(content).is_some_and(|heading| heading.line == line)
}

/// A heading as it is written, and the line it begins in.
struct Heading {
    text: String,
    line: usize,
}

/// The first heading outside of code: `# Title`, or a line with `===` or `---` under it.
fn first_heading(content: &str) -> Option<Heading> {
    let mut fence: Option<&str> = None;
    let mut above = "";
    for (number, line) in content.lines().enumerate() {
        let bare = line.trim();
        if let Some(mark) = fence_of(line) {
            match fence {
                None => fence = Some(mark),
                Some(open) if mark.starts_with(open) && bare == mark => fence = None,
                Some(_) => {}
            }
            above = "";
            continue;
        }
        if fence.is_some() || is_indented(line) {
            continue;
        }
        if let Some(text) = after_marks(bare) {
            return Some(heading(text, number));
        }
        if !above.is_empty() && is_underline(bare) {
            return Some(heading(above, number - 1));
        }
        above = if is_underline(bare) { "" } else { bare };
    }
    None
}

fn heading(text: &str, line: usize) -> Heading {
    Heading {
        text: text.to_owned(),
        line,
    }
}

/// The mark that opens or closes a block of code.
pub(super) fn fence_of(line: &str) -> Option<&str> {
    let bare = line.trim_start();
    if is_indented(line) {
        return None;
    }
    ['`', '~'].into_iter().find_map(|sign| {
        let length = bare.len() - bare.trim_start_matches(sign).len();
        let (mark, behind) = bare.split_at(length);
        // Three backticks around words on one line are code in a sentence.
        (length >= 3 && !(sign == '`' && behind.contains('`'))).then_some(mark)
    })
}

/// Four blanks or a tab make code.
fn is_indented(line: &str) -> bool {
    line.starts_with("    ") || line.starts_with('\t')
}

fn after_marks(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let marks = line.len() - rest.len();
    let is_heading = (1..=6).contains(&marks) && (rest.is_empty() || rest.starts_with([' ', '\t']));
    let text = rest.trim();
    // Marks may close a heading too.
    let closed = text.trim_end_matches('#');
    let text = if closed.is_empty() || closed.ends_with([' ', '\t']) {
        closed.trim_end()
    } else {
        text
    };
    is_heading.then_some(text)
}

fn is_underline(line: &str) -> bool {
    ["=", "-"]
        .iter()
        .any(|sign| !line.is_empty() && line.trim_start_matches(sign).is_empty())
}

/// A heading's text without its marks: emphasis and code go, and of a link its text stays.
fn plain(marked: &str) -> String {
    let mut text = String::new();
    let mut rest = marked.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' => text.extend(rest.next()),
            '*' | '`' => {}
            '!' if rest.as_str().starts_with('[') => {}
            '[' => {
                if let Some((shown, after)) = link(rest.as_str()) {
                    text.push_str(&plain(shown));
                    rest = after.chars();
                } else {
                    text.push('[');
                }
            }
            other => text.push(other),
        }
    }
    text
}

/// What follows a bracket, where it is a link: its text and what comes behind its address.
fn link(rest: &str) -> Option<(&str, &str)> {
    let (shown, behind) = rest.split_once("](")?;
    let (_, after) = behind.split_once(')')?;
    (!shown.contains('[')).then_some((shown, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_heading_is_the_title() {
        for (content, title) in [
            ("# News\n\ntext", "News"),
            ("\n\nSome text.\n\n## Second ##\n# First", "Second"),
            ("#  Spaces   #\n", "Spaces"),
            ("# C#", "C#"),
            ("Title\n=====\ntext", "Title"),
            ("Title\n-\n", "Title"),
            (
                "# **Bold** and `code` with [a link](https://example.org/x)!",
                "Bold and code with a link!",
            ),
            ("# 2 \\* 3 [not a link]", "2 * 3 [not a link]"),
            ("```\n# a comment\n```\n# Real", "Real"),
            ("~~~~ sh\n# a comment\n~~~\n# still\n~~~~\n# Real", "Real"),
            ("```a``` b\n# Real", "Real"),
            ("---\n---\n# Real", "Real"),
            ("    # code\n# Real", "Real"),
            ("#hashtag\n# Real", "Real"),
            ("####### seven\n# Real", "Real"),
            ("# ![logo](a.png) News", "logo News"),
        ] {
            assert_eq!(title_of(content).as_deref(), Ok(title), "{content:?}");
        }
    }

    #[test]
    fn a_text_without_a_heading_has_no_title() {
        for content in ["text", "#", "# **", "```\n# a", "---\ntext", "\n---\n"] {
            assert_eq!(title_of(content), Err(Misfit::NoTitle), "{content:?}");
        }
    }

    #[test]
    fn whether_a_heading_comes_first_is_told() {
        assert!(begins_with_heading("\n\n# News"));
        assert!(begins_with_heading("News\n===="));
        assert!(!begins_with_heading("text\n\n# News"));
        assert!(!begins_with_heading("text"));
    }

    #[test]
    fn a_text_is_cleaned_and_checked() {
        let read = |bytes: &[u8]| content(bytes.to_vec());
        assert_eq!(
            read("\u{feff}# A\r\nb\rc\n".as_bytes()).as_deref(),
            Ok("# A\nb\nc\n")
        );
        assert_eq!(read(b" \r\n\t"), Err(Misfit::Empty));
        assert_eq!(read(b"a\0b"), Err(Misfit::Nul("text")));
        assert_eq!(read(b"abc\xff"), Err(Misfit::NoUtf8(3)));
        assert_eq!(
            read(&vec![b'x'; MOST_BYTES]).map(|text| text.len()),
            Ok(MOST_BYTES)
        );
        assert_eq!(read(&vec![b'x'; MOST_BYTES + 1]), Err(Misfit::TooLong));
    }

    #[test]
    fn a_title_is_one_line_of_a_bounded_length() {
        assert_eq!(title("  News ").as_deref(), Ok("News"));
        assert_eq!(title(" "), Err(Misfit::EmptyTitle));
        assert_eq!(title("a\nb"), Err(Misfit::TitleOfLines));
        assert_eq!(title("a\0"), Err(Misfit::Nul("title")));
        assert_eq!(
            title(&"ü".repeat(255)).map(|title| title.chars().count()),
            Ok(255)
        );
        assert_eq!(title(&"ü".repeat(256)), Err(Misfit::LongTitle(256)));
        assert_eq!(
            title_of(&format!("# {}", "x".repeat(300))),
            Err(Misfit::LongTitle(300))
        );
    }

    #[test]
    fn what_is_wrong_is_said_in_words() {
        let told = [
            Misfit::TooLong,
            Misfit::NoTitle,
            given_slug("Not A\nSlug").expect_err("blanks"),
        ];
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        the text is too long: it may have 100000 bytes
        the post has no title: begin the text with a heading such as `# News`, or say --title
        `Not ASlug` is no name for an address: lower-case letters, digits and single hyphens between them, at most 255 characters
        ");
    }
}
