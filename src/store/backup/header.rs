//! The head of a backup: it tells which pg_dump wrote the file, also to programs that are too old to read the rest.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A head is shorter: a few numbers, a name and two versions.
const LONGEST: u64 = 2048;

/// The major version of the pg_dump that wrote a file, where its head looks as heads have always looked.
pub(super) fn written_by(file: &Path) -> Option<u32> {
    let mut head = Vec::new();
    let opened = File::open(file).ok()?;
    opened.take(LONGEST).read_to_end(&mut head).ok()?;
    find(&head)
}

/// Numbers come first, and how many there are depends on the version. Their bytes are no texts.
fn find(head: &[u8]) -> Option<u32> {
    (0..head.len()).find_map(|start| program(&head[start..]))
}

/// One text after the other: the database's name, the server's version, the program's.
fn program(bytes: &[u8]) -> Option<u32> {
    let (database, rest) = text(bytes)?;
    let (server, rest) = text(rest)?;
    let (program, _) = text(rest)?;
    let is_head = !database.is_empty() && major(server).is_some();
    is_head.then(|| major(program)).flatten()
}

/// A sign, the length in four bytes, and so many letters; and what follows them.
fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let ([sign, length @ ..], rest) = bytes.split_first_chunk::<5>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (text, rest) = rest.split_at_checked(length)?;
    let is_text = *sign == 0 && !text.iter().any(u8::is_ascii_control);
    let text = std::str::from_utf8(text).ok()?;
    is_text.then_some((text, rest))
}

/// `15.18 (Debian 15.18-0+deb12u1)` and `18beta1` begin with their major version.
pub(super) fn major(version: &str) -> Option<u32> {
    let mut parts = version.split(|letter: char| !letter.is_ascii_digit());
    parts.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head with `compression` in the form of its version.
    fn head(compression: &[u8], texts: [&str; 3]) -> Vec<u8> {
        let mut head = b"PGDMP\x01\x10\x00\x04\x08\x01".to_vec();
        head.extend(compression);
        // Second, minute, hour, day, month, year, summer time.
        for number in [5_u32, 1, 0, 30, 11, 126, 0] {
            head.push(0);
            head.extend(number.to_le_bytes());
        }
        for text in texts {
            head.push(0);
            let length = u32::try_from(text.len()).expect("it is short");
            head.extend(length.to_le_bytes());
            head.extend(text.bytes());
        }
        // So many entries, and the first of them.
        head.extend([0, 77, 0, 0, 0, 0, 1, 0, 0, 0]);
        head
    }

    #[test]
    fn the_program_is_read_from_heads_of_every_form() {
        let debian = "15.18 (Debian 15.18-0+deb12u1)";
        for (texts, program) in [
            (["aimod", debian, "17.2 (Debian 17.2-1)"], 17),
            (["aimod", "15.18", "18beta1"], 18),
            (["15.1 of old", "16.4", "19devel"], 19),
        ] {
            for compression in [&[1][..], &[1, 255, 255, 255, 255], &[0, 6, 0, 0, 0]] {
                let head = head(compression, texts);
                assert_eq!(find(&head), Some(program), "{texts:?}, {compression:?}");
            }
        }
    }

    #[test]
    fn what_is_no_head_names_no_program() {
        let whole = head(&[1], ["aimod", "15.18", "17.2"]);
        let no_version = head(&[1], ["aimod", "15.18", "unknown"]);
        for head in [
            &b"hello"[..],
            &whole[..60],
            &[0_u8; 100][..],
            &no_version[..],
        ] {
            assert_eq!(find(head), None, "{head:?}");
        }
    }
}
