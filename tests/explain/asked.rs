//! Which functions ask the database, and by what text of theirs the log tells that they did.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every function that asks or writes by a connection, as `file::name`, and a part of its statement. A new one is added
/// here, and to the tour whatever makes somebody call it.
pub(crate) const ASKED: [(&str, &str); 86] = [
    (
        "appeals/records::list_later",
        r#""moderation_logs"."lifted_at" FROM "moderation_logs" WHERE"#,
    ),
    (
        "appeals/records::list_sentences",
        r#"LEFT OUTER JOIN "user_infractions" ON ("user_infractions"."case_id""#,
    ),
    (
        "appeals/rows::count",
        r#"SELECT COUNT(*) FROM "appeals" WHERE"#,
    ),
    ("appeals/rows::find", r#"("appeals"."id" = $1)"#),
    ("appeals/rows::list", r#""appeals"."status" = ANY("#),
    (
        "appeals/rows::list_past",
        r#"FROM "appeals" WHERE ("appeals"."user_id" = $1)"#,
    ),
    ("blog/table::list_posts", r#"FROM "blog_posts" ORDER BY"#),
    (
        "cases/table::count_cases",
        r#"("moderation_logs"."moderator_id" = $3)"#,
    ),
    (
        "cases/table::count_edits",
        r#"SELECT COUNT(*) FROM "case_edits""#,
    ),
    (
        "cases/table::list_appeals",
        r#"("appeals"."case_id" = $1) OR"#,
    ),
    (
        "cases/table::list_cases",
        r#"("moderation_logs"."action_type" = $3)"#,
    ),
    (
        "cases/table::list_edits",
        r#""case_edits"."edited_at" FROM "case_edits""#,
    ),
    ("cases::find", r#""moderation_logs"."case_number" = $2"#),
    (
        "cases::is_overruled",
        r#"("moderation_logs"."created_at" > $4)"#,
    ),
    ("cases::update", r#"UPDATE "moderation_logs" SET "outcome""#),
    (
        "claim::claim",
        r#"ON CONFLICT ("operation_key", "step") DO NOTHING"#,
    ),
    ("config/span::between", "SELECT DISTINCT ON"),
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
        "global_bans/table::count_enforced",
        r#""moderation_logs"."reason" = $4"#,
    ),
    (
        "global_bans/table::find",
        r#""global_bans"."number" FROM "global_bans" WHERE"#,
    ),
    (
        "global_bans/table::is_under_way",
        r#"("moderation_logs"."outcome" = $4)"#,
    ),
    (
        "global_bans/table::list_all",
        r#""global_bans"."number" FROM "global_bans""#,
    ),
    (
        "global_bans/table::list_page",
        r#"FROM "global_bans" ORDER BY"#,
    ),
    (
        "global_bans/table::list_unsearched",
        r#""guild_settings"."global_bans_searched" <"#,
    ),
    (
        "history::list_revisions",
        r#"FROM "guild_config_revisions""#,
    ),
    ("guilds::list_missing", "(guild_id >> 22) % "),
    ("history::load_undo", "SELECT DISTINCT ON"),
    (
        "import/appeals/mod::settle",
        r#"INSERT INTO "appeals" ("legacy_id""#,
    ),
    (
        "import/appeals/rows::find",
        r#"("appeals"."legacy_id" = ANY("#,
    ),
    (
        "import/appeals/rows::insert",
        r#"INSERT INTO "appeals" ("legacy_id""#,
    ),
    (
        "import/appeals/rows::link",
        "AND x.timestamp = t.at AND x.action_taken = t.action",
    ),
    (
        "import/appeals/rows::open",
        r#"("appeals"."infraction_id" = ANY("#,
    ),
    ("import/bans::settle", r#"("global_bans"."user_id" = ANY("#),
    (
        "import/cases/mod::settle_numbered",
        r#"("moderation_logs"."case_number" = ANY("#,
    ),
    (
        "import/cases/mod::settle_unnumbered",
        "SELECT true AS edited, e.old_text",
    ),
    (
        "import/cases/rows::advance",
        "WHERE guild_settings.last_case_number < EXCLUDED.last_case_number",
    ),
    (
        "import/cases/rows::find",
        r#"SELECT DISTINCT ON ("case_edits"."case_id")"#,
    ),
    (
        "import/cases/rows::insert",
        "message_id, created_at, outcome) SELECT t.*, 'DONE'",
    ),
    (
        "import/cases/rows::list_absent",
        "SELECT true AS edited, e.old_text",
    ),
    (
        "import/cases/rows::take_numbers",
        "SET last_case_number = guild_settings.last_case_number + EXCLUDED",
    ),
    (
        "import/infractions::count",
        "min(timestamp), max(timestamp), count(*) FROM user_infractions WHERE id > ",
    ),
    (
        "import/infractions::settle",
        "(guild_id, user_id, timestamp, rule_violated, action_taken, reasoning) SELECT t.g",
    ),
    (
        "import/notes::settle",
        r#"("user_notes"."guild_id" IS NULL)"#,
    ),
    (
        "import/settings::load_states",
        "COALESCE(s.config_version, 0)",
    ),
    (
        "import/settings::write_changes",
        "INSERT INTO guild_config_revisions",
    ),
    (
        "infractions/table::find_last",
        r#"SELECT max("user_infractions"."id")"#,
    ),
    (
        "infractions::count_infractions",
        r#"SELECT COUNT(*) FROM "user_infractions" WHERE (("user_infractions"."guild_id" = $1) AND ("user_infractions"."user_id""#,
    ),
    (
        "infractions::list_infractions",
        r#"ORDER BY "user_infractions"."timestamp" DESC"#,
    ),
    ("months::drop_months", "aimod_drop_months($1, $2, $3)"),
    ("months::make_months", "aimod_make_months($1, $2, $3)"),
    (
        "notes/table::count_notes",
        r#"SELECT COUNT(*) FROM "user_notes""#,
    ),
    (
        "notes/table::list_notes",
        r#""user_notes"."removed_at" FROM "user_notes" WHERE"#,
    ),
    ("open::open_cases", r#"INSERT INTO "moderation_logs""#),
    ("posted::find_card", r#""action_journal"."state" = ANY($4)"#),
    (
        "posted::find_card_of_case",
        r#"("action_journal"."case_id" = $2)"#,
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
    ("read::next_batch", "encrypted_api_key IS NOT NULL AND"),
    ("retention::list_left", r#""guild_settings"."left_at" <= "#),
    ("retention::try_upkeep_lock", "pg_try_advisory_lock($1)"),
    (
        "settle::list_orphans",
        r#"min("action_journal"."created_at")"#,
    ),
    (
        "settle::list_steps",
        r#"("action_journal"."operation_key" = $1)"#,
    ),
    ("settle::list_unsettled", r#""pending""#),
    ("stats/report::load", "width_bucket(timestamp"),
    (
        "stats/table::count_infractions",
        r#"("user_infractions"."timestamp" >= $2)"#,
    ),
    ("stats/table::list_cases_by_hand", "moderator_id <> 0"),
    ("stats/table::list_command_runs", "percentile_disc"),
    ("stats/table::list_day_counts", "width_bucket(timestamp"),
    (
        "user_data/table::count_notes",
        r#""user_notes"."removed_at" IS NULL"#,
    ),
    (
        "user_data/table::find_global_ban",
        r#""global_bans"."reason" FROM "global_bans" WHERE"#,
    ),
    (
        "user_data/table::find_last_case",
        r#""moderation_logs"."created_at" FROM "moderation_logs" WHERE (("moderation_logs"."guild_id" = $1) AND ("moderation_logs"."target_user_id""#,
    ),
    (
        "users::find",
        r#""user_data"."infraction_count" FROM "user_data""#,
    ),
    (
        "tally::take",
        "SELECT guild_id, 0::bigint, '', encrypted_api_key FROM guild_api_keys",
    ),
];

/// Indexes that no query uses yet, and whose rooms will bring one. Empty when all rooms are there.
pub(crate) const AWAITED: [(&str, &str); 0] = [];

/// Functions that are not on the tour, and why nobody needs to look at their plans.
const BESIDE: [(&str, &str); 15] = [
    ("appeals/records::find_infraction", "by the primary key"),
    ("appeals/records::find_presence", "by the primary key"),
    ("appeals/records::find_sentence", "by a unique key"),
    ("blog/table::find", "by a unique key"),
    ("blog/table::find_by_id", "by the primary key"),
    ("blog/table::find_published", "by a unique key"),
    ("blog/table::list_published", "operators write a handful"),
    ("cases/table::find_name", "by the primary key"),
    (
        "cases/table::find_reason_edit",
        "by the case, as list_edits",
    ),
    ("config/table::find", "by the primary key"),
    (
        "import/posts::settle",
        "by a unique key, from an older database only",
    ),
    (
        "import/secrets::settle",
        "by the primary key, from an older database only",
    ),
    ("infractions/table::find_offender", "by the primary key"),
    (
        "infractions::list_infractions_after",
        "as list_infractions, from a row on",
    ),
    (
        "notes/table::list_everywhere",
        "by the user, as the export of a person",
    ),
];

/// Every function that takes a connection, or an import's session, in the shared tables and in the rooms' own.
pub(crate) fn functions() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    collect(&root.join("store/tables"), "", &mut found);
    collect(&root.join("store/import"), "import/", &mut found);
    for room in fs::read_dir(root.join("features")).expect("the rooms") {
        let room = room.expect("a room").path();
        let name = room.file_name().unwrap_or_default().to_string_lossy();
        collect(&room, &format!("{name}/"), &mut found);
    }
    found.retain(|name| !BESIDE.iter().any(|(beside, _)| beside == name));
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
            let nested = name == "erasure" || above.starts_with("import/");
            let inside = format!("{above}{name}/");
            collect(&path, if nested { &inside } else { above }, found);
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
        let takes = ["", "&self, ", "&mut self, "].iter().any(|before| {
            ["conn: &mut AsyncPgConnection", "session: &mut Session"]
                .iter()
                .any(|first| rest.trim_start().starts_with(&format!("{before}{first}")))
        });
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
                pub(in crate::features) async fn d(conn: &mut AsyncPgConnection) {} pub async fn e(&mut self, session: &mut Session) {}";
    names(text, "f", &mut found);
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["f::a", "f::b", "f::d", "f::e"]
    );
}
