//! All that is kept about a person, as one document.

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Json};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Map, Value, json};

use crate::domain::ids::UserId;

/// What is kept, by part; ids are texts, because many programs read numbers of that size wrongly.
pub type Export = Map<String, Value>;

/// Each part as a list of objects. Who noted, judged or banned is somebody else's data and stays out.
const PARTS: [(&str, &str); 9] = [
    (
        "user",
        "SELECT u.username, u.discriminator, u.avatar_url, u.first_seen, u.last_seen, u.message_count, \
         u.infraction_count FROM user_data u WHERE u.user_id = $1",
    ),
    (
        "infractions",
        "SELECT i.guild_id::text AS guild, i.timestamp AS at, i.rule_violated AS rule, i.action_taken AS action, \
         i.reasoning AS reason, m.case_number AS case FROM user_infractions i \
         LEFT JOIN moderation_logs m ON m.id = i.case_id WHERE i.user_id = $1 ORDER BY i.timestamp, i.id",
    ),
    (
        "cases",
        "SELECT m.guild_id::text AS guild, m.case_number AS number, m.created_at AS at, m.action_type AS action, \
         m.reason, m.note, m.duration_seconds, m.outcome, m.outcome_detail, m.lifted_at, \
         (SELECT json_agg(json_build_object('field', lower(e.field), 'old', e.old_text, 'new', e.new_text, \
         'at', e.edited_at) ORDER BY e.id) FROM case_edits e WHERE e.case_id = m.id) AS edits \
         FROM moderation_logs m WHERE m.target_user_id = $1 ORDER BY m.created_at, m.id",
    ),
    (
        "appeals",
        "SELECT a.guild_id::text AS guild, a.created_at AS at, a.reason AS text, a.status, a.admin_response AS answer, \
         a.updated_at FROM appeals a WHERE a.user_id = $1 ORDER BY a.created_at, a.id",
    ),
    (
        "notes",
        "SELECT n.guild_id::text AS guild, n.created_at AS at, n.note AS text, n.removed_at FROM user_notes n \
         WHERE n.user_id = $1 ORDER BY n.created_at, n.id",
    ),
    (
        "global_bans",
        "SELECT b.created_at AS at, b.reason FROM global_bans b WHERE b.user_id = $1",
    ),
    // What Discord was asked for lately; of its contents what was written to the person, since cards name others too.
    (
        "latest_actions",
        "SELECT j.guild_id::text AS guild, j.created_at AS at, j.kind AS action, j.state, j.settled_at, m.case_number AS case, \
         CASE j.kind WHEN 'NOTICE' THEN j.payload ->> 'text' END AS text FROM action_journal j \
         LEFT JOIN moderation_logs m ON m.id = j.case_id \
         WHERE j.id IN (SELECT c.id FROM action_journal c JOIN moderation_logs o ON o.id = c.case_id WHERE o.target_user_id = $1 \
         UNION SELECT e.id FROM action_journal e JOIN (SELECT 'appeals:' || k.word || ':' || a.id AS key FROM appeals a, \
         unnest(ARRAY['card', 'under_review', 'approved', 'denied']) AS k (word) WHERE a.user_id = $1) w \
         ON w.key = e.operation_key) ORDER BY j.id",
    ),
    (
        "command_runs",
        "SELECT l.guild_id::text AS guild, l.timestamp AS at, l.command_name AS command, l.outcome, l.duration_ms \
         FROM command_logs l WHERE l.user_id = $1 ORDER BY l.timestamp, l.id",
    ),
    (
        "waiting_imports",
        "SELECT d.guild_id::text AS guild, d.created_at AS at, d.changes FROM config_drafts d WHERE d.asked_by = $1 \
         ORDER BY d.id",
    ),
];

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = Json)]
    value: Value,
}

/// The document that a person or an operator gets of it.
#[must_use]
pub fn document(user: UserId, made_at: DateTime<Utc>, kept: Export) -> Value {
    json!({
        "format": "aimod-mydata-1",
        "made_at": made_at,
        "user": user.to_string(),
        "kept": kept,
    })
}

/// Reads all parts; a part without rows is an empty list.
///
/// # Errors
/// Whatever the database gives.
pub async fn load_export(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Export> {
    let mut export = Export::new();
    for (name, query) in PARTS {
        // The database makes the objects: their columns need no type each in Rust.
        let rows: Rows = diesel::sql_query(format!(
            "SELECT COALESCE(json_agg(part), '[]') AS value FROM ({query}) part"
        ))
        .bind::<BigInt, _>(user.as_i64())
        .get_result(conn)
        .await?;
        export.insert(name.to_owned(), rows.value);
    }
    Ok(export)
}
