//! Fetching attachments: only from Discord, without the token, up to a size, and never for ever.

use super::server::{Server, reply};
use crate::actions::discord::RestError;

fn status_of(result: Result<Vec<u8>, RestError>) -> u16 {
    match result {
        Err(RestError::Refused { status, .. }) => status,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_file_is_fetched_without_the_token() {
    let server = Server::start([reply(200, "{\"a\": 1}")]).await;
    let url = format!("{}/attachments/1/2/settings.json?ex=5", server.base());
    let bytes = server.rest().download(&url, 100).await;
    assert_eq!(bytes.expect("the file"), b"{\"a\": 1}");
    let asked = server.asked();
    assert_eq!(asked[0].line, "GET /attachments/1/2/settings.json");
    assert_eq!(asked[0].authorization, None);
}

#[tokio::test]
async fn a_larger_file_is_given_up_whatever_was_announced() {
    let server = Server::start([reply(200, &"x".repeat(101)), reply(200, &"x".repeat(100))]).await;
    let (rest, url) = (server.rest(), format!("{}/a", server.base()));
    assert_eq!(status_of(rest.download(&url, 100).await), 413);
    assert_eq!(
        rest.download(&url, 100).await.map(|bytes| bytes.len()),
        Ok(100)
    );
}

#[tokio::test]
async fn other_hosts_are_not_asked() {
    let server = Server::start([]).await;
    let elsewhere = Server::start([]).await;
    for url in [
        format!("{}/a", elsewhere.base()),
        "http://cdn.discordapp.com/a".to_owned(),
        "https://cdn.discordapp.com.example.invalid/a".to_owned(),
        "https://127.0.0.1/a".to_owned(),
        "file:///etc/passwd".to_owned(),
        "nonsense".to_owned(),
    ] {
        assert_eq!(
            status_of(server.rest().download(&url, 100).await),
            0,
            "{url}"
        );
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let elsewhere = Server::start([]).await;
    let away = reply(302, "").with("location", &format!("{}/secret", elsewhere.base()));
    let server = Server::start([away]).await;
    let url = format!("{}/a", server.base());
    let answer = server.rest().download(&url, 100).await;
    assert!(
        matches!(answer, Err(RestError::Unavailable(_))),
        "{answer:?}"
    );
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn what_is_gone_or_away_is_told_apart() {
    let server = Server::start([reply(404, "no longer available"), reply(503, "")]).await;
    let (rest, url) = (server.rest(), format!("{}/a", server.base()));
    let gone = rest.download(&url, 100).await;
    assert_eq!(gone, Err(RestError::NotFound { code: 0 }));
    let away = rest.download(&url, 100).await;
    assert!(matches!(away, Err(RestError::Unavailable(_))), "{away:?}");
}
