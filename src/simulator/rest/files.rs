//! Files in a form, and fetching them again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::domain::ids::ChannelId;
use crate::simulator::shared::Shared;
use crate::simulator::world::files::NewFile;

/// A file that came with a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Upload {
    /// The number in `files[0]`, by which the message speaks of it.
    number: u64,
    name: String,
    kind: Option<String>,
    bytes: Bytes,
}

/// The files of a multipart body.
pub(super) fn uploaded(body: &Bytes, boundary: &str) -> Vec<Upload> {
    let parts = split(body, boundary).into_iter();
    parts.filter_map(|part| upload(body, part)).collect()
}

/// The JSON of a multipart body.
pub(super) fn payload<'a>(body: &'a [u8], boundary: &str) -> Option<&'a [u8]> {
    split(body, boundary).into_iter().find_map(|part| {
        let (head, content) = halves(part)?;
        (quoted(head, " name")? == "payload_json").then_some(content)
    })
}

fn split<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let marker = format!("--{boundary}");
    let (mut parts, mut rest) = (Vec::new(), body);
    while let Some(at) = find(rest, marker.as_bytes()) {
        parts.push(&rest[..at]);
        rest = &rest[at + marker.len()..];
    }
    parts
}

/// Where `wanted` begins. Most bytes of a file are not its first one, so that is looked for alone.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let (first, mut from) = (*wanted.first()?, 0);
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Head and content of a part.
fn halves(part: &[u8]) -> Option<(&str, &[u8])> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..end]).ok()?;
    let content = &part[end + 4..];
    Some((head, content.strip_suffix(b"\r\n").unwrap_or(content)))
}

fn quoted<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = head.split_once(&format!("{name}=\""))?;
    Some(rest.split_once('"')?.0)
}

fn upload(body: &Bytes, part: &[u8]) -> Option<Upload> {
    let (head, content) = halves(part)?;
    let number = quoted(head, " name")?;
    let number = number.strip_prefix("files[")?.strip_suffix(']')?;
    let kind = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let named = name.eq_ignore_ascii_case("content-type");
        named.then(|| value.trim().to_owned())
    });
    Some(Upload {
        number: number.parse().ok()?,
        name: quoted(head, "filename")?.to_owned(),
        kind,
        bytes: body.slice_ref(content),
    })
}

/// Takes the files together with what the message, or the answer's, says of them.
pub(super) fn taken(payload: &mut Value, files: Vec<Upload>) -> Vec<NewFile> {
    let answer = payload.get("data").is_some_and(Value::is_object);
    let message = if answer {
        payload.get_mut("data")
    } else {
        Some(payload)
    };
    let list = message.and_then(|message| message.get_mut("attachments"));
    let mut none = Vec::new();
    let list = list.and_then(Value::as_array_mut).unwrap_or(&mut none);
    files.into_iter().map(|file| take_one(list, file)).collect()
}

fn take_one(list: &mut Vec<Value>, file: Upload) -> NewFile {
    let means = |one: &Value| {
        let id = &one["id"];
        id.as_u64() == Some(file.number) || id == file.number.to_string().as_str()
    };
    let place = list.iter().position(means);
    let told = place.map_or(Value::Null, |place| list.remove(place));
    let text = |name: &str| told[name].as_str().map(str::to_owned);
    NewFile {
        name: text("filename").unwrap_or(file.name),
        kind: file.kind,
        description: text("description"),
        bytes: file.bytes,
    }
}

/// A file of a message, while it is kept.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Path((channel, id, name)): Path<(ChannelId, u64, String)>,
) -> Response {
    let found = shared.read(|state| {
        let (bytes, kind) = state.world.files.find(channel, id, &name)?;
        let kind = kind.unwrap_or("application/octet-stream").to_owned();
        Some((bytes, kind))
    });
    match found {
        Some((bytes, kind)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => (
            StatusCode::NOT_FOUND,
            "This content is no longer available.",
        )
            .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BODY: &[u8] = b"--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"hi\"}\r\n\
        --b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\
        \xff\xd8\r\n1\r\n--b\r\nContent-Disposition: form-data; name=\"files[3]\"; filename=\"b\"\r\n\r\n\r\n--b--\r\n";

    fn files() -> Vec<Upload> {
        uploaded(&Bytes::from_static(BODY), "b")
    }

    #[test]
    fn files_are_read_whatever_their_bytes() {
        let files = files();
        let facts: Vec<_> = files
            .iter()
            .map(|file| {
                (
                    file.number,
                    file.name.as_str(),
                    file.kind.as_deref(),
                    file.bytes.as_ref(),
                )
            })
            .collect();
        assert_eq!(
            facts,
            [
                (0, "a.png", Some("image/png"), &b"\xff\xd8\r\n1"[..]),
                (3, "b", None, b"")
            ]
        );
    }

    #[test]
    fn a_form_with_files_gives_its_json() {
        assert_eq!(payload(BODY, "b"), Some(&b"{\"content\":\"hi\"}"[..]));
        assert_eq!(payload(b"--x--", "x"), None);
    }

    #[test]
    fn a_file_is_taken_with_what_the_message_says_of_it() {
        let mut message = json!({"attachments": [
            {"id": "0", "description": "d", "filename": "c.png"}, {"id": "77"},
        ]});
        let taken_of = |payload: &mut Value| {
            let files = taken(payload, files()).into_iter();
            files
                .map(|file| (file.name, file.description))
                .collect::<Vec<_>>()
        };
        let (c, b) = ("c.png".to_owned(), "b".to_owned());
        let told = vec![(c, Some("d".to_owned())), (b.clone(), None)];
        assert_eq!(taken_of(&mut message), told);
        assert_eq!(
            message,
            json!({"attachments": [{"id": "77"}]}),
            "the others stay"
        );
        let mut answer =
            json!({"type": 4, "data": {"attachments": [{"id": 3, "description": "e"}]}});
        assert_eq!(taken_of(&mut answer)[1], (b, Some("e".to_owned())));
        assert_eq!(answer["data"]["attachments"], json!([]));
    }
}
