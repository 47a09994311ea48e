//! The top of the project: nothing lies there but what DESIGN names.

use std::fs;

use crate::source::root;
use crate::{Violations, assert_clean};

const TOP: &[&str] = &[
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "migrations",
    "diesel.toml",
    "config",
    "grafana",
    "README.md",
    "tests",
    "benches",
    ".ci",
    ".gitignore",
    "LICENSE",
];
/// What tools leave there; none of it is in the repository.
const LEFT_BY_TOOLS: &[&str] = &[".git", "target", ".aimod", "proptest-regressions"];

fn strangers(names: &[String]) -> Violations {
    names
        .iter()
        .filter(|name| !TOP.contains(&name.as_str()) && !LEFT_BY_TOOLS.contains(&name.as_str()))
        .map(|name| format!("{name} has no place at the top of the project"))
        .collect()
}

#[test]
fn nothing_else_lies_at_the_top() {
    let entries = fs::read_dir(root()).expect("the project can be read");
    let names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_clean(&strangers(&names));
}

#[test]
fn a_stranger_is_found() {
    let names = ["src", "notes.txt", "target"].map(str::to_owned);
    assert_eq!(
        strangers(&names),
        ["notes.txt has no place at the top of the project"]
    );
}
