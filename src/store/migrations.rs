//! Migrations: embedded in the program, run one process at a time, refused on a database that is newer.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::SecretString;

use super::rights::Rights;
use super::{StoreError, connect};

/// Every migration of this program.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The advisory lock under which migrations run: "aimod" in ASCII.
const LOCK: i64 = 0x0061_696d_6f64;

const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why the database could not be brought to this program's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database could not be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A newer program has been here.
    #[error(
        "the database is newer than this program: it has the migrations {} that this version does not know; start the newer version of aimod again, or go back with its `aimod migrate --down {}`",
        unknown.join(", "),
        unknown.len()
    )]
    NewerDatabase {
        /// The versions this program does not know.
        unknown: Vec<String>,
    },
    /// The role may not change the schema.
    #[error(
        "the database needs {pending} migrations, which the role {role} may not run: run `aimod migrate --grant {role}` with the DATABASE_URL of the tables' owner"
    )]
    NotAllowed {
        /// How many are missing.
        pending: usize,
        /// The role.
        role: String,
    },
    /// A migration failed; it left nothing behind.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// More migrations were to be taken back than there are.
    #[error("cannot take back {asked} migrations, only {applied} are applied")]
    TooFew {
        /// How many were to be taken back.
        asked: usize,
        /// How many are applied.
        applied: usize,
    },
}

/// One migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The migration's full name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Brings the database to this program's schema and names what it had to run. Waits while another process does the
/// same; running it again changes nothing, and then needs no right to change the schema.
///
/// # Errors
/// See [`MigrationError`]. Each migration is a transaction of its own.
pub async fn migrate(url: &SecretString) -> Result<Vec<String>, MigrationError> {
    let mut connection = locked(url).await?;
    let pending = names(states(&mut connection).await?, false);
    if pending.is_empty() {
        return Ok(pending);
    }
    require_allowed(&mut connection, pending.len()).await?;
    with_harness(connection, move |harness| {
        // Makes the table of applied migrations where there is none yet.
        harness.applied_migrations()?;
        for migration in known()? {
            if pending.contains(&migration.name().to_string()) {
                harness.run_migration(migration.as_ref())?;
            }
        }
        Ok(pending)
    })
    .await
}

/// Takes back the last `count` migrations and names them, the last one first.
///
/// # Errors
/// See [`MigrationError`].
pub async fn down(url: &SecretString, count: usize) -> Result<Vec<String>, MigrationError> {
    let mut connection = locked(url).await?;
    let mut applied = names(states(&mut connection).await?, true);
    if count > applied.len() {
        return Err(MigrationError::TooFew {
            asked: count,
            applied: applied.len(),
        });
    }
    let mut last = applied.split_off(applied.len() - count);
    last.reverse();
    with_harness(connection, move |harness| {
        for migration in known()?.into_iter().rev() {
            if last.contains(&migration.name().to_string()) {
                harness.revert_migration(migration.as_ref())?;
            }
        }
        Ok(last)
    })
    .await
}

/// Tells which migrations of this program the database has. Changes nothing.
///
/// # Errors
/// See [`MigrationError`].
pub async fn status(url: &SecretString) -> Result<Vec<MigrationStatus>, MigrationError> {
    let mut connection = connect(url, CONNECT_LIMIT).await?;
    states(&mut connection).await
}

/// The versions of this program's migrations, as the database notes them.
///
/// # Errors
/// [`MigrationError::Failed`] where they cannot be read, which a test excludes.
pub fn versions() -> Result<BTreeSet<String>, MigrationError> {
    let known = known()?;
    Ok(known
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect())
}

/// Whether the role may migrate: it owns what is there, or may create the first of it.
async fn require_allowed(
    connection: &mut AsyncPgConnection,
    pending: usize,
) -> Result<(), MigrationError> {
    let rights = Rights::of(connection).await.map_err(StoreError::from)?;
    let may_begin: bool = diesel::select(sql::<Bool>(
        "to_regclass('__diesel_schema_migrations') IS NULL \
         AND COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)",
    ))
    .get_result(connection)
    .await
    .map_err(StoreError::from)?;
    if may_begin || rights.excess().is_some() {
        return Ok(());
    }
    Err(MigrationError::NotAllowed {
        pending,
        role: rights.role,
    })
}

type AnyMigration = Box<dyn Migration<Pg>>;
type AnyError = Box<dyn std::error::Error + Send + Sync>;
type Harness = AsyncMigrationHarness<AsyncPgConnection>;

/// A connection that holds the lock. The lock goes with the connection, so a process that dies holds nobody up.
async fn locked(url: &SecretString) -> Result<AsyncPgConnection, MigrationError> {
    let mut connection = connect(url, CONNECT_LIMIT).await?;
    connection
        .batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
        .await
        .map_err(StoreError::from)?;
    Ok(connection)
}

/// The harness blocks its thread, so it gets one of its own; this works on every kind of runtime.
async fn with_harness<T: Send + 'static>(
    connection: AsyncPgConnection,
    work: impl FnOnce(&mut Harness) -> Result<T, AnyError> + Send + 'static,
) -> Result<T, MigrationError> {
    tokio::task::spawn_blocking(move || work(&mut Harness::new(connection)).map_err(failed))
        .await
        .unwrap_or_else(|error| Err(failed(error.into())))
}

fn failed(error: AnyError) -> MigrationError {
    MigrationError::Failed(error.to_string())
}

/// Each known migration with its state, oldest first; a database with others is refused.
async fn states(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<MigrationStatus>, MigrationError> {
    let mut applied = list_applied(connection).await?;
    let states = known()?
        .iter()
        .map(|migration| {
            let version = migration.name().version().to_string();
            MigrationStatus {
                name: migration.name().to_string(),
                applied: applied.remove(&version),
            }
        })
        .collect();
    if applied.is_empty() {
        Ok(states)
    } else {
        Err(MigrationError::NewerDatabase {
            unknown: applied.into_iter().collect(),
        })
    }
}

fn names(states: Vec<MigrationStatus>, applied: bool) -> Vec<String> {
    states
        .into_iter()
        .filter(|state| state.applied == applied)
        .map(|state| state.name)
        .collect()
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions the database has. The harness could tell as well, but it creates its table first, which a role that
/// may not change the schema cannot.
async fn list_applied(connection: &mut AsyncPgConnection) -> Result<BTreeSet<String>, StoreError> {
    let there: bool = diesel::select(sql::<Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    ))
    .get_result(connection)
    .await?;
    if !there {
        return Ok(BTreeSet::new());
    }
    // Diesel's own table is in no schema of ours.
    let rows: Vec<Applied> = diesel::sql_query("SELECT version FROM __diesel_schema_migrations")
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// The migrations of this program, oldest first.
fn known() -> Result<Vec<AnyMigration>, MigrationError> {
    let mut migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS).map_err(failed)?;
    migrations.sort_by_key(|migration| migration.name().version().as_owned());
    Ok(migrations)
}
