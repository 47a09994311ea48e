//! TLS to PostgreSQL, against a server whose certificate nobody but the operator knows.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aimod::settings::DatabaseUrl;
use aimod::store::connect;
use diesel_async::SimpleAsyncConnection;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::task::TaskTracker;

use crate::support::{Link, database};

// Made for these tests alone, for the name localhost, by:
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
//   -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/system/certificate.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/system/key.pem");

/// A server of the test's database that speaks TLS before it; gives its port.
async fn encrypted(url: &SecretString) -> u16 {
    let parsed = DatabaseUrl::parse(url).expect("an address");
    let Some(tokio_postgres::config::Host::Unix(folder)) = parsed.config.get_hosts().first() else {
        panic!("the test server listens on a socket");
    };
    let socket = folder.join(".s.PGSQL.5432");
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(KEY).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("they fit");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let tasks = TaskTracker::new();
    tasks.clone().spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tasks.spawn(serve(client, acceptor.clone(), socket.clone()));
        }
    });
    port
}

async fn serve(
    mut client: TcpStream,
    acceptor: TlsAcceptor,
    socket: impl AsRef<Path>,
) -> std::io::Result<()> {
    // SSLRequest: eight bytes, answered with S.
    client.read_exact(&mut [0; 8]).await?;
    client.write_all(b"S").await?;
    let mut client = acceptor.accept(client).await?;
    let mut server = UnixStream::connect(socket).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

async fn attempt(address: String) -> Result<(), String> {
    connect(&address.into(), Duration::from_secs(10))
        .await
        .map_err(|error| error.to_string())?
        .batch_execute("SELECT 1")
        .await
        .map_err(|error| error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn sslmode_decides_whether_the_certificate_counts() {
    let database = database().await;
    let port = encrypted(&database.url).await;
    let address = |host: &str, query: &str| {
        format!("postgres://aimod@{host}:{port}/{}?{query}", database.name)
    };
    for query in ["sslmode=prefer", "sslmode=require", ""] {
        attempt(address("localhost", query)).await.expect(query);
    }
    let known = format!("sslmode=verify-full&sslrootcert={CERTIFICATE}");
    attempt(address("localhost", &known))
        .await
        .expect("the certificate is known");

    let unknown = attempt(address("localhost", "sslmode=verify-full")).await;
    let text = unknown.expect_err("no public authority knows it");
    assert!(text.contains("certificate"), "{text}");
    let wrong_name = attempt(address("127.0.0.1", &known)).await;
    let text = wrong_name.expect_err("the certificate is for localhost");
    assert!(text.contains("certificate"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_only_where_tls_is_required() {
    let database = database().await;
    let (link, _) = Link::to_postgres(&database.url).await;
    let address = |mode: &str| {
        format!(
            "postgres://aimod@{}/{}?sslmode={mode}",
            link.address(),
            database.name
        )
    };
    attempt(address("prefer")).await.expect("plain is allowed");
    attempt(address("disable")).await.expect("plain is wanted");
    for mode in ["require", "verify-full"] {
        attempt(address(mode)).await.expect_err(mode);
    }
}
