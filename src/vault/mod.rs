//! The vault: Fernet keys that seal and open stored secrets.
//!
//! Tokens are standard Fernet, as the Python bot wrote them. The first key seals, all open, so a new key is put in front
//! and the old ones stay until everything is sealed anew.

use std::fmt;

use fernet::Fernet;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

/// The keys of `ENCRYPTION_KEY`.
pub struct Vault {
    /// The one that seals.
    first: Fernet,
    /// All of them, the first one too.
    keys: Vec<Fernet>,
}

/// A sealed secret. May be stored and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

/// Why a vault or a token is of no use. Tells nothing of keys and contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// A key is no Fernet key.
    #[error("key {0} is not a Fernet key, which is 32 bytes in url-safe base64")]
    WrongKey(usize),
    /// No key opens the token: it was sealed with another, or changed since.
    #[error("none of the keys opens this secret; is an older key missing from ENCRYPTION_KEY?")]
    NoKeyOpens,
    /// The token holds something that no secret of ours is.
    #[error("the opened secret is not text")]
    NotText,
}

/// How names end whose texts open something elsewhere.
const SECRETS: [&str; 5] = ["_KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD"];

/// Whether a setting that nobody knows is a secret by its name, in whatever case.
#[must_use]
pub fn sounds_secret(name: &str, value: &Json) -> bool {
    let name = name.to_ascii_uppercase();
    value.is_string() && SECRETS.iter().any(|end| name.ends_with(end))
}

impl Vault {
    /// Reads keys with commas between.
    ///
    /// # Errors
    /// [`VaultError::WrongKey`] with the place of the wrong key in the list, from 1.
    pub fn from_keys(keys: &SecretString) -> Result<Self, VaultError> {
        let keys = keys
            .expose_secret()
            .split(',')
            .enumerate()
            .map(|(index, key)| Fernet::new(key.trim()).ok_or(VaultError::WrongKey(index + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        let first = keys.first().cloned().ok_or(VaultError::WrongKey(1))?;
        Ok(Self { first, keys })
    }

    /// A fresh random key.
    #[must_use]
    pub fn generate_key() -> SecretString {
        Fernet::generate_key().into()
    }

    /// Seals a secret with the first key. The same secret gives another token each time.
    #[must_use]
    pub fn seal(&self, secret: &str) -> Token {
        Token(self.first.encrypt(secret.as_bytes()))
    }

    /// Opens a token with whichever key fits.
    ///
    /// # Errors
    /// [`VaultError::NoKeyOpens`] and [`VaultError::NotText`].
    pub fn open(&self, token: &Token) -> Result<SecretString, VaultError> {
        let opened = |key: &Fernet| key.decrypt(&token.0).ok();
        let bytes = self
            .keys
            .iter()
            .find_map(opened)
            .ok_or(VaultError::NoKeyOpens)?;
        String::from_utf8(bytes)
            .map(SecretString::from)
            .map_err(|_| VaultError::NotText)
    }

    /// Whether the token is sealed with the first key; one that is not should be sealed anew.
    #[must_use]
    pub fn is_current(&self, token: &Token) -> bool {
        self.first.decrypt(&token.0).is_ok()
    }

    /// The place in the list, from 1, of the key that opens the token; `None` where no key does.
    #[must_use]
    pub fn find_key(&self, token: &Token) -> Option<usize> {
        let opens = |key: &Fernet| key.decrypt(&token.0).is_ok();
        self.keys.iter().position(opens).map(|place| place + 1)
    }

    /// How many keys there are; at least one.
    #[must_use]
    pub fn count_keys(&self) -> usize {
        self.keys.len()
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

impl Token {
    /// The token that a stored text is. Whether a key opens it shows when it is opened.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The token as a JSON value, for secrets that stand among plain values: an object whose one field is `sealed`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({ "sealed": self.0 })
    }

    /// The token that a JSON value holds, if it is a sealed secret as [`Token::to_json`] writes it.
    #[must_use]
    pub fn find_in(value: &Json) -> Option<Self> {
        match value.as_object() {
            Some(fields) if fields.len() == 1 => {
                let token = fields.get("sealed")?.as_str()?;
                Some(Self(token.to_owned()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
