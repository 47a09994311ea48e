//! A guild's audit log as Discord keeps it, as far as its entries are cases.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;

use super::error::RestError;
use super::metrics::Route;
use super::rest::{DiscordRest, call};
use crate::domain::event::{AuditEntry, Deed};
use crate::domain::ids::{AuditEntryId, GuildId, UserId};

/// How many entries one call brings at most; Discord gives no more.
const AUDIT_PAGE: usize = 100;

/// The key of a change that sets or ends a timeout.
const TIMEOUT_KEY: &str = "communication_disabled_until";

/// Discord's numbers of the actions that are cases.
mod action {
    pub(super) const KICK: u64 = 20;
    pub(super) const BAN: u64 = 22;
    pub(super) const UNBAN: u64 = 23;
    pub(super) const MEMBER_UPDATE: u64 = 24;
}

/// An entry in Discord's form, read leniently: what is new in it does not keep it from being understood.
#[derive(Deserialize)]
pub struct KeptEntry {
    id: AuditEntryId,
    user_id: Option<UserId>,
    #[serde(default)]
    target_id: Option<Value>,
    action_type: u64,
    #[serde(default)]
    changes: Option<Vec<KeptChange>>,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
struct KeptChange {
    key: String,
    #[serde(default)]
    old_value: Value,
    #[serde(default)]
    new_value: Value,
}

impl KeptEntry {
    /// In our words; `None` for everything that is not a case.
    #[must_use]
    pub fn into_entry(self) -> Option<AuditEntry> {
        let deed = match self.action_type {
            action::KICK => Deed::Kicked,
            action::BAN => Deed::Banned,
            action::UNBAN => Deed::Unbanned,
            action::MEMBER_UPDATE => self.timeout()?,
            _ => return None,
        };
        Some(AuditEntry {
            id: self.id,
            actor: self.user_id?,
            target: UserId::deserialize(self.target_id?).ok()?,
            deed,
            reason: self.reason.filter(|reason| !reason.trim().is_empty()),
        })
    }

    fn timeout(&self) -> Option<Deed> {
        let mut changes = self.changes.iter().flatten();
        let change = changes.find(|change| change.key == TIMEOUT_KEY)?;
        let end = |value: &Value| DateTime::<Utc>::deserialize(value).ok();
        let (old, new) = (end(&change.old_value), end(&change.new_value));
        Deed::of_timeout(old, new, self.id.created_at())
    }
}

/// A piece of an audit log.
#[derive(Debug)]
pub struct AuditPage {
    /// What of it is a case, oldest first.
    pub entries: Vec<AuditEntry>,
    /// Where the next piece begins; `None` where this was the last.
    pub next: Option<AuditEntryId>,
}

#[derive(Deserialize)]
struct KeptLog {
    audit_log_entries: Vec<KeptEntry>,
}

impl DiscordRest {
    /// The entries of a guild's audit log that follow `after`, oldest first. Needs View Audit Log.
    ///
    /// # Errors
    /// `Forbidden` where the bot may not read it.
    pub async fn list_audit_entries(
        &self,
        guild: GuildId,
        after: AuditEntryId,
    ) -> Result<AuditPage, RestError> {
        let path = format!("/guilds/{guild}/audit-logs?after={after}&limit={AUDIT_PAGE}");
        let log: KeptLog = self
            .read(call(Route::AuditLog, Method::GET, path, guild.0))
            .await?;
        let mut kept = log.audit_log_entries;
        kept.sort_unstable_by_key(|entry| entry.id);
        let next = kept.last().map(|entry| entry.id);
        Ok(AuditPage {
            next: next.filter(|_| kept.len() >= AUDIT_PAGE),
            entries: kept.into_iter().filter_map(KeptEntry::into_entry).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// An entry of 2026-08-01, 00:00:00 UTC.
    const ID: u64 = 1_532_900_671_488_000_000;

    fn read(more: Value) -> Option<AuditEntry> {
        let mut entry = json!({"id": ID.to_string(), "user_id": "5", "target_id": "6"});
        let fields = entry.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        let kept: KeptEntry = serde_json::from_value(entry).expect("an entry");
        kept.into_entry()
    }

    fn timeout(old: Value, new: Value) -> Option<Deed> {
        let changes = json!([{"key": "nick", "new_value": "x"},
            {"key": "communication_disabled_until", "old_value": old, "new_value": new}]);
        read(json!({"action_type": 24, "changes": changes})).map(|entry| entry.deed)
    }

    #[test]
    fn bans_unbans_and_kicks_are_read_with_their_reasons() {
        for (number, deed) in [(20, Deed::Kicked), (22, Deed::Banned), (23, Deed::Unbanned)] {
            let entry = read(json!({"action_type": number, "reason": "spam"})).expect("a case");
            assert_eq!(
                (
                    entry.actor,
                    entry.target,
                    entry.deed,
                    entry.reason.as_deref()
                ),
                (UserId(5), UserId(6), deed, Some("spam"))
            );
        }
        let silent = read(json!({"action_type": 22, "reason": " "})).expect("a case");
        assert_eq!(silent.reason, None);
    }

    #[test]
    fn a_timeout_is_told_from_its_end_and_from_other_edits() {
        let later = "2026-08-01T01:00:00.000000+00:00";
        let until = later.parse().expect("a time");
        assert_eq!(
            timeout(Value::Null, json!(later)),
            Some(Deed::TimedOut { until })
        );
        assert_eq!(timeout(json!(later), Value::Null), Some(Deed::TimeoutEnded));
        let earlier = json!("2026-07-01T00:00:00+00:00");
        assert_eq!(timeout(earlier, Value::Null), None, "it was over");
        let nick = json!([{"key": "nick", "new_value": "x"}]);
        assert_eq!(read(json!({"action_type": 24, "changes": nick})), None);
    }

    #[test]
    fn what_is_no_case_or_names_nobody_is_left_out() {
        for entry in [
            json!({"action_type": 21, "options": {"members_removed": "3"}}),
            json!({"action_type": 145}),
            json!({"action_type": 9_999}),
            json!({"action_type": 20, "target_id": null}),
            json!({"action_type": 20, "target_id": "a word"}),
            json!({"action_type": 20, "user_id": null}),
            json!({"action_type": 24, "changes": null}),
        ] {
            assert_eq!(read(entry.clone()), None, "{entry}");
        }
    }
}
