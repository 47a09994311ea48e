//! The proportion: at least as many lines of test as of code.

use crate::source::Tree;

/// Lines that are neither blank nor comment, of the house and of its tests. Benches, generated code and the simulator
/// count as neither: the simulator is the bench that the scenarios stand on. Its own tests are tests.
#[derive(Debug, PartialEq, Eq)]
struct Figures {
    code: usize,
    test: usize,
}

fn figures(tree: &Tree) -> Figures {
    let mut figures = Figures { code: 0, test: 0 };
    let counted = tree
        .files
        .iter()
        .filter(|file| !file.path.starts_with("benches/") && !file.path.ends_with("/schema.rs"));
    for file in counted {
        for (line, text) in (1..).zip(file.uncommented.lines()) {
            if text.trim().is_empty() {
                continue;
            }
            if file.is_test(line) {
                figures.test += 1;
            } else if !file.path.starts_with("src/simulator/") {
                figures.code += 1;
            }
        }
    }
    figures
}

#[test]
fn there_are_as_many_lines_of_test_as_of_code() {
    let figures = figures(&Tree::read());
    println!(
        "lines of code: {}, lines of test: {}",
        figures.code, figures.test
    );
    assert!(figures.test >= figures.code, "{figures:?}");
}

#[test]
fn lines_are_counted_where_they_belong() {
    let tree = Tree::planted(&[
        (
            "src/a.rs",
            "//! A.\n\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    // why\n    fn b() {}\n}\n",
        ),
        ("tests/c.rs", "fn c() {}\n"),
        ("benches/d.rs", "fn d() {}\n"),
        ("src/store/schema.rs", "fn e() {}\n"),
        ("src/simulator/mod.rs", "fn f() {}\n"),
    ]);
    assert_eq!(figures(&tree), Figures { code: 1, test: 5 });
}
