//! The floors: who may import whom, and that nothing below the rooms names one.

use std::collections::BTreeSet;

use crate::source::{File, Named, Tree};
use crate::{Violations, assert_clean, assert_found, assert_passed};

/// The floors of DESIGN, from the ground up.
const FLOORS: &[&[&str]] = &[
    &["domain"],
    &["settings", "telemetry", "vault"],
    &["store", "cache"],
    &["writer"],
    &["actions"],
    &["guild"],
    &["commands", "gateway"],
    &["features"],
    &["cli", "app", "main"],
];
const ROOMS_FLOOR: usize = 7;
const TOP_FLOOR: usize = 8;
const BESIDE: &str = "simulator";

/// Each floor imports only from those below it; the simulator only `domain`, and only the command line and tests it.
fn imports(tree: &Tree) -> Violations {
    let mut found = Vec::new();
    for file in tree.house().filter(|f| f.path != "src/lib.rs") {
        let from = home(file);
        for named in &file.named {
            let Some(to) = target(file, named) else {
                continue;
            };
            if let Some(why) = refusal(from, &to, file.is_test(named.line)) {
                found.push(file.at(named.line, format!("{}: {why}", named.text())));
            }
        }
    }
    found
}

fn refusal(from: &str, to: &str, test: bool) -> Option<String> {
    if from == to {
        return None;
    }
    if from == BESIDE {
        return (to != "domain").then(|| "the simulator imports nothing but domain".to_owned());
    }
    if to == BESIDE {
        let may = test || from == "cli";
        return (!may).then(|| "only the command line and tests import the simulator".to_owned());
    }
    let (here, there) = (floor(from)?, floor(to)?);
    let downwards = there < here || (here == TOP_FLOOR && there == TOP_FLOOR);
    (!downwards).then(|| format!("{from} (floor {here}) imports {to} (floor {there})"))
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// The top module a file belongs to.
fn home(file: &File) -> &str {
    let inner = file.path.trim_start_matches("src/");
    let end = inner.find(['/', '.']).unwrap_or(inner.len());
    &inner[..end]
}

/// The top module a path leads to, if it leads out of its own.
fn target(file: &File, named: &Named) -> Option<String> {
    let supers = named.segments.iter().take_while(|s| *s == "super").count();
    let rest = match named.segments.first()?.as_str() {
        "crate" | "aimod" => named.segments.get(1)?,
        "super" if supers == depth(file, named.line) => named.segments.get(supers)?,
        _ => return None,
    };
    Some(rest.clone())
}

/// How many `super` lead from a line to the top of the crate.
fn depth(file: &File, line: usize) -> usize {
    let folders = file.module().split('/').count() - 1;
    folders + file.lines.get(line - 1).map_or(0, |l| l.inline)
}

/// Every top module has a floor.
fn homes(tree: &Tree) -> Violations {
    tree.house()
        .filter(|file| !["lib", BESIDE].contains(&home(file)) && floor(home(file)).is_none())
        .map(|file| file.at(1, format!("{} has no floor", home(file))))
        .collect()
}

/// Nothing below the rooms names one: no path into `features`, no room's name as a word of code. Names that are plain
/// words (`cases`, `config`) or tables of the schema cannot be told apart and are left to the paths.
fn rooms(tree: &Tree) -> Violations {
    let names = room_names(tree);
    let mut found = Vec::new();
    for file in tree.house().filter(|file| is_below_rooms(file)) {
        for named in &file.named {
            let word = named
                .segments
                .iter()
                .find(|s| *s == "features" || names.contains(*s));
            if let Some(word) = word {
                found.push(file.at(named.line, format!("{word} names a feature")));
            }
        }
    }
    found
}

fn is_below_rooms(file: &File) -> bool {
    let generated = file.path.ends_with("/schema.rs");
    !generated && (home(file) == BESIDE || floor(home(file)).is_some_and(|f| f < ROOMS_FLOOR))
}

/// `bot_detect`, `botdetect`, `BotDetect`, `BOT_DETECT` of each room of two words.
fn room_names(tree: &Tree) -> BTreeSet<String> {
    let folders = tree.house().filter_map(|file| {
        let (room, _) = file.path.strip_prefix("src/features/")?.split_once('/')?;
        Some(room)
    });
    let tables: Vec<&Named> = tree
        .house()
        .filter(|file| file.path.ends_with("/schema.rs"))
        .flat_map(|file| &file.named)
        .collect();
    folders
        .filter(|room| room.contains('_'))
        .filter(|room| !tables.iter().any(|table| table.holds(room)))
        .flat_map(|room| {
            let camel = room.split('_').map(|word| {
                let (first, rest) = word.split_at(1);
                first.to_uppercase() + rest
            });
            [
                room.to_owned(),
                room.replace('_', ""),
                camel.collect(),
                room.to_uppercase(),
            ]
        })
        .collect()
}

#[test]
fn each_floor_imports_only_from_those_below() {
    assert_clean(&imports(&Tree::read()));
}

#[test]
fn each_module_has_a_floor() {
    assert_clean(&homes(&Tree::read()));
    assert_found(homes, &[("src/attic/mod.rs", "")], "attic has no floor");
}

#[test]
fn nothing_below_the_rooms_names_one() {
    assert_clean(&rooms(&Tree::read()));
}

#[test]
fn imports_that_go_up_are_found() {
    for (path, text) in [
        ("src/store/pool.rs", "use crate::guild::Actor;"),
        (
            "src/store/pool.rs",
            "use crate::{\n    domain::Id,\n    guild::Actor,\n};",
        ),
        ("src/store/pool.rs", "fn a() { crate::app::start() }"),
        ("src/store/pool.rs", "use super::super::guild;"),
        ("src/store/mod.rs", "use super::guild;"),
        (
            "src/store/mod.rs",
            "#[cfg(test)]\nmod tests {\n use super::super::guild;\n}",
        ),
        ("src/store/pool.rs", "use crate::cache::Cache;"),
        ("src/vault/mod.rs", "use crate::settings::Settings;"),
        ("src/simulator/mod.rs", "use crate::telemetry::metrics;"),
        ("src/app.rs", "use crate::simulator::World;"),
        ("src/domain/ids.rs", "use crate::simulator::World;"),
    ] {
        assert_found(imports, &[(path, text)], path);
    }
}

#[test]
fn imports_that_go_down_pass() {
    assert_passed(
        imports,
        &[
            (
                "src/app.rs",
                "use crate::cli::Args;\nuse crate::features::ALL;",
            ),
            ("src/main.rs", "fn main() { aimod::cli::run() }"),
            ("src/cli/demo.rs", "use crate::simulator::World;"),
            (
                "src/guild/tests.rs",
                "use super::Guild;\nuse crate::store::Pool;",
            ),
            (
                "src/guild/mod.rs",
                "#[cfg(test)]\nmod tests {\n use crate::simulator::World;\n}",
            ),
            (
                "src/simulator/mod.rs",
                "use crate::domain::ids;\nuse super::domain;",
            ),
            ("src/store/a/b.rs", "use super::super::pool;"),
            ("src/store/mod.rs", "/// See [`crate::guild`].\nfn a() {}"),
        ],
    );
}

#[test]
fn a_room_named_below_is_found() {
    let room = ("src/features/bot_detect/mod.rs", "");
    for text in [
        "use crate::features;",
        "fn bot_detect() {}",
        "struct BotDetect;",
        "const A: u8 = BOT_DETECT;",
    ] {
        assert_found(
            rooms,
            &[room, ("src/guild/mod.rs", text)],
            "names a feature",
        );
    }
    assert_passed(
        rooms,
        &[
            room,
            ("src/app.rs", "use crate::features::bot_detect;"),
            ("src/features/mod.rs", "mod bot_detect;"),
            ("src/guild/mod.rs", "// bot_detect\nfn a() {}"),
            ("src/store/schema.rs", "table! { bot_detect }"),
        ],
    );
}
