//! A user's picture as Discord names it: a hash, from which its address follows.

use std::fmt;
use std::str::FromStr;

use super::ids::UserId;

/// The hash of a user's own picture. Who has none is shown one of Discord's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Avatar {
    hash: u128,
    animated: bool,
}

/// A text that names no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an avatar is 32 hexadecimal digits, after a_ where it moves")]
pub struct AvatarError;

impl Avatar {
    /// Where the picture of this user can be fetched; from Discord's reference on image formatting.
    #[must_use]
    pub fn url(self, user: UserId) -> String {
        let kind = if self.animated { "gif" } else { "png" };
        format!("https://cdn.discordapp.com/avatars/{user}/{self}.{kind}")
    }
}

impl FromStr for Avatar {
    type Err = AvatarError;

    fn from_str(text: &str) -> Result<Self, AvatarError> {
        let (digits, animated) = match text.strip_prefix("a_") {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let is_hash = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let hash = u128::from_str_radix(digits, 16).ok();
        hash.filter(|_| is_hash)
            .map(|hash| Self { hash, animated })
            .ok_or(AvatarError)
    }
}

impl fmt::Display for Avatar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.animated { "a_" } else { "" };
        write!(f, "{mark}{:032x}", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_written_and_made_an_address() {
        for (hash, kind) in [
            ("06c16474723fe537c283b8efa61a30c8", "png"),
            ("a_e3c0db7f38777778fb43081f8746ebc9", "gif"),
        ] {
            let avatar: Avatar = hash.parse().expect("a hash");
            assert_eq!(avatar.to_string(), hash);
            assert_eq!(
                avatar.url(UserId(42)),
                format!("https://cdn.discordapp.com/avatars/42/{hash}.{kind}")
            );
        }
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for text in [
            "",
            "a_",
            "clyde",
            "06c16474723fe537c283b8efa61a30c",
            "+6c16474723fe537c283b8efa61a30c8",
            "06c16474723fe537c283b8efa61a30c8/../x",
            "ä6c16474723fe537c283b8efa61a30c",
        ] {
            assert_eq!(text.parse::<Avatar>(), Err(AvatarError), "{text}");
        }
    }
}
