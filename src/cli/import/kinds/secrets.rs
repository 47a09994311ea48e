//! Guilds' keys to model providers, which the Python bot kept in its database alone: Fernet tokens, taken as they are
//! where a key of ours opens them.

use std::sync::Arc;

use diesel::QueryResult;
use futures_util::future::{BoxFuture, FutureExt as _};
use serde_json::Value as Json;

use super::{Kind, Legacy};
use crate::cli::import::fields::{Fields, Wrong};
use crate::cli::import::tray::Tray;
use crate::cli::import::walk::{Record, Shape};
use crate::store::import::secrets::{OldSecret, settle};
use crate::store::import::{OldTable, Session, Settled};
use crate::vault::{Token, Vault};

static LEGACY: Legacy = Legacy {
    file: None,
    shape: Shape::Items,
    table: OldTable::SECRETS,
};

const MOST_CHARS: usize = 1_000_000;

/// Sealed keys.
#[derive(Clone)]
pub(in crate::cli::import) struct Secrets {
    vault: Option<Arc<Vault>>,
    overwrite: bool,
}

impl Secrets {
    /// Tokens are tried on this vault.
    pub(in crate::cli::import) const fn new(vault: Option<Arc<Vault>>, overwrite: bool) -> Self {
        Self { vault, overwrite }
    }

    fn secret(&self, json: &str) -> Result<OldSecret, Wrong> {
        let mut fields = Fields::read(json)?;
        Ok(OldSecret {
            guild_id: fields.id("guild_id")?,
            api_provider: fields.find_text("api_provider", 100)?,
            encrypted_api_key: self.token(&mut fields, "encrypted_api_key")?,
            encrypted_github_auth_info: self.token(&mut fields, "encrypted_github_auth_info")?,
        })
    }

    /// A token that opens. Sign-in data were wrapped as `{"data": token}`.
    fn token(&self, fields: &mut Fields<'_>, name: &str) -> Result<Option<String>, Wrong> {
        let text = match fields.take(name) {
            Some(Json::Object(mut wrapped)) => wrapped.remove("data").unwrap_or_default(),
            Some(Json::String(text)) => match serde_json::from_str(&text) {
                Ok(Json::Object(mut wrapped)) => wrapped.remove("data").unwrap_or_default(),
                _ => Json::String(text),
            },
            Some(_) => return Err(Wrong::field(name, "it is no sealed secret")),
            None => return Ok(None),
        };
        let Json::String(text) = text else {
            return Err(Wrong::field(name, "it is no sealed secret"));
        };
        if text.is_empty() || text.len() > MOST_CHARS {
            return Err(Wrong::field(name, "it is no sealed secret"));
        }
        let Some(vault) = &self.vault else {
            let why = "without ENCRYPTION_KEY nobody can tell whether it opens";
            return Err(Wrong::field(name, why));
        };
        match vault.open(&Token::from_stored(text.clone())) {
            Ok(_) => Ok(Some(text)),
            Err(error) => Err(Wrong::field(name, error.to_string())),
        }
    }
}

impl Kind for Secrets {
    type Row = OldSecret;

    fn legacy(&self) -> &'static Legacy {
        &LEGACY
    }

    fn read(&mut self, record: Record<'_>, tray: &mut Tray<OldSecret>) {
        tray.read += 1;
        match self.secret(record.json) {
            Ok(row) => tray.put(record.place, row, record.json.len()),
            Err(wrong) => tray.refuse(&record.place, &wrong),
        }
    }

    fn settle<'a>(
        &'a mut self,
        session: &'a mut Session,
        rows: &'a [OldSecret],
    ) -> BoxFuture<'a, QueryResult<Settled>> {
        settle(session, rows, self.overwrite).boxed()
    }
}
