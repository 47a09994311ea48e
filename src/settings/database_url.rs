//! The address of a database: tokio-postgres reads it, except for the checks of certificates, which it does not know.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

/// How a connection to PostgreSQL is encrypted; the names are libpq's `sslmode`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// Never (`disable`), or a Unix socket.
    Off,
    /// If the server offers it (`prefer`), without a check of the certificate.
    Prefer,
    /// Always (`require`), without a check of the certificate.
    Require,
    /// Always, with certificate and host name checked (`verify-full`; `verify-ca` is held to the same): against the
    /// authorities in this file, or else the public ones.
    Verify(Option<PathBuf>),
}

/// A checked database address.
#[derive(Clone, Debug)]
pub struct DatabaseUrl {
    /// What tokio-postgres connects with.
    pub config: tokio_postgres::Config,
    /// How the connection is encrypted.
    pub tls: TlsMode,
}

/// Why a database address cannot be used. Tells nothing of its content, which may hold the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongDatabaseUrl {
    /// Another scheme, a wrong port, an option that does not exist…
    #[error(
        "is not a PostgreSQL address; it looks like postgres://user:password@host:5432/name, with special characters in the password percent-encoded"
    )]
    Malformed,
    /// `sslmode` is none of those known.
    #[error(
        "has an unknown sslmode; known are disable, prefer, require, verify-ca and verify-full"
    )]
    SslMode,
    /// The address leaves out the host.
    #[error("names no host")]
    NoHost,
}

impl DatabaseUrl {
    /// Reads `postgres://…`.
    ///
    /// # Errors
    /// See [`WrongDatabaseUrl`].
    pub fn parse(url: &SecretString) -> Result<Self, WrongDatabaseUrl> {
        let text = url.expose_secret();
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(WrongDatabaseUrl::Malformed);
        }
        let (plain, mode, authorities) = split_tls(text);
        let config: tokio_postgres::Config =
            plain.parse().map_err(|_| WrongDatabaseUrl::Malformed)?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(WrongDatabaseUrl::NoHost);
        }
        let tls = tls_mode(mode.as_deref(), authorities)?;
        let mut url = Self { config, tls };
        url.apply_tls();
        Ok(url)
    }

    /// A socket needs no encryption, and PostgreSQL offers none there.
    fn apply_tls(&mut self) {
        let only_sockets = self
            .config
            .get_hosts()
            .iter()
            .all(|host| matches!(host, tokio_postgres::config::Host::Unix(_)))
            && self.config.get_hostaddrs().is_empty();
        if only_sockets {
            self.tls = TlsMode::Off;
        }
        self.config.ssl_mode(match self.tls {
            TlsMode::Off => tokio_postgres::config::SslMode::Disable,
            TlsMode::Prefer => tokio_postgres::config::SslMode::Prefer,
            TlsMode::Require | TlsMode::Verify(_) => tokio_postgres::config::SslMode::Require,
        });
    }
}

/// Takes `sslmode` and `sslrootcert` out of the query, because tokio-postgres refuses the values it does not know.
fn split_tls(text: &str) -> (String, Option<String>, Option<PathBuf>) {
    let Some((base, query)) = text.split_once('?') else {
        return (text.to_owned(), None, None);
    };
    let (mut mode, mut authorities) = (None, None);
    let mut kept = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value.to_owned()),
            Some(("sslrootcert", value)) => authorities = Some(decoded(value).into()),
            _ => kept.push(pair),
        }
    }
    let plain = if kept.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", kept.join("&"))
    };
    (plain, mode, authorities)
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// As in libpq, `require` together with a file of authorities checks the certificate.
fn tls_mode(mode: Option<&str>, authorities: Option<PathBuf>) -> Result<TlsMode, WrongDatabaseUrl> {
    Ok(match (mode, authorities) {
        (Some("disable"), _) => TlsMode::Off,
        (None | Some("prefer"), None) => TlsMode::Prefer,
        (Some("require"), None) => TlsMode::Require,
        (Some("verify-ca" | "verify-full"), authorities) => TlsMode::Verify(authorities),
        (None | Some("prefer" | "require"), Some(file)) => TlsMode::Verify(Some(file)),
        _ => return Err(WrongDatabaseUrl::SslMode),
    })
}
