//! Which records the writer takes, and by what text of theirs the log tells that they were written.

use std::collections::BTreeSet;
use std::path::Path;

/// Every record, as `folder/file::name`, and a part of a statement of its own. A new one is added here, and to the tour
/// whatever makes somebody write it.
pub(crate) const WRITTEN: [(&str, &str); 32] = [
    (
        "appeals/table::NewAppeal",
        r#"INSERT INTO "appeals" ("user_id", "guild_id", "infraction_id""#,
    ),
    (
        "appeals/table::Ruling",
        r#"UPDATE "appeals" SET "status" = $1"#,
    ),
    (
        "blog/table::DeletePost",
        r#"DELETE FROM "blog_posts" WHERE"#,
    ),
    (
        "blog/table::EditPost",
        r#"UPDATE "blog_posts" SET "title" = $1"#,
    ),
    (
        "blog/table::NewPost",
        r#"INSERT INTO "blog_posts" ("title""#,
    ),
    (
        "cases/table::EditCase",
        r#"UPDATE "moderation_logs" SET "reason" = $1"#,
    ),
    (
        "command_log/table::NewCommandLog",
        r#"INSERT INTO "command_logs" ("guild_id""#,
    ),
    (
        "config/table::Discard",
        r#"DELETE FROM "config_drafts" WHERE (("config_drafts"."id" = ANY($1))"#,
    ),
    (
        "config/table::NewDraft",
        r#"INSERT INTO "config_drafts" ("guild_id""#,
    ),
    (
        "config/write::ConfigChange",
        // Revisions are written by a trigger too.
        "cleared AS (DELETE FROM guild_config c USING input i",
    ),
    (
        "erasure/guild::Purge",
        "DELETE FROM guild_settings WHERE guild_id = $1",
    ),
    (
        "erasure/person::ForgetAgain",
        r#"DELETE FROM "user_data" WHERE (("user_data"."user_id" = ANY($1))"#,
    ),
    (
        "erasure/person::ForgetUser",
        "DELETE FROM user_data u WHERE u.user_id = $1",
    ),
    (
        "global_bans/table::NewGlobalBan",
        r#"INSERT INTO "global_bans" ("user_id", "reason", "banned_by""#,
    ),
    (
        "global_bans/table::RemoveGlobalBan",
        r#"DELETE FROM "global_bans" WHERE"#,
    ),
    (
        "global_bans/table::Searched",
        r#"UPDATE "guild_settings" SET "global_bans_searched" = $1"#,
    ),
    (
        "infractions/table::ClearInfractions",
        "WITH gone AS (DELETE FROM user_infractions WHERE guild_id = $1 AND user_id = $2 AND id <= $3",
    ),
    (
        "infractions/table::RemoveInfraction",
        r#"DELETE FROM "user_infractions" WHERE (("user_infractions"."guild_id" = $1)"#,
    ),
    (
        "notes/table::NewNote",
        r#"INSERT INTO "user_notes" ("guild_id", "user_id", "author_id""#,
    ),
    (
        "notes/table::RemoveNote",
        r#"UPDATE "user_notes" SET "removed_by" = $1"#,
    ),
    (
        "operations/errand::NewErrand",
        // Operations leave the time to the table.
        r#""payload", "created_at") VALUES ($1, $2, $3, $4, $5, $6)"#,
    ),
    (
        "operations/mod::NewOperation",
        r#"INSERT INTO "moderation_logs" ("guild_id", "case_number""#,
    ),
    (
        "operations/settle::StepSettled",
        r#"UPDATE "action_journal" SET "state" = $1"#,
    ),
    (
        "tables/guilds::GuildSeen",
        r#"INSERT INTO "guild_settings" ("guild_id", "name", "member_count")"#,
    ),
    (
        "tables/progress::HeardUntil",
        r#"INSERT INTO "gateway_progress" ("shards""#,
    ),
    (
        "tables/provider_keys::RemoveApiKey",
        r#"DELETE FROM "guild_api_keys" WHERE"#,
    ),
    (
        "tables/provider_keys::SetApiKey",
        r#"INSERT INTO "guild_api_keys" ("guild_id""#,
    ),
    (
        "tables/retention::ForgetProgress",
        r#"DELETE FROM "gateway_progress" WHERE"#,
    ),
    (
        "tables/retention::Sweep",
        "gone AS (DELETE FROM config_drafts m",
    ),
    ("tables/users::Sightings", "INSERT INTO user_data AS there"),
    (
        "tokens/write::GiveUp",
        "DELETE FROM guild_api_keys WHERE guild_id = $1 AND encrypted_api_key = $2",
    ),
    (
        "tokens/write::Reseal",
        "UPDATE guild_api_keys t SET encrypted_api_key =",
    ),
];

/// Every record of the program; those of tests are their own.
pub(crate) fn records() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    collect(&root, "", &mut found);
    found
}

fn collect(folder: &Path, above: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.extend(names(&text).map(|record| format!("{above}{name}::{record}")));
        }
    }
}

/// The names of a file's records, with parameters or without.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let headers = text.lines().filter(|line| line.starts_with("impl"));
    headers.filter_map(|header| {
        let (before, record) = header.split_once("Record for ")?;
        let is_whole = before.ends_with([' ', ':']);
        let name = record.split(['<', ' ']).next()?;
        is_whole.then_some(name)
    })
}

#[test]
fn records_are_found_with_parameters_and_without() {
    let text = "impl Record for A {\nimpl<T: Send> Record for B<T> {\nimpl record::Record for C\nwhere\n\
                impl NoRecord for D {\n// impl Record for E {\nimpl Records {\n";
    assert_eq!(names(text).collect::<Vec<_>>(), ["A", "B", "C"]);
}
