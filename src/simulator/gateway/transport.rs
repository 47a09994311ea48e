//! How frames travel: as plain text, with large ones compressed one by one, or inside one compressed stream.

use std::io::{self, Write};

use axum::extract::ws::{Message, Utf8Bytes};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Deserialize;

use super::handshake::{Closing, UNREADABLE, WRONG_VERSION};
use super::stored;

/// Frames of at least this size are compressed for a client that asked for it in IDENTIFY. Discord calls this
/// compression optional for each packet and does not tell where it begins; below a kilobyte it gains nothing.
const WORTH_IT: usize = 1024;

/// How a connection can be compressed as a whole.
const ZLIB: &str = "zlib-stream";
const ZSTD: &str = "zstd-stream";

/// The only version of the protocol that is spoken here.
const VERSION: &str = "10";

/// What the address of a connection asks for: `?v=10&encoding=json&compress=zlib-stream`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wishes {
    v: Option<String>,
    encoding: Option<String>,
    compress: Option<String>,
}

impl Wishes {
    /// Why the connection cannot be, in a sentence.
    pub(crate) fn refusal(&self) -> Option<String> {
        let unknown = self
            .compress
            .as_deref()
            .filter(|wish| !matches!(*wish, ZLIB | ZSTD));
        unknown.map(|other| format!("this gateway compresses by {ZLIB} or {ZSTD}, not {other}\n"))
    }

    /// How the connection is closed at once: with another version than the one that is spoken, or another encoding
    /// than JSON, whose frames nobody here could read.
    pub(super) fn closing(&self) -> Option<Closing> {
        let other = |wish: &Option<String>, own| wish.as_deref().is_some_and(|wish| wish != own);
        if other(&self.v, VERSION) {
            return Some(WRONG_VERSION);
        }
        other(&self.encoding, "json").then_some(UNREADABLE)
    }

    pub(super) fn transport(&self) -> Transport {
        match self.compress.as_deref() {
            Some(ZSTD) => Transport::Zstd(stored::Stream::default()),
            Some(_) => Transport::Stream(encoder()),
            None => Transport::Text,
        }
    }
}

fn encoder() -> ZlibEncoder<Vec<u8>> {
    ZlibEncoder::new(Vec::new(), Compression::fast())
}

/// Turns frames into messages.
pub(super) enum Transport {
    Text,
    /// The client said `compress` in IDENTIFY: each large frame is a zlib stream of its own.
    Packets(ZlibEncoder<Vec<u8>>),
    /// All frames are one zlib stream, each of them flushed so that it ends with `00 00 ff ff`.
    Stream(ZlibEncoder<Vec<u8>>),
    /// All frames are one Zstandard stream.
    Zstd(stored::Stream),
}

impl Transport {
    /// The client takes compressed packets from now on. Inside a compressed stream there is nothing left to gain.
    pub(super) fn take_packets(&mut self) {
        if matches!(self, Self::Text) {
            *self = Self::Packets(encoder());
        }
    }

    /// # Errors
    ///
    /// When the compression fails, which memory cannot make it do.
    pub(super) fn message(&mut self, frame: Utf8Bytes) -> io::Result<Message> {
        match self {
            Self::Packets(encoder) if frame.len() >= WORTH_IT => {
                encoder.write_all(frame.as_bytes())?;
                let packet = encoder.reset(Vec::new())?;
                Ok(Message::Binary(packet.into()))
            }
            Self::Zstd(stream) => Ok(Message::Binary(stream.part(frame.as_bytes()).into())),
            Self::Text | Self::Packets(_) => Ok(Message::Text(frame)),
            Self::Stream(encoder) => {
                encoder.write_all(frame.as_bytes())?;
                encoder.flush()?;
                Ok(Message::Binary(std::mem::take(encoder.get_mut()).into()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::ZlibDecoder;
    use flate2::{Decompress, FlushDecompress};

    use super::*;

    fn wishes(compress: Option<&str>) -> Wishes {
        Wishes {
            compress: compress.map(str::to_owned),
            ..Wishes::default()
        }
    }

    fn binary(message: Message) -> Vec<u8> {
        match message {
            Message::Binary(bytes) => bytes.to_vec(),
            other => panic!("{other:?} is not binary"),
        }
    }

    #[test]
    fn without_a_wish_frames_are_text() {
        let mut transport = wishes(None).transport();
        let long = "x".repeat(10_000);
        let message = transport.message(long.clone().into()).expect("no failure");
        assert_eq!(message, Message::Text(long.into()));
    }

    #[test]
    fn only_large_packets_are_compressed_and_each_stands_alone() {
        let mut transport = wishes(None).transport();
        transport.take_packets();
        let small = transport.message("{}".into()).expect("no failure");
        assert_eq!(small, Message::Text("{}".into()));
        for text in ["a".repeat(WORTH_IT), "b".repeat(100_000)] {
            let packet = binary(transport.message(text.clone().into()).expect("no failure"));
            assert!(packet.len() < text.len() / 10);
            let mut read = String::new();
            let mut decoder = ZlibDecoder::new(packet.as_slice());
            decoder.read_to_string(&mut read).expect("a zlib stream");
            assert_eq!(read, text);
        }
    }

    #[test]
    fn a_stream_is_flushed_after_each_frame() {
        let mut transport = wishes(Some("zlib-stream")).transport();
        transport.take_packets();
        let mut inflater = Decompress::new(true);
        for text in ["{}".to_owned(), "a".repeat(100_000), "{}".to_owned()] {
            let part = binary(transport.message(text.clone().into()).expect("no failure"));
            assert_eq!(part[part.len() - 4..], [0, 0, 0xff, 0xff]);
            let mut read = Vec::with_capacity(200_000);
            let flush = FlushDecompress::Sync;
            inflater
                .decompress_vec(&part, &mut read, flush)
                .expect("its next part");
            assert_eq!(String::from_utf8(read).expect("text"), text);
        }
    }

    #[test]
    fn what_is_not_spoken_is_refused() {
        assert_eq!(wishes(None).refusal(), None);
        assert_eq!(wishes(Some("zlib-stream")).refusal(), None);
        assert_eq!(wishes(Some("zstd-stream")).refusal(), None);
        let said = wishes(Some("brotli")).refusal().expect("refused");
        assert!(said.contains("zlib-stream") && said.contains("brotli"));
        let etf = Wishes {
            encoding: Some("etf".to_owned()),
            ..Wishes::default()
        };
        assert_eq!(etf.closing(), Some(UNREADABLE));
        let version = |v: &str| Wishes {
            v: Some(v.to_owned()),
            ..Wishes::default()
        };
        assert_eq!(version("10").closing(), None);
        assert_eq!(Wishes::default().closing(), None);
        for other in ["6", ""] {
            assert_eq!(version(other).closing(), Some(WRONG_VERSION));
        }
    }
}
