//! Fetching a file that somebody attached: from Discord's own hosts only, without the token, up to a size.

use std::time::Instant;

use reqwest::{Response, StatusCode, Url};

use super::error::RestError;
use super::metrics::{REQUEST_SECONDS, REQUESTS, Route, status_label};
use super::rest::DiscordRest;

/// Where Discord keeps attachments.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

impl DiscordRest {
    /// Fetches an attached file of at most `most` bytes.
    ///
    /// # Errors
    /// `Refused` for an address that is not Discord's and, with status 413, for a larger file; `NotFound` where it is
    /// no longer kept; `Unavailable` where it does not come in time.
    pub async fn download(&self, url: &str, most: usize) -> Result<Vec<u8>, RestError> {
        let url = self.attachment_url(url)?;
        let started = Instant::now();
        let within = self.sender.options.timeout;
        let answer = self.sender.bare.get(url).timeout(within).send().await;
        let status = answer.as_ref().ok().map(Response::status);
        let route = Route::Download.label();
        REQUESTS.increment([route, status_label(status)]);
        REQUEST_SECONDS.record([route], started.elapsed());
        match answer {
            Ok(answer) if answer.status().is_success() => take(answer, most).await,
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => {
                Err(RestError::NotFound { code: 0 })
            }
            Ok(answer) => Err(away(&answer.status().to_string())),
            Err(_) => Err(away("no answer")),
        }
    }

    /// An address that may be asked: a message can name any, and the bot stands inside the operator's network.
    fn attachment_url(&self, url: &str) -> Result<Url, RestError> {
        let refused = || refused(0, "the file is not kept by Discord");
        let url = Url::parse(url).map_err(|_| refused())?;
        let is_discords =
            url.scheme() == "https" && url.host_str().is_some_and(|host| HOSTS.contains(&host));
        let own = Url::parse(&self.sender.api).map_err(|_| refused())?;
        if is_discords || url.origin() == own.origin() {
            return Ok(url);
        }
        Err(refused())
    }
}

async fn take(mut answer: Response, most: usize) -> Result<Vec<u8>, RestError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| away("it broke off"))? {
        if bytes.len() + chunk.len() > most {
            return Err(refused(413, "the file is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn away(why: &str) -> RestError {
    RestError::Unavailable(format!("an attached file could not be fetched: {why}"))
}

fn refused(status: u16, message: &str) -> RestError {
    RestError::Refused {
        status,
        code: 0,
        message: message.to_owned(),
    }
}
