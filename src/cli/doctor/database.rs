//! Checks the database: reachable, and at this version's schema.

use std::time::Duration;

use diesel_async::AsyncPgConnection;
use secrecy::SecretString;

use super::{Finding, Grade};
use crate::app::secrets::{lost, what_to_do};
use crate::cli::keys::vault_of;
use crate::settings::Settings;
use crate::store::migrations::{self, MigrationError};
use crate::store::rights::Rights;
use crate::store::server::{self, ServerOptions};
use crate::store::tables::tokens::{Holder, Tally};
use crate::store::{Database, connect};

const SUBJECT: &str = "database";
const SCHEMA: &str = "schema";

pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let options = ServerOptions::kept(settings);
    if settings.database.url.is_none() && !server::has_cluster(&options) {
        // Looking must not make one.
        return vec![of_programs(&options).await];
    }
    match Database::visit(settings).await {
        Ok(database) => {
            let findings = of_database(database.url(), settings).await;
            database.stop().await;
            findings
        }
        Err(error) => vec![Finding::error(
            SUBJECT,
            error.to_string(),
            "do as it says, or set DATABASE_URL",
        )],
    }
}

async fn of_programs(options: &ServerOptions) -> Finding {
    match server::find_version(options).await {
        Ok(version) => Finding::ok(
            SUBJECT,
            format!("AIMod's own PostgreSQL {version} will be set up at the first start"),
        ),
        Err(error) => Finding::error(SUBJECT, error.to_string(), "do as it says"),
    }
}

async fn of_database(url: &SecretString, settings: &Settings) -> Vec<Finding> {
    let mut conn = match connect(url, Duration::from_secs(5)).await {
        Ok(conn) => conn,
        Err(error) => {
            return vec![Finding::error(
                SUBJECT,
                error.to_string(),
                "start PostgreSQL or correct DATABASE_URL",
            )];
        }
    };
    let mut findings = vec![Finding::ok(SUBJECT, "it answers"), of_schema(url).await];
    if settings.database.url.is_some() {
        // In a server of our own there is only its owner.
        findings.push(of_role(&mut conn).await);
    }
    if findings
        .iter()
        .all(|one| one.subject != SCHEMA || one.grade == Grade::Ok)
    {
        findings.push(of_secrets(&mut conn, settings).await);
    }
    findings
}

async fn of_role(conn: &mut AsyncPgConnection) -> Finding {
    const SUBJECT: &str = "role";
    let rights = match Rights::of(conn).await {
        Ok(rights) => rights,
        Err(error) => {
            return Finding::error(SUBJECT, error.to_string(), "look at PostgreSQL's log");
        }
    };
    let role = &rights.role;
    match (rights.lack(), rights.excess()) {
        (Some(lack), _) => Finding::error(
            SUBJECT,
            format!("{role} may not {lack}"),
            format!("`aimod migrate --grant {role}` as the tables' owner"),
        ),
        (None, Some(excess)) => Finding::warning(
            SUBJECT,
            format!("{role} {excess}"),
            "`aimod migrate --grant ROLE` prepares one that may do no more than running needs",
        ),
        (None, None) => Finding::ok(SUBJECT, format!("{role} may do what running needs")),
    }
}

async fn of_secrets(conn: &mut AsyncPgConnection, settings: &Settings) -> Finding {
    const SUBJECT: &str = "secrets";
    let tally = match vault_of(settings) {
        Ok(vault) => Tally::take(conn, &Holder::IN_USE, vault.as_ref()).await,
        Err(error) => return Finding::error(SUBJECT, error.to_string(), "correct ENCRYPTION_KEY"),
    };
    let tally = match tally {
        Ok(tally) => tally,
        Err(error) => {
            return Finding::error(SUBJECT, error.to_string(), "look at PostgreSQL's log");
        }
    };
    match (lost(&tally), tally.older()) {
        (Some(lost), _) => Finding::error(SUBJECT, lost, what_to_do(&tally)),
        (None, 0) => Finding::ok(SUBJECT, format!("{} stored, and all open", tally.all())),
        (None, older) => Finding::warning(
            SUBJECT,
            format!("{older} of {} need an older key", tally.all()),
            "`aimod keys rotate`",
        ),
    }
}

async fn of_schema(url: &SecretString) -> Finding {
    match migrations::status(url).await {
        Ok(states) => match states.iter().filter(|state| !state.applied).count() {
            0 => Finding::ok(SCHEMA, "it is this version's"),
            pending => Finding::warning(
                SCHEMA,
                format!("{pending} migrations are pending"),
                "`aimod migrate`; `aimod run` does it too",
            ),
        },
        Err(error @ MigrationError::NewerDatabase { .. }) => {
            Finding::error(SCHEMA, error.to_string(), "start the newer aimod again")
        }
        Err(error) => Finding::error(SCHEMA, error.to_string(), "look at PostgreSQL's log"),
    }
}
