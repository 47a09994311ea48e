//! Uploaded files: the bytes of small ones are kept for a while and can be fetched from where the message says.

use std::collections::{BTreeMap, HashMap};

use axum::body::Bytes;
use serde_json::{Value, json};

use super::World;
use crate::domain::ids::ChannelId;

/// Bytes of a file that is kept, and of all kept files together; beyond, the oldest go.
const LARGEST: usize = 1024 * 1024;
const TOGETHER: usize = 64 * LARGEST;
/// How many uploads wait to be named by a command.
const UPLOADS: usize = 1_000;

/// A file that somebody sends.
#[derive(Clone, Debug)]
pub(crate) struct NewFile {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) bytes: Bytes,
}

/// What is kept, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Files {
    /// The address before the path of each file, without a slash at the end.
    pub(crate) base: String,
    kept: BTreeMap<u64, Kept>,
    bytes: usize,
    uploads: HashMap<String, Value>,
}

#[derive(Debug)]
struct Kept {
    channel: ChannelId,
    name: String,
    kind: Option<String>,
    bytes: Bytes,
}

impl Files {
    /// A file by the three parts of its path: its bytes and what kind of content they are.
    pub(crate) fn find(
        &self,
        channel: ChannelId,
        id: u64,
        name: &str,
    ) -> Option<(Bytes, Option<&str>)> {
        let found = self.kept.get(&id);
        let found = found.filter(|file| file.channel == channel && file.name == name)?;
        Some((found.bytes.clone(), found.kind.as_deref()))
    }

    /// The facts of the last upload of this name, which a command's option can name.
    pub(crate) fn find_upload(&self, name: &str) -> Option<&Value> {
        self.uploads.get(name)
    }

    fn keep(&mut self, id: u64, file: Kept) {
        if file.bytes.len() > LARGEST {
            return;
        }
        self.bytes += file.bytes.len();
        self.kept.insert(id, file);
        while self.bytes > TOGETHER {
            let Some((_, oldest)) = self.kept.pop_first() else {
                return;
            };
            self.bytes -= oldest.bytes.len();
        }
    }
}

impl World {
    /// Takes a file that is posted in a channel, and gives the facts that its message tells of it.
    pub(crate) fn keep_file(&mut self, channel: ChannelId, file: NewFile) -> Value {
        let id = self.next_id();
        let name = plain(&file.name);
        let url = format!("{}/attachments/{channel}/{id}/{name}", self.files.base);
        let mut facts = json!({
            "id": id.to_string(), "filename": name, "size": file.bytes.len(), "url": url, "proxy_url": url,
        });
        for (field, value) in [
            ("content_type", &file.kind),
            ("description", &file.description),
        ] {
            if let Some(value) = value {
                facts[field] = Value::from(value.as_str());
            }
        }
        if name != file.name {
            facts["title"] = Value::from(file.name);
        }
        let kept = Kept {
            channel,
            name,
            kind: file.kind,
            bytes: file.bytes,
        };
        self.files.keep(id, kept);
        facts
    }

    /// Takes a file that somebody is going to give to a command as an option, which names it.
    pub(crate) fn upload(&mut self, channel: ChannelId, file: NewFile) -> Value {
        let name = file.name.clone();
        let mut facts = self.keep_file(channel, file);
        facts["ephemeral"] = Value::from(true);
        if self.files.uploads.len() >= UPLOADS {
            self.files.uploads.clear();
        }
        self.files.uploads.insert(name, facts.clone());
        facts
    }
}

/// A file's name as Discord shows it: what an address cannot hold becomes an underscore.
fn plain(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let plain: String = name
        .chars()
        .map(|c| if fits(c) { c } else { '_' })
        .collect();
    // A path that is all dots leads elsewhere.
    if plain.trim_matches('.').is_empty() {
        return "unknown".to_owned();
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Clock;
    use chrono::DateTime;

    const PLACE: ChannelId = ChannelId(7);

    fn world() -> World {
        let mut world = World::new(Clock::manual(DateTime::UNIX_EPOCH), 1);
        world.files.base = "http://here".to_owned();
        world
    }

    fn file(name: &str, size: usize) -> NewFile {
        NewFile {
            name: name.to_owned(),
            kind: Some("text/plain".to_owned()),
            description: None,
            bytes: vec![b'x'; size].into(),
        }
    }

    fn id(facts: &Value) -> u64 {
        let id = facts["id"].as_str().and_then(|id| id.parse().ok());
        id.expect("an id")
    }

    #[test]
    fn a_file_is_found_by_its_whole_path_only() {
        let mut world = world();
        let facts = world.keep_file(PLACE, file("a b/ü.txt", 3));
        let id = id(&facts);
        assert_eq!(facts["filename"], "a_b__.txt");
        assert_eq!(facts["title"], "a b/ü.txt");
        assert_eq!(
            facts["url"],
            format!("http://here/attachments/7/{id}/a_b__.txt")
        );
        let found = world.files.find(PLACE, id, "a_b__.txt").expect("kept");
        assert_eq!(
            (found.0.as_ref(), found.1),
            (&b"xxx"[..], Some("text/plain"))
        );
        assert!(world.files.find(ChannelId(8), id, "a_b__.txt").is_none());
        assert!(world.files.find(PLACE, id, "b.txt").is_none());
        assert!(world.files.find(PLACE, id + 1, "a_b__.txt").is_none());
    }

    #[test]
    fn what_is_large_is_told_of_but_not_kept() {
        let mut world = world();
        let facts = world.keep_file(PLACE, file("big", LARGEST + 1));
        assert_eq!(facts["size"], LARGEST + 1);
        assert!(world.files.find(PLACE, id(&facts), "big").is_none());
    }

    #[test]
    fn the_oldest_go_when_there_is_too_much() {
        let mut world = world();
        let ids: Vec<u64> = (0..65)
            .map(|_| id(&world.keep_file(PLACE, file("f", LARGEST))))
            .collect();
        assert!(world.files.find(PLACE, ids[0], "f").is_none());
        assert!(world.files.find(PLACE, ids[1], "f").is_some());
        assert!(world.files.bytes <= TOGETHER);
    }

    #[test]
    fn an_upload_is_named_by_its_file() {
        let mut world = world();
        let facts = world.upload(PLACE, file("a b.txt", 1));
        assert_eq!(world.files.find_upload("a b.txt"), Some(&facts));
        assert_eq!(facts["ephemeral"], true);
        assert!(world.files.find_upload("other").is_none());
        for name in ["..", "", "."] {
            assert_eq!(plain(name), "unknown");
        }
    }
}
