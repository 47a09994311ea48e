//! The shared tables against a real PostgreSQL, written through the writer as the house does.

mod api_keys;
mod cards;
mod configuration;
mod erasure;
mod months;
mod operations;
mod plain_sql;
mod purge;
mod taking_back;
mod tokens;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{TestDatabase, database};
use aimod::domain::ids::{CaseNumber, ChannelId, ConfigVersion, GuildId, MessageId, UserId};
use aimod::domain::verdict::{Decision, Punishment};
use aimod::store::PooledConnection;
use aimod::store::tables::cases::{Case, CaseOutcome, is_overruled};
use aimod::store::tables::config::{
    ConfigChange, ConfigEdit, ConfigWritten, Place, Source, StoredConfig, find_version,
    list_revisions, load_config, load_configs, load_undo,
};
use aimod::store::tables::guilds::GuildSeen;
use aimod::store::tables::infractions::{count_infractions, list_infractions};
use aimod::store::tables::ledger::read_ledger;
use aimod::store::tables::operations::{
    ErrandOpened, NewErrand, NewOperation, NewStep, Opened, PostedCard, StepSettled, StepState,
    find_card, find_card_of_case, list_orphans, list_steps, list_unsettled,
};
use aimod::store::tables::users::{Sightings, UserData, UserSeen};
use aimod::writer::{WriteError, Writer, WriterOptions};

const GUILD: GuildId = GuildId(10);
const ACTION: Place = Place::Column {
    table: "botdetect_config",
    column: "action",
};

struct Scene {
    database: TestDatabase,
    writer: Writer,
}

async fn scene() -> Scene {
    let database = database().await;
    let writer = writer(&database).await;
    Scene { database, writer }
}

async fn writer(database: &TestDatabase) -> Writer {
    Writer::start(database.pool.clone(), WriterOptions::default())
        .await
        .expect("it starts")
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

impl Scene {
    async fn conn(&self) -> PooledConnection {
        self.database.pool.acquire().await.expect("a connection")
    }

    async fn text(&self, query: &str) -> Option<String> {
        let row: Told = diesel::sql_query(format!("SELECT ({query})::text AS value"))
            .get_result(&mut *self.conn().await)
            .await
            .expect(query);
        row.value
    }

    async fn number(&self, query: &str) -> i64 {
        let row: Number = diesel::sql_query(format!("SELECT ({query})::bigint AS value"))
            .get_result(&mut *self.conn().await)
            .await
            .expect(query);
        row.value
    }

    /// Changes a key from what holds now; gives the new version and what was there before.
    async fn set(&self, edit: (Place, Option<Value>)) -> Result<(i64, Option<Value>), WriteError> {
        let now = find_version(&mut *self.conn().await, GUILD).await;
        let change = change(now.expect("a version"), edit);
        let ConfigWritten::Changed(version) = self.writer.keep_now(change).await? else {
            panic!("nobody else changes the guild");
        };
        let mut conn = self.conn().await;
        let newest = list_revisions(&mut conn, GUILD, None, None, 1).await;
        let newest = newest.expect("revisions").remove(0);
        assert_eq!(newest.version, version);
        Ok((version.0, newest.old))
    }

    async fn stored(&self) -> StoredConfig {
        load_config(&mut *self.conn().await, GUILD, &["botdetect_config"])
            .await
            .expect("the configuration")
    }

    async fn open(&self, operation: NewOperation) -> Opened {
        self.writer.keep_now(operation).await.expect("written")
    }
}

fn change(expected: ConfigVersion, (place, value): (Place, Option<Value>)) -> ConfigChange {
    let default = (place == ACTION).then(|| json!("timeout"));
    ConfigChange {
        guild: GUILD,
        expected,
        edits: vec![ConfigEdit {
            key: "KEY".into(),
            place,
            default,
            value,
        }],
        changed_by: UserId(7),
        source: Source::Cli,
        reason: Some("because".to_owned()),
    }
}

fn decision(guild: GuildId, key: &str) -> Decision {
    let punishment = Punishment::Timeout {
        duration: Duration::from_secs(60),
    };
    Decision {
        target_name: "mallory".to_owned(),
        rule: "no scams".to_owned(),
        reasoning: "a scam".to_owned(),
        ..Decision::new(guild, key, UserId(5), punishment, moment(100))
    }
}

fn operation(guild: GuildId, key: &str, steps: usize) -> NewOperation {
    let step = |n| NewStep {
        kind: "NOTICE".to_owned(),
        payload: json!({ "n": n }),
    };
    NewOperation {
        decision: decision(guild, key),
        steps: (0..steps).map(step).collect(),
    }
}

fn errand(guild: GuildId, key: &str, steps: usize) -> NewErrand {
    NewErrand {
        guild,
        key: key.to_owned(),
        given_at: moment(200),
        steps: operation(guild, key, steps).steps,
    }
}

fn settled(key: &str, step: i16, case: Option<CaseOutcome>) -> StepSettled {
    StepSettled {
        key: key.to_owned(),
        step,
        state: StepState::Skipped,
        detail: Some("not\0 needed".to_owned()),
        posted: None,
        case,
    }
}

fn moment(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000 + second, 0).expect("a time")
}

const fn case(number: i64) -> Opened {
    Opened::Case {
        number: CaseNumber(number),
    }
}
