//! The doors: who may write SQL, read the clock and the environment, spawn, sleep, and speak to Discord.

use crate::source::{File, Named, Tree};
use crate::{Violations, assert_clean, assert_found, assert_passed};

/// A door: what is behind it, and who has the key.
struct Door {
    /// Whether a path in code leads through the door.
    leads: fn(&Named) -> bool,
    /// Whether a line of a file may go through.
    may: fn(&File, usize) -> bool,
    why: &'static str,
}

const DOORS: &[Door] = &[
    Door {
        leads: writes_sql,
        may: |file, line| {
            let path = file.path.as_str();
            let room = path.starts_with("src/features/") && path.ends_with("/table.rs");
            file.is_test(line)
                || room
                || path.starts_with("src/store/")
                || path.starts_with("src/writer/")
        },
        why: "SQL is written in store/, writer/ and the rooms' table.rs",
    },
    Door {
        leads: |named| {
            ["Utc::now", "Local::now", "SystemTime::now"]
                .iter()
                .any(|clock| named.holds(clock))
        },
        may: |file, _| file.path == "src/domain/clock.rs",
        why: "the clock is read in domain/clock.rs",
    },
    Door {
        leads: |named| {
            ["var", "var_os", "vars", "vars_os", "set_var", "remove_var"]
                .iter()
                .any(|read| named.holds(&format!("env::{read}")))
        },
        may: |file, _| file.path.starts_with("src/settings/"),
        why: "the environment is read in settings/",
    },
    Door {
        leads: |named| {
            ["tokio::spawn", "task::spawn", "task::spawn_local"]
                .iter()
                .any(|spawn| named.holds(spawn))
        },
        may: |_, _| false,
        why: "spawn through a TaskTracker or an actor",
    },
    Door {
        leads: does_io,
        may: |file, _| !file.path.starts_with("src/domain/"),
        why: "domain/ does no I/O and knows no library that does",
    },
    Door {
        leads: speaks_rest,
        may: |file, line| {
            let path = file.path.as_str();
            file.is_test(line)
                || path.starts_with("src/actions/")
                // serenity connects through its own HTTP client, which asks for the gateway's address
                || path.starts_with("src/gateway/")
                || path.starts_with("src/cli/doctor")
                // the load run's reference is a client of its own, beside the house
                || path == "src/cli/bench/bare.rs"
        },
        why: "only actions/, the gateway's connection and the doctor speak REST",
    },
    Door {
        leads: |named| {
            named
                .segments
                .last()
                .is_some_and(|s| s.starts_with("sleep"))
        },
        // What stands in for the outside world may be slow on purpose, and has to ask processes that tell nothing.
        may: |file, line| {
            let stand_in = file.path.starts_with("tests/support/")
                || file.path.ends_with("/tests/server.rs")
                || file.path.starts_with("benches/");
            !file.is_test(line) || stand_in
        },
        why: "a test waits for the event itself",
    },
];

fn writes_sql(named: &Named) -> bool {
    let words = ["insert_into", "replace_into", "sql_query", "batch_execute"];
    named.begins("diesel::update")
        || named.begins("diesel::delete")
        || named.segments.iter().any(|s| words.contains(&s.as_str()))
}

fn does_io(named: &Named) -> bool {
    [
        "serenity",
        "poise",
        "diesel",
        "diesel_async",
        "redis",
        "tokio",
        "reqwest",
        "axum",
        "ractor",
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::io",
    ]
    .iter()
    .any(|library| named.begins(library))
}

fn speaks_rest(named: &Named) -> bool {
    let asks = named.begins("reqwest") && !named.begins("reqwest::Url");
    asks || named.holds("serenity::http")
        || named.holds("serenity_prelude::http")
        || named.holds("all::Http")
        || named.holds("all::HttpBuilder")
        || named.holds("serenity_prelude::Http")
}

fn doors(tree: &Tree) -> Violations {
    let mut found = Vec::new();
    for file in &tree.files {
        for named in &file.named {
            let shut = DOORS
                .iter()
                .filter(|door| (door.leads)(named) && !(door.may)(file, named.line));
            found.extend(
                shut.map(|door| file.at(named.line, format!("{}: {}", named.text(), door.why))),
            );
        }
    }
    found
}

/// A lint is switched off by `#[expect(…, reason = "…")]` only.
fn allowances(tree: &Tree) -> Violations {
    let mut found = Vec::new();
    for file in &tree.files {
        for (line, text) in (1..).zip(file.code.lines()) {
            let dense: String = text.split_whitespace().collect();
            if dense.contains("#[allow(") || dense.contains("#![allow(") {
                found.push(file.at(line, "expect with a reason, do not allow"));
            }
        }
    }
    found
}

#[test]
fn every_door_is_used_only_by_who_has_its_key() {
    assert_clean(&doors(&Tree::read()));
}

#[test]
fn no_lint_is_allowed_away() {
    assert_clean(&allowances(&Tree::read()));
    assert_found(
        allowances,
        &[("src/app.rs", "#[allow(dead_code)]\nfn a() {}")],
        "expect with a reason",
    );
    assert_passed(
        allowances,
        &[("src/app.rs", "// #[allow(dead_code)]\n#[expect(dead_code)]")],
    );
}

#[test]
fn who_goes_through_the_wrong_door_is_found() {
    for (path, text) in [
        ("src/guild/mod.rs", "diesel::insert_into(cases)"),
        ("src/guild/mod.rs", "use diesel::{prelude::*, delete};"),
        ("src/features/a/rule.rs", "diesel::update(cases)"),
        ("src/cli/demo.rs", "diesel::sql_query(\"SELECT 1\")"),
        ("src/guild/mod.rs", "chrono::Utc::now()"),
        (
            "tests/system/main.rs",
            "use std::time::SystemTime;\nSystemTime::now()",
        ),
        ("src/app.rs", "std::env::var(\"HOME\")"),
        ("src/app.rs", "tokio::spawn(async {})"),
        ("src/app.rs", "use tokio::task::{self, spawn};"),
        ("src/domain/ids.rs", "use serenity::all::GuildId;"),
        ("src/domain/ids.rs", "use tokio::sync::watch;"),
        ("src/guild/mod.rs", "use reqwest::Client;"),
        ("src/commands/mod.rs", "serenity::all::Http::new(token)"),
        ("tests/system/main.rs", "tokio::time::sleep(PAUSE).await"),
        (
            "src/app.rs",
            "#[cfg(test)]\nmod tests {\n fn a() { std::thread::sleep(PAUSE) }\n}",
        ),
    ] {
        assert_found(doors, &[(path, text)], path);
    }
}

#[test]
fn who_has_the_key_passes() {
    assert_passed(
        doors,
        &[
            ("src/features/a/table.rs", "diesel::insert_into(cases)"),
            ("src/writer/mod.rs", "diesel::delete(cases)"),
            ("src/store/mod.rs", "diesel::sql_query(text)"),
            ("src/domain/clock.rs", "Utc::now()"),
            (
                "src/settings/mod.rs",
                "std::env::var(name); reqwest::Url::parse(text)",
            ),
            ("tests/support/link.rs", "tokio::time::sleep(delay)"),
            (
                "src/app.rs",
                "tracker.spawn(a); std::env::args(); std::time::Instant::now()",
            ),
            ("src/actions/discord.rs", "use serenity::http::Http;"),
            ("src/http.rs", "tokio::time::sleep(PAUSE).await"),
            ("src/app.rs", "// tokio::spawn\nlet a = \"Utc::now\";"),
        ],
    );
}
