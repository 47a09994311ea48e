//! Gives a role what running needs and takes away what it does not.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use secrecy::SecretString;

use super::{MIGRATIONS, Rights, tables};
use crate::store::{StoreError, connect};

/// Why a role was not prepared. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The database could not be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody has made the role.
    #[error(
        "there is no role {0}; make it first, for example with CREATE ROLE \"{0}\" LOGIN PASSWORD '…'"
    )]
    NoRole(String),
    /// The role may do everything whatever is granted.
    #[error("the role {0} {1}, so it could do everything anyway; choose one that is not")]
    TooMighty(String, &'static str),
    /// Only the owner can grant.
    #[error(
        "the role {0} does not own the tables; give DATABASE_URL of their owner to `aimod migrate`"
    )]
    NotOwner(String),
}

impl From<diesel::result::Error> for GrantError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What a role was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// How many tables it may read and write.
    pub tables: usize,
    /// What it may still do beyond that, because this owner cannot take it away.
    pub left: Vec<&'static str>,
}

/// Prepares an existing role for running: it may read and write the rows of our tables, and neither create, change nor drop
/// anything. What it could do beyond that is taken away, as far as the owner may. Doing it again changes nothing.
///
/// # Errors
/// See [`GrantError`].
pub async fn grant(url: &SecretString, role: &str) -> Result<Granted, GrantError> {
    let mut conn = connect(url, Duration::from_secs(10)).await?;
    conn.transaction(async |conn| {
        check(conn, role).await?;
        let names = tables().chain([MIGRATIONS]).collect::<Vec<_>>();
        let statements: Vec<Statement> = diesel::sql_query(STATEMENTS)
            .bind::<Text, _>(role)
            .bind::<Array<Text>, _>(names)
            .bind::<Text, _>(MIGRATIONS)
            .load(conn)
            .await?;
        for Statement { text } in statements {
            conn.batch_execute(&text).await?;
        }
        Ok(Granted {
            tables: tables().count(),
            left: list_left(conn, role).await?,
        })
    })
    .await
}

async fn check(conn: &mut AsyncPgConnection, role: &str) -> Result<(), GrantError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        superuser: bool,
        #[diesel(sql_type = Bool)]
        owner: bool,
    }
    let own = Rights::of(conn).await?;
    if own.excess().is_none() {
        return Err(GrantError::NotOwner(own.role));
    }
    let row: Option<Row> = diesel::sql_query(
        "SELECT r.rolsuper AS superuser, pg_has_role(r.oid, c.relowner, 'MEMBER') AS owner \
         FROM pg_roles r, pg_class c WHERE r.rolname = $1 AND c.oid = to_regclass($2)",
    )
    .bind::<Text, _>(role)
    .bind::<Text, _>(MIGRATIONS)
    .get_result(conn)
    .await
    .optional()?;
    let mighty = |why| Err(GrantError::TooMighty(role.to_owned(), why));
    match row {
        None => Err(GrantError::NoRole(role.to_owned())),
        Some(Row {
            superuser: true, ..
        }) => mighty("is a superuser"),
        Some(Row { owner: true, .. }) => mighty("owns the tables"),
        Some(_) => Ok(()),
    }
}

#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Writes the statements, since neither a role nor a table can be a bound parameter of GRANT. PostgreSQL quotes the names.
/// $1 is the role, $2 our tables, $3 the one of them that is only read. Partitions are reached through their tables.
const STATEMENTS: &str = "\
    WITH place AS (SELECT current_database() AS db, current_schema() AS s), \
    ours AS ( \
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, c.relname = $3 AS read_only \
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, place \
        WHERE n.nspname = place.s AND c.relkind IN ('r', 'p') AND c.relname = ANY ($2) \
    ), \
    parts AS ( \
        SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c \
        JOIN pg_namespace n ON n.oid = c.relnamespace \
        JOIN pg_inherits i ON i.inhrelid = c.oid JOIN ours ON ours.oid = i.inhparent WHERE c.relispartition \
    ), \
    functions AS ( \
        SELECT p.oid::regprocedure::text AS name, p.prosecdef FROM pg_proc p, place \
        WHERE p.pronamespace = to_regnamespace(quote_ident(place.s)) AND p.proname LIKE 'aimod\\_%' \
    ), \
    sequences AS ( \
        SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c \
        JOIN pg_namespace n ON n.oid = c.relnamespace \
        JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') \
        JOIN ours ON ours.oid = d.refobjid WHERE c.relkind = 'S' \
    ) \
    SELECT format(text, $1) AS text FROM ( \
        SELECT 1, format('GRANT CONNECT ON DATABASE %I TO %%1$I', db) FROM place \
        UNION ALL SELECT 2, format('GRANT USAGE ON SCHEMA %I TO %%1$I', s) FROM place \
        UNION ALL SELECT 3, format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, %%1$I', s) FROM place \
            WHERE has_schema_privilege(s, 'CREATE WITH GRANT OPTION') \
        UNION ALL SELECT 4, format('REVOKE CREATE, TEMPORARY ON DATABASE %I FROM PUBLIC, %%1$I', db) FROM place \
            WHERE has_database_privilege(db, 'CREATE WITH GRANT OPTION') \
        UNION ALL SELECT 5, 'REVOKE ALL ON ' || name || ' FROM PUBLIC, %1$I' \
            FROM (SELECT name FROM ours UNION ALL SELECT name FROM parts) AS every \
        UNION ALL SELECT 6, 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' || name || ' TO %1$I' FROM ours \
            WHERE NOT read_only \
        UNION ALL SELECT 7, 'GRANT SELECT ON ' || name || ' TO %1$I' FROM ours WHERE read_only \
        UNION ALL SELECT 8, 'REVOKE ALL ON SEQUENCE ' || name || ' FROM PUBLIC, %1$I' FROM sequences \
        UNION ALL SELECT 9, 'GRANT USAGE ON SEQUENCE ' || name || ' TO %1$I' FROM sequences \
        UNION ALL SELECT 10, 'REVOKE ALL ON FUNCTION ' || name || ' FROM PUBLIC' FROM functions WHERE prosecdef \
        UNION ALL SELECT 11, 'GRANT EXECUTE ON FUNCTION ' || name || ' TO %1$I' FROM functions \
        UNION ALL SELECT 12, format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT ', s) || what || ' TO %1$I' \
            FROM place, unnest(ARRAY['SELECT, INSERT, UPDATE, DELETE ON TABLES', 'USAGE ON SEQUENCES', \
                'EXECUTE ON FUNCTIONS']) AS what \
    ) AS statements (place, text) ORDER BY place, text";

/// What the role may do although running does not need it.
async fn list_left(
    conn: &mut AsyncPgConnection,
    role: &str,
) -> Result<Vec<&'static str>, GrantError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        schema: bool,
        #[diesel(sql_type = Bool)]
        database: bool,
        #[diesel(sql_type = Bool)]
        temporary: bool,
    }
    let row: Row = diesel::sql_query(
        "SELECT has_schema_privilege($1, current_schema(), 'CREATE') AS schema, \
         has_database_privilege($1, current_database(), 'CREATE') AS database, \
         has_database_privilege($1, current_database(), 'TEMPORARY') AS temporary",
    )
    .bind::<Text, _>(role)
    .get_result(conn)
    .await?;
    let all = [
        (row.schema, "CREATE on the schema"),
        (row.database, "CREATE on the database"),
        (row.temporary, "TEMPORARY on the database"),
    ];
    Ok(all
        .into_iter()
        .filter(|one| one.0)
        .map(|one| one.1)
        .collect())
}
