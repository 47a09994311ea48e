//! A Zstandard stream without compression: every frame becomes stored blocks, which any decoder reads.
//!
//! No encoder of Zstandard in Rust alone can flush a stream, and what a simulator saves by compressing is nothing; that
//! a client's decoder is fed as Discord feeds it is what counts. Format: RFC 8878.

/// The magic number, a descriptor without any extras, and a window of 128 KiB (2^(10 + 7)).
const HEADER: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 7 << 3];
/// The largest block of that window.
const LARGEST: usize = 128 * 1024;

/// One stream, from HELLO to the end of the connection.
#[derive(Debug, Default)]
pub(super) struct Stream {
    begun: bool,
}

impl Stream {
    /// The next part of the stream: a whole number of blocks, so that it can be read as soon as it is there.
    pub(super) fn part(&mut self, text: &[u8]) -> Vec<u8> {
        let mut part = Vec::with_capacity(text.len() + 16);
        if !self.begun {
            self.begun = true;
            part.extend(HEADER);
        }
        for block in text.chunks(LARGEST) {
            // Three bytes, little-endian: whether it is the last, then two bits of the kind (0 is stored), then the size.
            let header = u32::try_from(block.len()).unwrap_or_default() << 3;
            part.extend(&header.to_le_bytes()[..3]);
            part.extend(block);
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_whole_blocks_and_the_first_begins_with_the_header() {
        let mut stream = Stream::default();
        let first = stream.part(b"abc");
        assert_eq!(first[..6], HEADER);
        assert_eq!(first[6..], [3 << 3, 0, 0, b'a', b'b', b'c']);
        let long = vec![b'x'; LARGEST + 1];
        let next = stream.part(&long);
        assert_eq!(next[..3], [0, 0, 0x10], "128 KiB, shifted by three bits");
        assert_eq!(next[3 + LARGEST..], [1 << 3, 0, 0, b'x']);
    }
}
