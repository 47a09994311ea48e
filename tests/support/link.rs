//! A link that can be cut: a small proxy between a client and a server's socket.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aimod::settings::DatabaseUrl;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;
use tokio_util::task::TaskTracker;

/// How the link treats what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    /// Everything passes, after this delay.
    Open(Duration),
    /// Existing connections end, new ones end at once.
    Broken,
    /// Connections stay, nothing passes.
    Stalled,
}

/// A TCP address that leads to a Unix socket for as long as the test wants.
pub(crate) struct Link {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    connections: Arc<AtomicUsize>,
    _listener: AbortOnDropHandle<()>,
}

impl Link {
    /// A link to the PostgreSQL behind `url` (a socket), with the address that leads through it.
    pub(crate) async fn to_postgres(url: &SecretString) -> (Self, SecretString) {
        let parsed = DatabaseUrl::parse(url).expect("an address");
        let socket = match parsed.config.get_hosts().first() {
            Some(tokio_postgres::config::Host::Unix(folder)) => folder.join(".s.PGSQL.5432"),
            other => panic!("the test server listens on a socket, not on {other:?}"),
        };
        let link = Self::to_socket(socket).await;
        let name = |part: Option<&str>| {
            utf8_percent_encode(part.unwrap_or_default(), NON_ALPHANUMERIC).to_string()
        };
        let through = format!(
            "postgres://{}@{}/{}",
            name(parsed.config.get_user()),
            link.address,
            name(parsed.config.get_dbname())
        );
        (link, SecretString::from(through))
    }

    /// A link to any Unix socket.
    pub(crate) async fn to_socket(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (weather, watched) = watch::channel(Weather::Open(Duration::ZERO));
        let tracker = TaskTracker::new();
        let connections = Arc::new(AtomicUsize::new(0));
        let far = (socket, Arc::clone(&connections));
        let accepting = tracker.spawn(accept(listener, far, watched, tracker.clone()));
        Self {
            address,
            weather,
            connections,
            _listener: AbortOnDropHandle::new(accepting),
        }
    }

    /// Where the link begins.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections have come through so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Ends every connection and refuses new ones.
    pub(crate) fn cut(&self) {
        self.weather.send_replace(Weather::Broken);
    }

    /// Keeps every connection but lets nothing pass, like a lost network.
    pub(crate) fn stall(&self) {
        self.weather.send_replace(Weather::Stalled);
    }

    /// Lets everything pass again.
    pub(crate) fn heal(&self) {
        self.delay(Duration::ZERO);
    }

    /// Lets everything pass after `delay`.
    pub(crate) fn delay(&self, delay: Duration) {
        self.weather.send_replace(Weather::Open(delay));
    }
}

async fn accept(
    listener: TcpListener,
    far: (PathBuf, Arc<AtomicUsize>),
    weather: watch::Receiver<Weather>,
    tracker: TaskTracker,
) {
    while let Ok((client, _)) = listener.accept().await {
        tracker.spawn(pass(client, far.clone(), weather.clone()));
    }
}

async fn pass(
    client: TcpStream,
    (socket, connections): (PathBuf, Arc<AtomicUsize>),
    mut weather: watch::Receiver<Weather>,
) {
    if *weather.borrow() == Weather::Broken {
        return;
    }
    let Ok(server) = UnixStream::connect(socket).await else {
        return;
    };
    connections.fetch_add(1, Ordering::Relaxed);
    client.set_nodelay(true).expect("a TCP socket");
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = copy(from_client, to_server, weather.clone());
    let back = copy(from_server, to_client, weather.clone());
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = weather.wait_for(|weather| *weather == Weather::Broken) => {}
    }
}

async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut weather: watch::Receiver<Weather>,
) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(count) = from.read(&mut buffer).await {
        let Ok(open) = weather
            .wait_for(|weather| matches!(weather, Weather::Open(_)))
            .await
            .map(|weather| *weather)
        else {
            return;
        };
        if let Weather::Open(delay) = open
            && !delay.is_zero()
        {
            tokio::time::sleep(delay).await;
        }
        if count == 0 || to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
