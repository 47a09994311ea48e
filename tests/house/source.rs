//! The source files of the project, read once: their text, their code, and the paths that code names.

use std::fs;
use std::path::{Path, PathBuf};

use crate::strip::{Stripped, is_word, strip};

/// All files that rules look at, sorted by path.
pub(crate) struct Tree {
    pub(crate) files: Vec<File>,
}

/// One Rust file.
pub(crate) struct File {
    /// From the top of the project, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Without comments and literals.
    pub(crate) code: String,
    /// Without comments.
    pub(crate) uncommented: String,
    /// Per line: whether it is compiled for tests only, and how many inline modules it lies in.
    pub(crate) lines: Vec<Line>,
    pub(crate) named: Vec<Named>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Line {
    pub(crate) test: bool,
    pub(crate) inline: usize,
}

/// A path such as `diesel::insert_into` in code; groups of `use` are taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// From 1.
    pub(crate) line: usize,
    pub(crate) segments: Vec<String>,
}

impl Tree {
    /// The project itself.
    pub(crate) fn read() -> Self {
        let mut paths = Vec::new();
        for folder in ["src", "tests", "benches"] {
            collect(&root().join(folder), &mut paths);
        }
        let files = paths.iter().map(|path| {
            let text = fs::read_to_string(path).expect("a source file is UTF-8");
            let path = path.strip_prefix(root()).expect("it lies in the project");
            (path.to_string_lossy().replace('\\', "/"), text)
        });
        Self::new(files.collect())
    }

    /// A tree of a rule's own test.
    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        let owned = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self::new(owned.collect())
    }

    fn new(mut texts: Vec<(String, String)>) -> Self {
        texts.sort();
        let mut files: Vec<File> = texts
            .into_iter()
            .map(|(path, text)| File::new(path, text))
            .collect();
        let for_tests: Vec<String> = files.iter().flat_map(File::test_modules).collect();
        for file in &mut files {
            let outside = !file.path.starts_with("src/");
            let below = |module: &String| {
                file.path == format!("{module}.rs") || file.path.starts_with(&format!("{module}/"))
            };
            if outside || for_tests.iter().any(below) {
                file.lines.iter_mut().for_each(|line| line.test = true);
            }
        }
        Self { files }
    }

    /// The files of the program and its library.
    pub(crate) fn house(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|f| f.path.starts_with("src/"))
    }
}

/// The top of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return; // `benches` need not exist
    };
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|e| e == "rs") {
            into.push(path);
        }
    }
}

impl File {
    fn new(path: String, text: String) -> Self {
        let Stripped { code, uncommented } = strip(&text);
        Self {
            lines: modules(&code),
            named: names(&code),
            path,
            text,
            code,
            uncommented,
        }
    }

    /// The module folder this file stands for: `src/a/b` of `src/a/b.rs` and of `src/a/b/mod.rs`.
    pub(crate) fn module(&self) -> &str {
        let stem = self.path.trim_end_matches(".rs");
        stem.strip_suffix("/mod")
            .or_else(|| stem.strip_suffix("/lib"))
            .or_else(|| stem.strip_suffix("/main"))
            .unwrap_or(stem)
    }

    /// The modules that this file declares for tests only, as module folders.
    fn test_modules(&self) -> Vec<String> {
        let words: Vec<&str> = self.code.split_whitespace().collect();
        let mut found = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let declared = words[at..].iter().take(4).position(|w| *w == "mod");
            let name = declared.and_then(|m| words.get(at + m + 1)?.strip_suffix(';'));
            if let (&"#[cfg(test)]", Some(name)) = (word, name) {
                found.push(format!("{}/{name}", self.module()));
            }
        }
        found
    }

    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.lines.get(line - 1).is_some_and(|l| l.test)
    }

    /// `path:line: why`.
    pub(crate) fn at(&self, line: usize, why: impl std::fmt::Display) -> String {
        format!("{}:{line}: {why}", self.path)
    }
}

impl Named {
    /// Whether the path begins with these segments.
    pub(crate) fn begins(&self, with: &str) -> bool {
        let with: Vec<&str> = with.split("::").collect();
        self.segments.len() >= with.len() && self.segments.iter().zip(with).all(|(a, b)| a == b)
    }

    /// Whether these segments stand in the path, one after another.
    pub(crate) fn holds(&self, inner: &str) -> bool {
        let inner: Vec<&str> = inner.split("::").collect();
        self.segments
            .windows(inner.len())
            .any(|window| window == inner)
    }

    pub(crate) fn text(&self) -> String {
        self.segments.join("::")
    }
}

/// Follows the braces: which lines lie in inline modules, and in those for tests.
fn modules(code: &str) -> Vec<Line> {
    let (mut depth, mut open, mut lines) = (0_usize, Vec::<(usize, bool)>::new(), Vec::new());
    let mut head = String::new();
    for text in code.lines() {
        let mut line = Line {
            test: open.iter().any(|(_, test)| *test),
            inline: open.len(),
        };
        for c in text.chars() {
            match c {
                '{' => {
                    depth += 1;
                    let words: Vec<&str> = head.split_whitespace().collect();
                    if words.len() >= 2 && words[words.len() - 2] == "mod" {
                        open.push((depth, head.contains("#[cfg(test)]")));
                    }
                    head.clear();
                }
                '}' => {
                    open.retain(|(at, _)| *at < depth);
                    depth = depth.saturating_sub(1);
                    head.clear();
                }
                ';' => head.clear(),
                c => head.push(c),
            }
            line.inline = line.inline.max(open.len());
            line.test |= open.iter().any(|(_, test)| *test) || head.contains("#[cfg(test)]");
        }
        head.push(' ');
        lines.push(line);
    }
    lines
}

/// Every path in `code`, single words too.
fn names(code: &str) -> Vec<Named> {
    let mut reader = Reader {
        chars: code.chars().collect(),
        at: 0,
        line: 1,
        found: Vec::new(),
    };
    while let Some(&c) = reader.chars.get(reader.at) {
        if is_word(c) && !c.is_ascii_digit() {
            reader.path(&[]);
        } else if is_word(c) {
            reader.word();
        } else {
            reader.step();
        }
    }
    reader.found
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Named>,
}

impl Reader {
    fn step(&mut self) {
        self.line += usize::from(self.chars[self.at] == '\n');
        self.at += 1;
    }

    fn word(&mut self) -> String {
        let rest = self.chars[self.at..].iter();
        let word: String = rest.take_while(|&&c| is_word(c)).collect();
        self.at += word.chars().count();
        word
    }

    fn blanks(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.step();
        }
    }

    /// `a::b`, `a::{b, c::d}`, `a::*`; what is found begins with `prefix`.
    fn path(&mut self, prefix: &[String]) {
        let line = self.line;
        let mut segments = prefix.to_vec();
        match self.word() {
            own if own == "self" && !prefix.is_empty() => {}
            word => segments.push(word),
        }
        loop {
            let (at, here) = (self.at, self.line);
            self.blanks();
            if self.chars[self.at..].starts_with(&[':', ':']) {
                self.at += 2;
                self.blanks();
                match self.chars.get(self.at) {
                    Some('{') => return self.group(&segments),
                    Some(&c) if is_word(c) => {
                        segments.push(self.word());
                        continue;
                    }
                    _ => {}
                }
            } else {
                (self.at, self.line) = (at, here);
            }
            self.found.push(Named { line, segments });
            return;
        }
    }

    fn group(&mut self, prefix: &[String]) {
        self.step();
        while let Some(&c) = self.chars.get(self.at) {
            match c {
                '}' => return self.step(),
                c if is_word(c) => {
                    self.path(prefix);
                    self.alias();
                }
                _ => self.step(),
            }
        }
    }

    /// Passes over `as name` in a group.
    fn alias(&mut self) {
        while let Some(&c) = self.chars.get(self.at) {
            if c == ',' || c == '}' {
                return;
            }
            self.step();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(code: &str) -> Vec<String> {
        names(code).iter().map(Named::text).collect()
    }

    #[test]
    fn groups_of_use_are_taken_apart() {
        assert_eq!(
            texts("use a::{self, b::{c, d as e}, f::*};"),
            ["use", "a", "a::b::c", "a::b::d", "a::f"]
        );
    }

    #[test]
    fn paths_keep_their_line_and_may_be_broken() {
        let found = names("x\n    .map(Utc\n    ::now)\n1u8");
        let now = found.iter().find(|n| n.holds("Utc::now"));
        assert_eq!(now.expect("it is named").line, 2);
        assert_eq!(texts("Vec::<u8>::new()"), ["Vec", "u8", "new"]);
    }

    #[test]
    fn begins_and_holds_compare_whole_segments() {
        let named = &names("std::env::var_os")[0];
        assert!(named.begins("std::env") && named.holds("env::var_os"));
        assert!(!named.begins("std::en") && !named.holds("env::var"));
    }

    #[test]
    fn inline_test_modules_are_known_to_their_last_brace() {
        let tree = Tree::planted(&[(
            "src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n",
        )]);
        let tests: Vec<bool> = tree.files[0].lines.iter().map(|l| l.test).collect();
        assert_eq!(tests, [false, true, true, true, true, false]);
        assert_eq!(tree.files[0].lines[3].inline, 1);
        assert_eq!(tree.files[0].lines[5].inline, 0);
    }

    #[test]
    fn files_declared_for_tests_are_tests() {
        let tree = Tree::planted(&[
            (
                "src/a/mod.rs",
                "mod real;\n#[cfg(test)]\npub(crate) mod world;\n",
            ),
            ("src/a/real.rs", "fn a() {}\n"),
            ("src/a/world.rs", "fn a() {}\n"),
            ("src/a/world/deep.rs", "fn a() {}\n"),
        ]);
        let tests: Vec<bool> = tree.files.iter().map(|f| f.is_test(1)).collect();
        assert_eq!(tests, [false, false, true, true]);
    }
}
