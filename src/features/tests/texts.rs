//! The catalogues of all rooms, held together: nothing is missing, nothing is left over, everything can be said.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::features::config::NAMES;
use crate::features::{registry, texts};
use crate::guild::language::{Arg, Language, Texts};

/// The texts of a room that some other file than its own asks for by a name put together: see `Judge::texts`.
fn is_composed(texts: &Texts, id: &str) -> bool {
    let rest = id.strip_prefix(texts.room()).unwrap_or(id);
    ["-key-", "-check-BOT", "-check-PREFIX"]
        .iter()
        .any(|start| rest.starts_with(start))
        || rest == "-room"
}

#[test]
fn every_text_is_there_in_every_complete_language() {
    let mut missing = Vec::new();
    for texts in texts() {
        assert!(texts.problems().is_empty(), "{:?}", texts.problems());
        let english = texts.ids(Language::En);
        assert!(!english.is_empty(), "{}", texts.room());
        for language in Language::COMPLETE {
            let there = texts.ids(language);
            let lacks = english.difference(&there);
            missing.extend(lacks.map(|id| format!("{} {id}", language.code())));
            let more = there
                .difference(&english)
                .filter(|id| !is_composed(texts, id));
            assert_eq!(more.collect::<Vec<_>>(), Vec::<&&str>::new());
        }
    }
    println!("missing texts: {}", missing.len());
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn every_key_and_every_known_name_is_explained_in_every_complete_language() {
    let registry = registry();
    let rooms = texts();
    let explained = |id: &str, room: &str| {
        let mut rooms = rooms.iter().filter(|texts| texts.room() == room);
        let found = rooms.any(|texts| texts.find(Language::De, id, &[]).is_some());
        assert!(found, "{id} is not explained in German");
    };
    for key in registry.keys() {
        let room = registry
            .judge_of(key)
            .map_or("config", |judge| judge.room());
        explained(&format!("{room}-key-{}", key.name), room);
    }
    for known in &NAMES {
        if registry.find(known.name).is_none() {
            explained(&format!("config-key-{}", known.name), "config");
        }
    }
    for texts in &rooms {
        for id in texts.ids(Language::De) {
            if let Some((_, name)) = id.split_once("-key-") {
                let known = registry.find(name).is_some() || registry.find_reserved(name).is_some();
                assert!(known, "{id} explains nothing");
            }
        }
    }
}

#[test]
fn every_text_can_be_said_and_takes_the_same_values_in_every_language() {
    for texts in texts() {
        for id in texts.ids(Language::En) {
            let variables = texts.variables(Language::En, id);
            for language in Language::COMPLETE {
                assert_eq!(texts.variables(language, id), variables, "{id}");
                for sample in [Arg::from(1), Arg::from(3)] {
                    let args: Vec<_> = variables
                        .iter()
                        .map(|name| (*name, sample.clone()))
                        .collect();
                    let said = texts.find(language, id, &args).expect("it is there");
                    assert!(
                        !said.contains('$') && !said.trim().is_empty(),
                        "{id}: {said}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_text_is_used_and_every_used_text_is_there() {
    for texts in texts() {
        let used = used(texts.room());
        let there: BTreeSet<String> = texts
            .ids(Language::En)
            .into_iter()
            .map(str::to_owned)
            .collect();
        let unused: Vec<_> = there
            .difference(&used)
            .filter(|id| !is_composed(texts, id))
            .collect();
        assert_eq!(unused, Vec::<&String>::new(), "{}", texts.room());
        let unwritten: Vec<_> = used.difference(&there).collect();
        assert_eq!(unwritten, Vec::<&String>::new(), "{}", texts.room());
    }
}

/// The ids that stand as literals in the code of a room: they all begin with its name.
fn used(room: &str) -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let home = match room {
        "commands" => source.join(room),
        _ => source.join("features").join(room),
    };
    let mut used = BTreeSet::new();
    for path in sources(&home) {
        let text = std::fs::read_to_string(&path).expect("a source file");
        let start = format!("\"{room}-");
        for part in text.split(start.as_str()).skip(1) {
            let id = part.split('"').next().unwrap_or_default();
            // What is put together from parts ends in a brace or a hyphen, and is asked for by name below.
            if id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            {
                used.insert(format!("{room}-{id}"));
            }
        }
    }
    used
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a room has a folder");
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() && name != "tests" {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
    found
}
