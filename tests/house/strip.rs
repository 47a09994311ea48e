//! A light tokenizer: blanks out comments and literals, so that only code can break a rule.

/// What is left of a source text.
pub(crate) struct Stripped {
    /// Without comments and without the insides of string and character literals.
    pub(crate) code: String,
    /// Without comments only.
    pub(crate) uncommented: String,
}

/// Blanks out with spaces; line breaks and columns stay where they were.
pub(crate) fn strip(text: &str) -> Stripped {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Stripped {
        code: String::with_capacity(text.len()),
        uncommented: String::with_capacity(text.len()),
    };
    let mut at = 0;
    while at < chars.len() {
        let after_word = at > 0 && is_word(chars[at - 1]);
        let (kind, end) = token(&chars, at, after_word);
        for &c in &chars[at..end] {
            let blank = if c == '\n' { '\n' } else { ' ' };
            out.code.push(if kind == Kind::Code { c } else { blank });
            out.uncommented
                .push(if kind == Kind::Comment { blank } else { c });
        }
        at = end;
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// The kind of what starts at `at`, and where it ends.
fn token(chars: &[char], at: usize, after_word: bool) -> (Kind, usize) {
    let next = chars.get(at + 1).copied();
    match chars[at] {
        '/' if next == Some('/') => (Kind::Comment, line_end(chars, at)),
        '/' if next == Some('*') => (Kind::Comment, block_end(chars, at)),
        '"' => (Kind::Literal, quoted_end(chars, at + 1)),
        'r' | 'b' | 'c' if !after_word => match literal_prefix(chars, at) {
            Some((hashes, open, true)) => (Kind::Literal, raw_end(chars, open, hashes)),
            Some((_, open, false)) => (Kind::Literal, quoted_end(chars, open)),
            None => (Kind::Code, at + 1),
        },
        '\'' => char_end(chars, at).map_or((Kind::Code, at + 1), |end| (Kind::Literal, end)),
        _ => (Kind::Code, at + 1),
    }
}

fn line_end(chars: &[char], at: usize) -> usize {
    let length = chars[at..].iter().position(|&c| c == '\n');
    length.map_or(chars.len(), |length| at + length)
}

/// Block comments nest.
fn block_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

/// `r"`, `br#"`, `b"`, `c"`: the number of hashes, where the inside begins, and whether it is raw.
fn literal_prefix(chars: &[char], at: usize) -> Option<(usize, usize, bool)> {
    let mut open = at;
    let mut raw = false;
    while let Some('r' | 'b' | 'c') = chars.get(open) {
        raw = raw || chars[open] == 'r';
        open += 1;
    }
    let hashes = chars[open..].iter().take_while(|&&c| c == '#').count();
    let quote = chars.get(open + hashes) == Some(&'"');
    (quote && open - at <= 2 && (raw || hashes == 0)).then_some((hashes, open + hashes + 1, raw))
}

fn quoted_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_end(chars: &[char], mut at: usize, hashes: usize) -> usize {
    while at < chars.len() {
        let closes = chars[at] == '"'
            && chars.len() > at + hashes
            && chars[at + 1..=at + hashes].iter().all(|&c| c == '#');
        if closes {
            return at + hashes + 1;
        }
        at += 1;
    }
    chars.len()
}

/// A character literal; `None` for a lifetime.
fn char_end(chars: &[char], at: usize) -> Option<usize> {
    if chars.get(at + 1) == Some(&'\\') {
        let length = chars[at + 3..].iter().position(|&c| c == '\'')?;
        return Some(at + 3 + length + 1);
    }
    (chars.get(at + 2) == Some(&'\'')).then_some(at + 3)
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::strip;

    fn code(text: &str) -> String {
        strip(text).code
    }

    #[test]
    fn comments_and_literals_are_blank() {
        for text in [
            "// secret",
            "/// secret",
            "/* secret /* secret */ secret */",
            r#""secret \" secret""#,
            r##"r#"secret " secret"#"##,
            r#"br"secret \""#,
            r#"b"secret""#,
            "\"secret\nsecret\"",
        ] {
            let stripped = code(&format!("left {text}\nright"));
            assert!(!stripped.contains("secret"), "{text}: {stripped}");
            assert!(stripped.starts_with("left "), "{text}: {stripped}");
            assert!(stripped.ends_with("\nright"), "{text}: {stripped}");
        }
    }

    #[test]
    fn quotes_in_characters_and_lifetimes_open_nothing() {
        for text in [
            "let a = '\"'; shown",
            "let a = b'\"'; shown",
            r"let a = '\''; shown",
            r"let a = '\u{22}'; shown",
            "fn f<'a>(x: &'a str) { shown }",
            "let attr = r#type; shown",
            "let for_ = bar; shown",
        ] {
            assert!(code(text).contains("shown"), "{text}: {}", code(text));
        }
    }

    #[test]
    fn literals_stay_where_only_comments_go() {
        let stripped = strip("x(\"kept\"); // gone");
        assert_eq!(stripped.uncommented.trim_end(), "x(\"kept\");");
    }
}
