//! Tests of the endpoints, over real sockets.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::http::Endpoints;
use super::ready::Readiness;
use super::*;

const ANY_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn installed() -> Telemetry {
    Telemetry::install(&metrics()).expect("nobody else installs a recorder")
}

async fn opened(readiness: Readiness) -> (Endpoints, SocketAddr) {
    let endpoints = Endpoints::open(Some(ANY_PORT), installed(), readiness)
        .await
        .expect("a free port");
    let address = endpoints.address().expect("it listens");
    (endpoints, address)
}

/// Head and body of the answer to one GET.
async fn get(address: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("answered");
    let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn metrics_are_served_with_help_and_the_process_s_own() {
    let (endpoints, address) = opened(Readiness::new()).await;
    let (head, body) = get(address, "/metrics").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        head.contains("content-type: text/plain; version=0.0.4"),
        "{head}"
    );
    for part in [
        "# TYPE aimod_gateway_unknown_events_total counter",
        "# HELP process_resident_memory_bytes",
        "process_threads",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    endpoints.stop().await;
}

#[tokio::test]
async fn alive_is_not_the_same_as_ready() {
    let (migrated, seen) = watch::channel(Some("migration 3 of 5".to_owned()));
    let (endpoints, address) = opened(Readiness::new().watch("migrated", seen)).await;

    let (head, _) = get(address, "/livez").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let (head, body) = get(address, "/readyz").await;
    assert!(head.starts_with("HTTP/1.1 503"), "{head}");
    assert_eq!(
        body,
        r#"{"ready":false,"checks":{"migrated":"migration 3 of 5"}}"#
    );

    migrated.send_replace(None);
    let (head, body) = get(address, "/readyz").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, r#"{"ready":true,"checks":{"migrated":"ok"}}"#);
    endpoints.stop().await;
}

#[tokio::test]
async fn a_stop_closes_the_port_even_with_a_silent_client() {
    let (endpoints, address) = opened(Readiness::new()).await;
    let _silent = TcpStream::connect(address).await.expect("it listens");
    tokio::time::timeout(Duration::from_secs(5), endpoints.stop())
        .await
        .expect("a silent client does not hold the stop");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let (endpoints, address) = opened(Readiness::new()).await;
    let error = Endpoints::open(Some(address), installed(), Readiness::new())
        .await
        .expect_err("the port is taken");
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot listen on {address} for telemetry: ")),
        "{error}"
    );
    endpoints.stop().await;
}

#[tokio::test]
async fn without_an_address_nothing_listens_and_the_stop_is_clean() {
    let endpoints = Endpoints::open(None, installed(), Readiness::new())
        .await
        .expect("nothing to refuse");
    assert_eq!(endpoints.address(), None);
    endpoints.stop().await;
}

#[test]
fn a_second_app_joins_the_recorder_of_the_first() {
    let (first, second) = (installed(), installed());
    let before = first.snapshot();
    logs::ERRORS.add(["library"], 3);
    let moved = second.snapshot().since(&before);
    assert!(moved.total(&logs::ERRORS, &[("source", "library")]) >= 3.0);
}
