//! The id of a session: what its owner carries, and the hash by which it is kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

/// Bytes of an id, and of its hash.
const BYTES: usize = 32;

/// 256 random bits that open a session. Whoever has them is signed in: they belong into a cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId([u8; BYTES]);

/// What an id is kept by: from it nobody comes back to the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct IdHash([u8; BYTES]);

impl SessionId {
    /// A fresh id from the system's own source of chance; none where that fails.
    pub(super) fn generate() -> Option<Self> {
        let mut bytes = [0; BYTES];
        SysRng.try_fill_bytes(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Reads an id as a browser brings it back; nothing for what [`SessionId::expose`] never wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The id as text: 43 letters, digits, `-` and `_`.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(super) fn hash(&self) -> IdHash {
        IdHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(secret)")
    }
}

impl fmt::Display for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn an_id_survives_the_way_to_the_browser_and_back() {
        let id = SessionId::generate().expect("chance");
        let text = id.expose();
        assert_eq!(text.len(), 43);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(text.chars().all(fits), "{text}");
        assert_eq!(SessionId::read(&text), Some(id));
    }

    #[test]
    fn what_is_no_id_is_not_taken_for_one() {
        let text = SessionId::generate().expect("chance").expose();
        for wrong in [
            String::new(),
            text[..42].to_owned(),
            format!("{text}A"),
            format!("{text}="),
            format!(" {text}"),
            format!("{}+", &text[..42]),
            // The last letter holds four bits; with the other two set it is another spelling of the same id.
            format!("{}B", "A".repeat(42)),
            "ü".repeat(43),
        ] {
            assert_eq!(SessionId::read(&wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn no_two_ids_are_alike_and_none_is_printed() {
        let ids: HashSet<String> = (0..1_000)
            .map(|_| SessionId::generate().expect("chance").expose())
            .collect();
        assert_eq!(ids.len(), 1_000);
        let id = SessionId::generate().expect("chance");
        assert_eq!(format!("{id:?}"), "SessionId(secret)");
    }

    #[test]
    fn the_hash_is_the_sha_256_of_the_bytes() {
        let id = SessionId::read(&"A".repeat(43)).expect("an id of zeros");
        assert_eq!(
            id.hash().to_string(),
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
        );
    }
}
