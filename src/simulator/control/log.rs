//! What the bot asked for, request by request.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fault::matches;
use crate::simulator::world::wire::time;

/// Requests that are remembered; the oldest are forgotten first.
const REMEMBERED: usize = 50_000;

/// One request of the bot and its fate.
#[derive(Clone, Debug)]
pub struct RequestEntry {
    /// The HTTP method.
    pub method: String,
    /// The route, such as `/guilds/{guild_id}/bans/{user_id}`; `(unknown)` for a path that is not simulated.
    pub route: String,
    /// The path below `/api/v10`.
    pub path: String,
    /// The answered status; 0 when the connection was dropped.
    pub status: u16,
    /// The reason for the audit log.
    pub reason: Option<String>,
    /// The JSON that was sent; `Null` for none, for files and for very long ones.
    pub body: Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl RequestEntry {
    pub(crate) fn wire(&self) -> Value {
        json!({
            "at": time(self.at), "method": self.method, "route": self.route, "path": self.path,
            "status": self.status, "reason": self.reason, "body": self.body,
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<RequestEntry>,
    pub(crate) total: u64,
}

impl RequestLog {
    pub(crate) fn push(&mut self, entry: RequestEntry) {
        if self.entries.len() == REMEMBERED {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.total += 1;
    }

    /// The requests that fit a pattern (see [`matches()`]), oldest first.
    pub(crate) fn list(&self, pattern: &str) -> impl Iterator<Item = &RequestEntry> {
        let fits = move |entry: &&RequestEntry| matches(pattern, &entry.method, &entry.path);
        self.entries.iter().filter(fits)
    }

    /// The last so many, oldest first.
    pub(crate) fn newest(&self, count: usize) -> impl Iterator<Item = &RequestEntry> {
        let before = self.entries.len().saturating_sub(count);
        self.entries.iter().skip(before)
    }

    /// How many requests each route answered with each status.
    pub(crate) fn counts(&self) -> Value {
        let mut counts = serde_json::Map::new();
        for entry in &self.entries {
            let name = format!("{} {} {}", entry.method, entry.route, entry.status);
            let count = counts.entry(name).or_insert(json!(0));
            *count = json!(count.as_u64().unwrap_or(0) + 1);
        }
        Value::Object(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, status: u16) -> RequestEntry {
        RequestEntry {
            method: "GET".to_owned(),
            route: "/users/{user_id}".to_owned(),
            path: path.to_owned(),
            status,
            reason: None,
            body: Value::Null,
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_oldest_requests_are_forgotten_and_all_are_counted() {
        let mut log = RequestLog::default();
        for number in 0..=REMEMBERED {
            log.push(entry(&format!("/users/{number}"), 200));
        }
        assert_eq!(log.total, REMEMBERED as u64 + 1);
        assert_eq!(log.list("*").count(), REMEMBERED);
        assert_eq!(log.list("/users/0").count(), 0);
        assert_eq!(log.list("GET /users/1").count(), 1);
    }

    #[test]
    fn requests_are_counted_by_route_and_status() {
        let mut log = RequestLog::default();
        for status in [200, 200, 404] {
            log.push(entry("/users/1", status));
        }
        let expected = json!({"GET /users/{user_id} 200": 2, "GET /users/{user_id} 404": 1});
        assert_eq!(log.counts(), expected);
    }
}
