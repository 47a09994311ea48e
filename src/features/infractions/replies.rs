//! What a moderator reads about infractions.

use crate::domain::ids::UserId;
use crate::store::tables::infractions::Infraction;

/// A member's history.
pub(super) fn history(member: UserId, rows: &[Infraction], total: i64) -> String {
    if rows.is_empty() {
        return format!("<@{member}> has no infractions in this server.");
    }
    let count = if total == 1 {
        "1 infraction".to_owned()
    } else {
        format!("{total} infractions")
    };
    let mut text = format!("**{count} of** <@{member}>");
    if i64::try_from(rows.len()).is_ok_and(|shown| shown < total) {
        text.push_str(&format!(", the newest {}", rows.len()));
    }
    for row in rows {
        text.push_str(&line(row));
    }
    text
}

fn line(row: &Infraction) -> String {
    let case = row
        .case_number
        .map_or_else(String::new, |number| format!(" · case #{number}"));
    let rule = row.rule_violated.as_deref().unwrap_or("no rule given");
    format!(
        "\n- <t:{}:f> **{}**{case}: {}",
        row.timestamp.timestamp(),
        row.action_taken.as_deref().unwrap_or("UNKNOWN"),
        rule.chars().take(150).collect::<String>()
    )
}
