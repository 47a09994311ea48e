//! Files in a form: only their facts are kept.

use serde_json::{Map, Value, json};

/// A file that came with a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Upload {
    /// The number in `files[0]`, by which the message speaks of it.
    number: u64,
    name: String,
    kind: Option<String>,
    size: usize,
}

/// The files of a multipart body.
pub(super) fn uploaded(body: &[u8], boundary: &str) -> Vec<Upload> {
    let marker = format!("--{boundary}");
    let parts = split(body, marker.as_bytes());
    parts.into_iter().filter_map(upload).collect()
}

fn split<'a>(body: &'a [u8], marker: &[u8]) -> Vec<&'a [u8]> {
    let (mut parts, mut rest) = (Vec::new(), body);
    while let Some(at) = find(rest, marker) {
        parts.push(&rest[..at]);
        rest = &rest[at + marker.len()..];
    }
    parts
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

fn upload(part: &[u8]) -> Option<Upload> {
    let end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]);
    let content = &part[end + 4..];
    let size = content.strip_suffix(b"\r\n").unwrap_or(content).len();
    let quoted = |name: &str| {
        let (_, rest) = head.split_once(&format!("{name}=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let number = quoted(" name")?;
    let number = number.strip_prefix("files[")?.strip_suffix(']')?;
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.eq_ignore_ascii_case("content-type");
        named.then(|| value.trim().to_owned())
    });
    Some(Upload {
        number: number.parse().ok()?,
        name: quoted("filename")?,
        kind,
        size,
    })
}

/// Puts the facts of the files into the message that they came with, or into the answer's.
pub(super) fn describe(payload: &mut Value, files: &[Upload]) {
    let answer = payload.get("data").is_some_and(Value::is_object);
    let message = if answer {
        payload.get_mut("data")
    } else {
        Some(payload)
    };
    let Some(Value::Object(message)) = message else {
        return;
    };
    for file in files {
        describe_one(message, file);
    }
}

fn describe_one(message: &mut Map<String, Value>, file: &Upload) {
    let list = message.entry("attachments").or_insert_with(|| json!([]));
    let Value::Array(list) = list else { return };
    let means = |one: &Value| {
        let id = &one["id"];
        id.as_u64() == Some(file.number) || id == file.number.to_string().as_str()
    };
    let place = list.iter().position(means);
    let place = place.unwrap_or_else(|| {
        list.push(json!({"id": file.number}));
        list.len() - 1
    });
    let Value::Object(facts) = &mut list[place] else {
        return;
    };
    facts.insert("size".to_owned(), json!(file.size));
    facts.entry("filename").or_insert_with(|| json!(file.name));
    if let Some(kind) = &file.kind {
        facts.insert("content_type".to_owned(), json!(kind));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
        \xff\xd8\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"files[3]\"; filename=\"b\"\r\n\r\n\r\n--b--\r\n";

    #[test]
    fn the_facts_of_files_are_read_whatever_their_bytes() {
        let files = uploaded(BODY, "b");
        let facts: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    file.number,
                    file.name.as_str(),
                    file.kind.as_deref(),
                    file.size,
                )
            })
            .collect();
        assert_eq!(
            facts,
            [(0, "a.png", Some("image/png"), 5), (3, "b", None, 0)]
        );
    }

    #[test]
    fn a_message_is_told_of_its_files() {
        let files = uploaded(BODY, "b");
        let mut message = json!({"attachments": [{"id": "0", "description": "d"}]});
        describe(&mut message, &files);
        let told = json!({"attachments": [
            {"id": "0", "description": "d", "size": 5, "filename": "a.png", "content_type": "image/png"},
            {"id": 3, "size": 0, "filename": "b"},
        ]});
        assert_eq!(message, told);
        let mut answer = json!({"type": 4, "data": {}});
        describe(&mut answer, &files[1..]);
        assert_eq!(answer["data"]["attachments"][0]["filename"], "b");
    }
}
