//! The house rules: what DESIGN and STYLE ask of the source text, held as tests.
//!
//! Each rule reads the tree and returns what breaks it, as `file:line: why`. Each has a test on the real tree and one
//! that plants a violation, because a rule that finds nothing may just be blind.

mod doors;
mod floors;
mod lock;
mod promtool;
mod proportion;
mod shape;
mod source;
mod strip;
mod telemetry;
mod tree;

use source::Tree;

/// What breaks a rule, as `file:line: why`.
type Violations = Vec<String>;

/// Fails with all violations, one per line.
#[track_caller]
fn assert_clean(found: &Violations) {
    assert!(
        found.is_empty(),
        "{} violations:\n  {}",
        found.len(),
        found.join("\n  ")
    );
}

/// Fails unless the rule finds exactly one violation in the planted files, and says so with `word`.
#[track_caller]
fn assert_found(rule: fn(&Tree) -> Violations, files: &[(&str, &str)], word: &str) {
    let found = rule(&Tree::planted(files));
    assert!(
        found.len() == 1 && found[0].contains(word),
        "expected one violation with {word:?}, found {found:?}"
    );
}

/// Fails if the rule finds anything in the planted files.
#[track_caller]
fn assert_passed(rule: fn(&Tree) -> Violations, files: &[(&str, &str)]) {
    assert_clean(&rule(&Tree::planted(files)));
}
