//! Which functions ask the database, and by what text of theirs the log tells that they did.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every function that asks or writes by a connection, as `file::name`, and a part of its statement. A new one is added
/// here, and to the tour whatever makes somebody call it.
pub(crate) const ASKED: [(&str, &str); 34] = [
    ("cases::find", r#""moderation_logs"."case_number" = "#),
    (
        "cases::is_overruled",
        r#""moderation_logs"."created_at" > "#,
    ),
    ("claim::claim", r#"INSERT INTO "action_journal""#),
    ("cases::update", r#"UPDATE "moderation_logs" SET "outcome""#),
    (
        "erasure/export::load_export",
        "(SELECT u.username, u.discriminator",
    ),
    (
        "erasure/guild::count_guild",
        "AS present FROM moderation_logs",
    ),
    ("erasure/person::announce", "pg_notify($1, $2)"),
    (
        "erasure/person::count_person",
        "SELECT count(*) AS value FROM moderation_logs m",
    ),
    (
        "history::list_revisions",
        r#"FROM "guild_config_revisions""#,
    ),
    ("history::load_undo", "SELECT DISTINCT ON"),
    (
        "infractions::count_infractions",
        r#"SELECT COUNT(*) FROM "user_infractions""#,
    ),
    (
        "infractions::list_infractions",
        r#"ORDER BY "user_infractions"."timestamp" DESC"#,
    ),
    ("months::drop_months", "aimod_drop_months($1, $2, $3)"),
    ("months::make_months", "aimod_make_months($1, $2, $3)"),
    ("open::open_cases", r#"INSERT INTO "moderation_logs""#),
    (
        "posted::find_posted",
        r#""action_journal"."message_id" IS NOT NULL"#,
    ),
    (
        "progress::find_heard_until",
        r#"SELECT "gateway_progress"."heard_until""#,
    ),
    ("provider_keys::find", r#""guild_api_keys"."created_at""#),
    (
        "provider_keys::find_token",
        r#"SELECT "guild_api_keys"."api_provider", "guild_api_keys"."encrypted_api_key" FROM"#,
    ),
    ("provider_keys::sign", "set_config('aimod.changed_by', "),
    (
        "provider_keys::take_turns",
        "DO UPDATE SET updated_at = s.updated_at",
    ),
    (
        "read::count_tokens",
        "SELECT count(*) AS count FROM guild_api_keys",
    ),
    (
        "read::find_edition",
        r#""guild_settings"."config_changed_at" FROM"#,
    ),
    (
        "read::find_version",
        r#"SELECT "guild_settings"."config_version" FROM"#,
    ),
    ("read::list_known", r#""guild_settings"."guild_id" > "#),
    (
        "read::list_versions",
        r#""guild_settings"."guild_id" = ANY("#,
    ),
    ("read::load_config", "COALESCE(s.config_version, 0)"),
    ("read::load_configs", "COALESCE(s.config_version, 0)"),
    ("retention::list_left", r#""guild_settings"."left_at" <= "#),
    ("retention::try_upkeep_lock", "pg_try_advisory_lock($1)"),
    (
        "settle::list_orphans",
        r#"GROUP BY "action_journal"."guild_id""#,
    ),
    (
        "settle::list_steps",
        r#""action_journal"."operation_key" = $1"#,
    ),
    (
        "tally::take",
        "SELECT guild_id, 0::bigint, '', encrypted_api_key FROM guild_api_keys",
    ),
    ("settle::list_unsettled", r#"pending"#),
];

/// Indexes that no query uses yet, and whose rooms will bring one. Empty when all rooms are there.
pub(crate) const AWAITED: [(&str, &str); 0] = [];

/// Functions that stand in these files and are no queries of a running house.
const BESIDE: [&str; 1] = [
    // The sums of a whole run, for bench and demo: they read everything by purpose.
    "ledger::read_ledger",
];

/// Every function that takes a connection, in the shared tables and in the rooms' own.
pub(crate) fn functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    collect(&root.join("store/tables"), "", &mut found);
    for room in fs::read_dir(root.join("features")).expect("the rooms") {
        let room = room.expect("a room").path();
        let name = room.file_name().unwrap_or_default().to_string_lossy();
        collect(&room, &format!("{name}/"), &mut found);
    }
    found.retain(|name| !BESIDE.contains(&name.as_str()));
    found
}

fn collect(folder: &Path, above: &str, found: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            let above = if name == "erasure" { "erasure/" } else { above };
            collect(&path, above, found);
        } else if let Ok(text) = fs::read_to_string(&path) {
            names(&text, &format!("{above}{name}"), found);
        }
    }
}

/// The names of a file's visible functions whose first parameter is a connection.
fn names(text: &str, file: &str, found: &mut BTreeSet<String>) {
    let dense: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in dense.split("async fn ").skip(1) {
        let before = &dense[..part.as_ptr() as usize - dense.as_ptr() as usize - "async fn ".len()];
        let visible = before.trim_end().ends_with("pub")
            || before.trim_end().ends_with(')')
                && before
                    .rfind("pub(")
                    .is_some_and(|at| before[at..].len() < 40);
        let Some((name, rest)) = part.split_once('(') else {
            continue;
        };
        let takes = rest
            .trim_start()
            .starts_with("conn: &mut AsyncPgConnection")
            || rest
                .trim_start()
                .starts_with("&self, conn: &mut AsyncPgConnection");
        if visible && takes {
            found.insert(format!("{file}::{name}"));
        }
    }
}

#[test]
fn functions_are_found_by_their_first_parameter() {
    let mut found = BTreeSet::new();
    let text = "pub async fn a(\n    conn: &mut AsyncPgConnection,\n) {}\nasync fn hidden(conn: &mut AsyncPgConnection) {}\n\
                pub(super) async fn b(&self, conn: &mut AsyncPgConnection) {}\npub async fn c(pool: &Pool) {}\n\
                pub(in crate::features) async fn d(conn: &mut AsyncPgConnection) {}";
    names(text, "f", &mut found);
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["f::a", "f::b", "f::d"]
    );
}
