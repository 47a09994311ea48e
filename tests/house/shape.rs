//! The shape of files: a first line that says what each is for, a size that can be read, `mod.rs` style.

use crate::source::{File, Tree};
use crate::{Violations, assert_clean, assert_found, assert_passed};

const LONGEST: usize = 400;

/// Each file begins with `//! ` and its purpose in one sentence.
fn first_lines(tree: &Tree) -> Violations {
    let files = tree.files.iter().filter(|file| !is_generated(file));
    files
        .filter(|file| !says_purpose(&file.text))
        .map(|file| {
            file.at(
                1,
                "the first line says the purpose: `//! ` and one sentence",
            )
        })
        .collect()
}

/// The sentence may run on to the next line; its beginning may be a name in backticks.
fn says_purpose(text: &str) -> bool {
    let first = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//! "));
    let begins = first.is_some_and(|purpose| {
        purpose.starts_with(|c: char| c.is_alphabetic() || c == '`') && purpose.len() >= 12
    });
    let lines = text.lines().take_while(|line| line.starts_with("//! "));
    begins && lines.last().is_some_and(|line| line.ends_with(['.', ':']))
}

/// No file is longer than 400 lines, but tests and what is generated.
fn sizes(tree: &Tree) -> Violations {
    let files = tree.files.iter();
    files
        .filter(|file| !is_generated(file) && !file.path.ends_with("/tests.rs"))
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| file.at(lines, format!("longer than {LONGEST} lines")))
        .collect()
}

/// A folder's module is its `mod.rs`, not a file beside it.
fn mod_files(tree: &Tree) -> Violations {
    let beside = |file: &&File| {
        let folder = file.path.trim_end_matches("rs").replace(".", "/");
        tree.files
            .iter()
            .any(|other| other.path.starts_with(&folder))
    };
    tree.house()
        .filter(|file| !file.path.ends_with("/mod.rs"))
        .filter(beside)
        .filter(|file| !["src/lib.rs", "src/main.rs"].contains(&file.path.as_str()))
        .map(|file| file.at(1, "a module with a folder lies in its mod.rs"))
        .collect()
}

fn is_generated(file: &File) -> bool {
    file.path.ends_with("/schema.rs")
}

#[test]
fn each_file_begins_with_its_purpose() {
    assert_clean(&first_lines(&Tree::read()));
    for text in [
        "",
        "fn a() {}",
        "//! Short.",
        "//! A sentence that has no end\n\nfn a() {}",
        "//! scaffold of something",
        "// A plain comment that is long.",
    ] {
        assert_found(first_lines, &[("src/app.rs", text)], "first line");
    }
    assert_passed(
        first_lines,
        &[
            ("src/app.rs", "//! The composition root of the house.\n"),
            (
                "src/b.rs",
                "//! `a_table`, whose rows\n//! are many.\n\nfn a() {}",
            ),
        ],
    );
}

#[test]
fn no_file_is_too_long() {
    assert_clean(&sizes(&Tree::read()));
    let long = "\n".repeat(LONGEST + 1);
    assert_found(sizes, &[("src/app.rs", &long)], "longer than 400");
    assert_passed(
        sizes,
        &[
            ("src/a/tests.rs", &long),
            ("src/store/schema.rs", &long),
            ("src/b.rs", &long[1..]),
        ],
    );
}

#[test]
fn modules_with_folders_lie_in_mod_files() {
    assert_clean(&mod_files(&Tree::read()));
    assert_found(mod_files, &[("src/a.rs", ""), ("src/a/b.rs", "")], "mod.rs");
    assert_passed(
        mod_files,
        &[("src/a/mod.rs", ""), ("src/a/b.rs", ""), ("src/ab.rs", "")],
    );
}
