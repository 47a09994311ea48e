//! What a role of PostgreSQL may do: whether that is what running needs, too little, or more.

mod grant;

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

pub use self::grant::{GrantError, Granted, grant};

/// The declarations that `schema.rs` is made of: every table of ours is in it, and a test holds it to the database.
const SCHEMA: &str = include_str!("../schema.rs");
/// Where diesel notes the migrations; the only table that running just reads.
const MIGRATIONS: &str = "__diesel_schema_migrations";

/// Our tables, by name.
pub fn tables() -> impl Iterator<Item = &'static str> {
    let blocks = SCHEMA.split("diesel::table! {").skip(1);
    blocks.filter_map(|block| {
        let head = block.lines().find(|line| line.ends_with(") {"))?;
        head.split_whitespace().next()
    })
}

/// What the role of a connection is, and may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The role.
    pub role: String,
    /// Whether it may do everything.
    pub superuser: bool,
    /// Whether the tables are its own, directly or as a member of their owner.
    pub owner: bool,
    /// What running needs and it may not, such as `INSERT on appeals`.
    pub missing: Vec<String>,
}

impl Rights {
    /// Reads the rights of the connection's role. Tables that do not exist yet are left out.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub async fn of(conn: &mut AsyncPgConnection) -> QueryResult<Self> {
        let role: RoleRow = diesel::sql_query(
            "SELECT r.rolname::text AS role, r.rolsuper AS superuser, COALESCE(( \
                 SELECT pg_has_role(c.relowner, 'MEMBER') FROM pg_class c \
                 WHERE c.oid = to_regclass($1)), false) AS owner \
             FROM pg_roles r WHERE r.rolname = current_user",
        )
        .bind::<Text, _>(MIGRATIONS)
        .get_result(conn)
        .await?;
        let missing: Vec<Missing> = diesel::sql_query(MISSING)
            .bind::<Array<Text>, _>(tables().collect::<Vec<_>>())
            .load(conn)
            .await?;
        Ok(Self {
            role: role.role,
            superuser: role.superuser,
            owner: role.owner,
            missing: missing.into_iter().map(|one| one.text).collect(),
        })
    }

    /// Why this role may do more than running needs, if it may.
    #[must_use]
    pub fn excess(&self) -> Option<&'static str> {
        match (self.superuser, self.owner) {
            (true, _) => Some("is a superuser"),
            (false, true) => Some("owns the tables"),
            (false, false) => None,
        }
    }

    /// What is missing, in one line.
    #[must_use]
    pub fn lack(&self) -> Option<String> {
        let (first, rest) = self.missing.split_first()?;
        Some(match rest.len() {
            0 => first.clone(),
            more => format!("{first} and {more} more"),
        })
    }
}

#[derive(QueryableByName)]
struct RoleRow {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    superuser: bool,
    #[diesel(sql_type = Bool)]
    owner: bool,
}

#[derive(QueryableByName)]
struct Missing {
    #[diesel(sql_type = Text)]
    text: String,
}

/// Privileges are asked of the database itself, so that it does not matter by which way a role came to them.
const MISSING: &str = "\
    SELECT text FROM ( \
        SELECT p || ' on ' || t AS text, to_regclass(t) AS oid, p, n FROM unnest($1) WITH ORDINALITY AS t (t, n), \
            unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS p (p) \
    ) AS tables WHERE oid IS NOT NULL AND NOT has_table_privilege(oid, p) \
    UNION ALL \
    SELECT 'EXECUTE on ' || oid::regprocedure FROM pg_proc \
    WHERE pronamespace = to_regnamespace(current_schema()) AND proname LIKE 'aimod\\_%' \
        AND NOT has_function_privilege(oid, 'EXECUTE')";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_schema_is_known_by_name() {
        let names: Vec<&str> = tables().collect();
        for name in ["guild_config", "guild_api_keys", "moderation_logs"] {
            assert!(names.contains(&name), "{names:?}");
        }
        let declared = SCHEMA.matches("diesel::table! {").count();
        assert_eq!(names.len(), declared);
        assert!(names.iter().all(|name| !name.contains(['(', '/', '#'])));
    }

    #[test]
    fn what_is_missing_is_told_in_one_line() {
        let mut rights = Rights {
            role: "r".to_owned(),
            superuser: false,
            owner: false,
            missing: vec![],
        };
        assert_eq!((rights.lack(), rights.excess()), (None, None));
        rights.missing = vec!["INSERT on appeals".to_owned()];
        assert_eq!(rights.lack().as_deref(), Some("INSERT on appeals"));
        rights.missing = ["a", "b", "c"].map(str::to_owned).to_vec();
        assert_eq!(rights.lack().as_deref(), Some("a and 2 more"));
        rights.owner = true;
        assert_eq!(rights.excess(), Some("owns the tables"));
        rights.superuser = true;
        assert_eq!(rights.excess(), Some("is a superuser"));
    }
}
