//! Which records the writer takes, and by what text of theirs the log tells that they were written.

use std::collections::BTreeSet;
use std::path::Path;

/// Every record, as `file::name`, and a part of a statement of its own. A new one is added here, and to the tour
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
        "INSERT INTO guild_config_revisions",
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
        "guilds::GuildSeen",
        r#"INSERT INTO "guild_settings" ("guild_id", "name", "member_count")"#,
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
        r#"ON CONFLICT ("operation_key", "step") DO NOTHING"#,
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
        "progress::HeardUntil",
        r#"INSERT INTO "gateway_progress" ("shards""#,
    ),
    (
        "provider_keys::RemoveApiKey",
        r#"DELETE FROM "guild_api_keys" WHERE"#,
    ),
    (
        "provider_keys::SetApiKey",
        r#"INSERT INTO "guild_api_keys" ("guild_id""#,
    ),
    (
        "retention::ForgetProgress",
        r#"DELETE FROM "gateway_progress" WHERE"#,
    ),
    ("retention::Sweep", "gone AS (DELETE FROM config_drafts m"),
    (
        "tokens/write::GiveUp",
        "DELETE FROM guild_api_keys WHERE guild_id = $1 AND encrypted_api_key = $2",
    ),
    (
        "tokens/write::Reseal",
        "UPDATE guild_api_keys t SET encrypted_api_key =",
    ),
    ("users::Sightings", "INSERT INTO user_data AS there"),
];

/// Every record of the shared tables and of the rooms' own.
pub(crate) fn records() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeSet::new();
    for folder in ["store/tables", "features"] {
        collect(&root.join(folder), "", &mut found);
    }
    found
}

fn collect(folder: &Path, above: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            collect(&path, &format!("{name}/"), found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let lines = text.lines();
            let records = lines.filter_map(|line| line.strip_prefix("impl Record for "));
            let records = records.filter_map(|rest| rest.split_whitespace().next());
            found.extend(records.map(|record| format!("{above}{name}::{record}")));
        }
    }
}
