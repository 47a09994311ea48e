//! One throw-away PostgreSQL per test process, and in it a fresh migrated database per test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use aimod::settings::{DatabaseSettings, LoadOptions, Settings, process_environment};
use aimod::store::server::{PostgresServer, ServerOptions};
use aimod::store::{Pool, PoolOptions, connect, migrations, rights};
use diesel_async::SimpleAsyncConnection;
use secrecy::{ExposeSecret as _, SecretString};

const TEMPLATE: &str = "template_migrated";

/// Everything that tests share of the server. It stands on a thread of its own, because each test has its own runtime
/// and the server must outlive the test that happened to start it.
struct Shared {
    /// The address of a database, with `{}` in the place of its name.
    url: String,
    counter: AtomicU64,
}

static SHARED: OnceLock<Shared> = OnceLock::new();

impl Shared {
    fn url(&self, database: &str) -> SecretString {
        SecretString::from(self.url.replace("{}", database))
    }
}

/// A database of one test: migrated, empty, removed with the server.
pub(crate) struct TestDatabase {
    /// The address.
    pub(crate) url: SecretString,
    /// A pool of the settings' size but with few open connections.
    pub(crate) pool: Pool,
    /// The database's name.
    pub(crate) name: String,
}

/// A role that may do no more than running needs.
pub(crate) struct Runner {
    /// Its name.
    pub(crate) name: String,
    /// The address of the database for it.
    pub(crate) url: SecretString,
}

impl TestDatabase {
    /// Makes a role and prepares it as `aimod migrate --grant` does.
    pub(crate) async fn runner(&self) -> Runner {
        let runner = self.role().await;
        rights::grant(&self.url, &runner.name)
            .await
            .expect("granted");
        runner
    }

    /// Makes a role without any rights.
    pub(crate) async fn role(&self) -> Runner {
        let name = format!("runner_{}", self.name);
        let mut conn = self.pool.acquire().await.expect("a connection");
        conn.batch_execute(&format!("CREATE ROLE {name} LOGIN"))
            .await
            .expect("a role");
        let url = self.url.expose_secret();
        let url = url.replacen("aimod@", &format!("{name}@"), 1).into();
        Runner { name, url }
    }
}

/// A fresh migrated database.
pub(crate) async fn database() -> TestDatabase {
    from_template(Some(TEMPLATE)).await
}

/// A fresh database without any table.
pub(crate) async fn database_without_schema() -> TestDatabase {
    from_template(None).await
}

/// The options of a throw-away server on this machine.
pub(crate) fn server_options() -> ServerOptions {
    let settings = Settings::load(&LoadOptions {
        environment: process_environment()
            .into_iter()
            .filter(|(name, _)| matches!(name.as_str(), "PATH" | "TMPDIR" | "HOME"))
            .collect(),
        ..LoadOptions::default()
    });
    ServerOptions {
        // As many tests as the machine has threads, each with a pool or two.
        max_connections: 300,
        ..ServerOptions::throw_away(&settings.expect("the defaults are right"))
    }
}

async fn from_template(template: Option<&str>) -> TestDatabase {
    let shared = tokio::task::spawn_blocking(shared)
        .await
        .expect("PostgreSQL for the tests starts");
    let name = format!("test_{}", shared.counter.fetch_add(1, Ordering::Relaxed));
    let statement = match template {
        Some(template) => format!("CREATE DATABASE {name} TEMPLATE {template}"),
        None => format!("CREATE DATABASE {name}"),
    };
    connect(&shared.url("postgres"), Duration::from_secs(30))
        .await
        .expect("the server answers")
        .batch_execute(&statement)
        .await
        .expect("a fresh database");
    let url = shared.url(&name);
    let options = PoolOptions {
        min_connections: 0,
        ..PoolOptions::from_settings("test", &DatabaseSettings::default())
    };
    let pool = Pool::open(&url, options).expect("a pool");
    TestDatabase { url, pool, name }
}

/// Starts the server at the first call; later callers wait for it.
fn shared() -> &'static Shared {
    SHARED.get_or_init(|| {
        let (sender, receiver) = mpsc::channel();
        std::thread::Builder::new()
            .name("test-postgres".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(1)
                    .enable_all()
                    .build()
                    .expect("a runtime");
                runtime.block_on(serve(&sender));
            })
            .expect("a thread");
        let url = receiver
            .recv()
            .expect("the thread tells how it went")
            .unwrap_or_else(|error| panic!("{error}"));
        Shared {
            url,
            counter: AtomicU64::new(1),
        }
    })
}

/// Runs the server until the process ends; its lifeline ends it then.
async fn serve(sender: &mpsc::Sender<Result<String, String>>) {
    match PostgresServer::start(server_options()).await {
        Ok(server) => {
            let url = server.url("{}").replace("%7B%7D", "{}");
            let template = make_template(&url).await;
            sender
                .send(template.map(|()| url))
                .expect("somebody waits for the server");
            std::future::pending::<()>().await;
        }
        Err(error) => sender
            .send(Err(error.to_string()))
            .expect("somebody waits for the server"),
    }
}

async fn make_template(url: &str) -> Result<(), String> {
    connect(
        &SecretString::from(url.replace("{}", "postgres")),
        Duration::from_secs(30),
    )
    .await
    .map_err(|error| error.to_string())?
    .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
    .await
    .map_err(|error| error.to_string())?;
    migrations::migrate(&SecretString::from(url.replace("{}", TEMPLATE)))
        .await
        .map(|_| ())
        .map_err(|error| error.to_string())
}
