//! The name of a post in addresses: made from its title, or given.

use deunicode::deunicode;

/// The most characters of a name that is given.
pub(super) const MOST: usize = 255;
/// The most characters of a name that is made from a title: addresses are read and typed.
const MOST_DERIVED: usize = 80;
/// The name of a post whose title has no letter and no digit.
const NAMELESS: &str = "post";

/// Makes a name from a title: lower-case letters and digits of the ASCII alphabet with hyphens between, letters of other
/// scripts written as they sound.
pub(crate) fn derive(title: &str) -> String {
    let mut slug = String::new();
    for word in words(title) {
        let more = word.len() + usize::from(!slug.is_empty());
        if slug.len() + more > MOST_DERIVED {
            if slug.is_empty() {
                slug.push_str(&word[..MOST_DERIVED]);
            }
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word);
    }
    if slug.is_empty() {
        return NAMELESS.to_owned();
    }
    slug
}

fn words(title: &str) -> Vec<String> {
    // An apostrophe is part of a word: "don't" is one.
    let plain = deunicode(title).to_ascii_lowercase().replace('\'', "");
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name for the number of an attempt: the name itself, then with -2, -3 and so on behind it.
pub(super) fn numbered(slug: &str, number: usize) -> String {
    match number {
        1 => slug.to_owned(),
        number => format!("{slug}-{number}"),
    }
}

/// Whether a given name is one: lower-case letters, digits, single hyphens between.
pub(super) fn fits(slug: &str) -> bool {
    slug.len() <= MOST
        && slug.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_gives_a_name_that_can_be_read() {
        for (title, slug) in [
            ("Hello, World!", "hello-world"),
            ("  What's new in 2.0?  ", "whats-new-in-2-0"),
            ("What’s new", "whats-new"),
            ("Über uns – Straße & Café", "uber-uns-strasse-cafe"),
            ("Привет, мир", "privet-mir"),
            ("你好", "ni-hao"),
            ("C++ / Rust", "c-rust"),
            ("🦀", "crab"),
            ("---", "post"),
            ("", "post"),
            ("ALL CAPS_with_underscores", "all-caps-with-underscores"),
        ] {
            assert_eq!(derive(title), slug, "{title}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let slug = derive(&"lengthy ".repeat(40));
        assert_eq!(slug.len(), 79);
        assert!(slug.ends_with("-lengthy"), "{slug}");
        assert_eq!(derive(&"x".repeat(255)).len(), 80, "one word");
    }

    #[test]
    fn numbers_begin_with_two() {
        assert_eq!(numbered("news", 1), "news");
        assert_eq!(numbered("news", 2), "news-2");
        assert_eq!(numbered("news", 13), "news-13");
    }

    #[test]
    fn a_given_name_is_checked() {
        for slug in ["a", "news-2", "2026", &"x".repeat(255)] {
            assert!(fits(slug), "{slug}");
        }
        for slug in [
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "A",
            "a b",
            "a_b",
            "ü",
            "a/b",
            "a\0",
            &"x".repeat(256),
        ] {
            assert!(!fits(slug), "{slug:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_title_its_name_fits(title in ".{0,300}") {
            let slug = derive(&title);
            prop_assert!(fits(&slug), "{slug:?}");
            prop_assert!(fits(&numbered(&slug, 1_000_000)));
        }
    }
}
