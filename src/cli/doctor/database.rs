//! Checks the database: reachable, and at this version's schema.

use std::time::Duration;

use secrecy::SecretString;

use super::Finding;
use crate::settings::Settings;
use crate::store::migrations::{self, MigrationError};
use crate::store::server::{self, ServerOptions};
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
            let findings = of_database(database.url()).await;
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

pub(super) async fn of_database(url: &SecretString) -> Vec<Finding> {
    if let Err(error) = connect(url, Duration::from_secs(5)).await {
        return vec![Finding::error(
            SUBJECT,
            error.to_string(),
            "start PostgreSQL or correct DATABASE_URL",
        )];
    }
    vec![Finding::ok(SUBJECT, "it answers"), of_schema(url).await]
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
