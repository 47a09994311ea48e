//! Reads a file on a thread of its own, at most a few trays ahead of what is written.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::atomic::AtomicU64;

use tokio::sync::mpsc::Sender;

use super::kinds::Kind;
use super::tray::Tray;
use super::walk::{Fault, walk};

/// Trays that wait between reading and writing.
pub(super) const AHEAD: usize = 2;

/// What is at a path.
#[derive(Debug)]
pub(super) enum Found {
    /// A file with so many bytes.
    Content(u64),
    /// A file with nothing in it.
    Blank,
    /// Nothing.
    Nothing,
}

/// Looks what is there.
pub(super) fn look(path: &Path) -> io::Result<Found> {
    let about = match std::fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        about => about?,
    };
    if about.is_dir() {
        return Err(io::Error::other("it is a directory"));
    }
    let mut file = BufReader::new(open(path)?);
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Ok(Found::Blank);
        }
        if !buffer.iter().all(u8::is_ascii_whitespace) {
            return Ok(Found::Content(about.len()));
        }
        let count = buffer.len();
        file.consume(count);
    }
}

/// Opens a file behind the mark of byte order that some editors put first.
fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    let mut reader = BufReader::with_capacity(16, &file);
    let has_mark = reader.fill_buf()?.starts_with(b"\xef\xbb\xbf");
    let start = if has_mark { 3 } else { 0 };
    let mut file = file;
    file.seek(SeekFrom::Start(start))?;
    Ok(file)
}

/// Reads a file to its end.
pub(super) fn feed<K: Kind>(
    path: &Path,
    mut kind: K,
    read: &AtomicU64,
    trays: &Sender<Tray<K::Row>>,
) -> Result<(), Fault> {
    let mut tray = Tray::default();
    let shape = kind.legacy().shape;
    walk(open(path)?, shape, read, &mut |record| {
        kind.read(record, &mut tray);
        !tray.is_full() || trays.blocking_send(std::mem::take(&mut tray)).is_ok()
    })?;
    trays.blocking_send(tray).map_err(|_| Fault::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Found {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file.json");
        std::fs::write(&path, bytes).expect("written");
        look(&path).expect("readable")
    }

    #[test]
    fn blank_is_what_holds_nothing_but_white_space() {
        for bytes in [&b""[..], b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"] {
            assert!(matches!(found(bytes), Found::Blank), "{bytes:?}");
        }
        assert!(matches!(found(&[b' '; 20_000]), Found::Blank));
        assert!(matches!(found(b" {}"), Found::Content(3)));
    }

    #[test]
    fn what_is_no_file_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let nothing = look(&folder.path().join("nothing")).expect("fine");
        assert!(matches!(nothing, Found::Nothing));
        let error = look(folder.path()).expect_err("a directory");
        assert_eq!(error.to_string(), "it is a directory");
    }
}
