//! The HTTP endpoints: `/metrics` for Prometheus, `/livez` and `/readyz` for whoever keeps the process running.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Telemetry;
use super::ready::Readiness;

/// How long a stop waits for answers that are under way.
const FAREWELL: Duration = Duration::from_secs(1);

/// The format of `/metrics`.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Why the endpoints could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken, or not of this machine.
    #[error("cannot listen on {listen} for telemetry: {source}")]
    Listen {
        /// The address of the setting.
        listen: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// The endpoints of one app, open until they are stopped or dropped.
#[derive(Debug)]
pub struct Endpoints {
    address: Option<SocketAddr>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

#[derive(Clone)]
struct Shared {
    telemetry: Telemetry,
    readiness: Arc<Readiness>,
}

impl Endpoints {
    /// Opens the endpoints on `listen`; without an address only the upkeep of the metrics runs.
    ///
    /// # Errors
    ///
    /// [`ServeError::Listen`] names the address that could not be had.
    pub async fn open(
        listen: Option<SocketAddr>,
        telemetry: Telemetry,
        readiness: Readiness,
    ) -> Result<Self, ServeError> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let mut address = None;
        if let Some(listen) = listen {
            let refused = |source| ServeError::Listen { listen, source };
            let listener = TcpListener::bind(listen).await.map_err(refused)?;
            address = Some(listener.local_addr().map_err(refused)?);
            tasks.spawn(serve(
                listener,
                router(telemetry.clone(), readiness),
                stop.clone(),
            ));
        }
        tasks.spawn({
            let stop = stop.clone();
            async move { telemetry.keep_up(stop).await }
        });
        tasks.close();
        Ok(Self {
            address,
            stop,
            tasks,
        })
    }

    /// Where the endpoints are; tells the port when the setting left it to the system.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Closes the endpoints; answers that are under way get a second.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn router(telemetry: Telemetry, readiness: Readiness) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .with_state(Shared {
            telemetry,
            readiness: Arc::new(readiness),
        })
}

async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let server =
        axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    let farewell = async {
        stop.cancelled().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        served = server => if let Err(error) = served {
            tracing::error!(%error, "the telemetry endpoints have closed");
        },
        () = farewell => {}
    }
}

async fn metrics(State(shared): State<Shared>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, EXPOSITION)],
        shared.telemetry.render(),
    )
}

async fn readyz(State(shared): State<Shared>) -> impl IntoResponse {
    let report = shared.readiness.report().await;
    let status = if report.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report))
}
