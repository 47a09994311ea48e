//! The whole bot on a role that may read and write rows, and nothing else.

use std::time::Duration;

use aimod::store::migrations::{MigrationError, migrate};
use aimod::store::rights::{GrantError, Rights, grant};
use aimod::store::{connect, rights};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection as _};
use secrecy::{ExposeSecret as _, SecretString};

use crate::program::{aimod, err, out};
use crate::support::{House, TestDatabase, database, database_without_schema};

async fn open(url: &SecretString) -> AsyncPgConnection {
    connect(url, Duration::from_secs(10))
        .await
        .expect("it answers")
}

async fn sql(url: &SecretString, statements: &str) {
    let mut conn = open(url).await;
    conn.batch_execute(statements).await.expect(statements);
}

/// What PostgreSQL says to a statement; nothing where it carries it out.
async fn said(url: &SecretString, statement: &str) -> Option<String> {
    let mut conn = open(url).await;
    let done = conn.batch_execute(statement).await;
    done.err().map(|error| error.to_string())
}

/// A house whose bot runs as a role of its own.
async fn on_a_role() -> (House, SecretString) {
    let mut house = House::start().await;
    house.rest().await;
    let runner = house.database.runner().await;
    house.settings.database.url = Some(runner.url.clone());
    house.wake().await;
    (house, runner.url)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_bot_runs_on_a_role_that_was_granted() {
    let (house, url) = on_a_role().await;
    house.admin("/botdetect enable on:true").await;
    let channel = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    house.admin(&channel).await;
    let mallory = house.member("mallory");
    let scam = mallory
        .posts(house.general, "claim your FREE NITRO now")
        .expect("a message");
    let card = house.sim.wait_until("the card", |world| {
        !world.bot_messages(house.mod_log).is_empty()
    });
    card.await.expect("a card");
    house.settled().await;
    house.sim.look(|world| {
        assert!(world.message(house.general, scam).is_none(), "deleted");
        assert!(
            world.timeout_until(house.id(), mallory.id()).is_some(),
            "timed out"
        );
    });
    for (line, answer) in [
        ("/config set key:PREFIX value:!", "PREFIX"),
        ("/config history", "PREFIX"),
        ("/config export", "settings"),
        ("/case view number:1", "timeout for 1h"),
        ("/infractions view user:mallory", "infraction"),
        (
            "/botdetect keywords add keyword:cheap crypto",
            "cheap crypto",
        ),
    ] {
        let said = house.admin(line).await;
        assert!(said.contains(answer), "{line}: {said}");
    }
    house.settled().await;
    let cases = "SELECT count(*) FROM moderation_logs WHERE outcome = 'DONE'";
    assert_eq!(house.number(cases).await, 1);
    let seen = "SELECT infraction_count FROM user_data WHERE infraction_count > 0";
    assert_eq!(house.number(seen).await, 1);
    let logged = "SELECT count(*) FROM command_logs WHERE outcome = 'OK'";
    assert!(house.number(logged).await >= 6);
    by_the_command_line(&house, &url).await;
    let refused = "SELECT count(*) FROM guild_config_revisions WHERE source = 'SQL'";
    assert_eq!(house.number(refused).await, 1);
    house.nothing_is_left().await;
}

/// What an operator does beside the bot works on the role too, and so does plain SQL.
async fn by_the_command_line(house: &House, url: &SecretString) {
    let guild = house.id().to_string();
    let variables = [("DATABASE_URL", url.expose_secret())];
    for words in [
        &["config", "set", "PREFIX", "?", "--guild", &guild][..],
        &["config", "check", "--all"],
        &["keys", "check"],
        &["migrate", "--status"],
        &["migrate"],
    ] {
        let done = aimod(words, &variables).await;
        assert!(done.status.success(), "{words:?}: {}", err(&done));
    }
    let doctor = aimod(&["doctor"], &variables).await;
    let told = out(&doctor);
    assert!(told.contains(" may do what running needs\n"), "{told}");
    let statement = "UPDATE guild_config SET value = '\"~\"' WHERE key = 'PREFIX'";
    sql(url, statement).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_cannot_create_change_drop_truncate_or_look_elsewhere() {
    let database = database().await;
    let private = "CREATE SCHEMA private; CREATE TABLE private.diary (t TEXT); \
                   CREATE TABLE others (t TEXT)";
    sql(&database.url, private).await;
    let runner = database.runner().await;
    for statement in [
        "CREATE TABLE mine (t TEXT)",
        "CREATE TEMPORARY TABLE mine (t TEXT)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS INT LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX ON appeals (reason)",
        "CREATE ROLE mine",
        "DROP TABLE appeals",
        "DROP FUNCTION aimod_announce_version",
        "DROP TRIGGER guild_config_changed ON guild_config",
        "DROP SCHEMA public CASCADE",
        "ALTER TABLE appeals ADD COLUMN mine TEXT",
        "ALTER TABLE guild_config DISABLE TRIGGER ALL",
        "TRUNCATE appeals",
        "TRUNCATE command_logs",
        "SELECT * FROM private.diary",
        "SELECT * FROM others",
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('1')",
        "DELETE FROM __diesel_schema_migrations",
        "SET session_replication_role = replica",
        "COPY appeals TO PROGRAM 'cat'",
    ] {
        let said = said(&runner.url, statement).await;
        let said = said.unwrap_or_else(|| panic!("{statement} is carried out"));
        let refused = ["permission denied", "must be owner of", "must be superuser"];
        assert!(
            refused.iter().any(|word| said.contains(word)),
            "{statement}: {said}"
        );
    }
    let own = Rights::of(&mut open(&runner.url).await)
        .await
        .expect("read");
    assert_eq!((own.excess(), own.lack()), (None, None));
    let owners = Rights::of(&mut open(&database.url).await).await;
    assert_eq!(owners.expect("read").excess(), Some("is a superuser"));
}

/// Every right in the database, as PostgreSQL keeps it.
async fn all_rights(database: &TestDatabase) -> Vec<String> {
    use diesel::QueryableByName;
    use diesel::sql_types::Text;
    use diesel_async::RunQueryDsl as _;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT text FROM ( \
             SELECT relname || ' ' || COALESCE(relacl::text, '-') FROM pg_class WHERE relnamespace = 'public'::regnamespace \
             UNION ALL SELECT proname || ' ' || COALESCE(proacl::text, '-') FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             UNION ALL SELECT nspname || ' ' || COALESCE(nspacl::text, '-') FROM pg_namespace \
             UNION ALL SELECT defaclobjtype::text || ' ' || defaclacl::text FROM pg_default_acl \
             UNION ALL SELECT datname || ' ' || COALESCE(datacl::text, '-') FROM pg_database WHERE datname = current_database() \
         ) AS t (text) ORDER BY text",
    )
    .load(&mut open(&database.url).await)
    .await
    .expect("rights");
    rows.into_iter().map(|row| row.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn granting_again_changes_nothing_and_takes_back_what_was_too_much() {
    let database = database().await;
    let runner = database.runner().await;
    let granted = all_rights(&database).await;
    let again = grant(&database.url, &runner.name).await.expect("granted");
    assert_eq!(again.left, Vec::<&str>::new());
    assert_eq!(again.tables, rights::tables().count());
    assert_eq!(all_rights(&database).await, granted);
    let role = &runner.name;
    let too_much = format!(
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT CREATE ON SCHEMA public TO {role}, PUBLIC; \
         GRANT ALL ON SCHEMA public TO {role}; GRANT TEMPORARY ON DATABASE {} TO {role}",
        database.name
    );
    sql(&database.url, &too_much).await;
    let left = grant(&database.url, role).await.expect("granted").left;
    assert_eq!(left, Vec::<&str>::new());
    for statement in ["TRUNCATE appeals", "CREATE TABLE mine (t TEXT)"] {
        let said = said(&runner.url, statement).await.expect("refused");
        assert!(said.contains("permission denied"), "{statement}: {said}");
    }
    assert_eq!(all_rights(&database).await, granted);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_later_migrations_are_granted_with_them() {
    let database = database().await;
    let runner = database.runner().await;
    let later = "CREATE TABLE later (id BIGINT GENERATED BY DEFAULT AS IDENTITY, t TEXT); \
                 CREATE FUNCTION aimod_later() RETURNS INT LANGUAGE sql AS 'SELECT 1'";
    sql(&database.url, later).await;
    let use_them = "INSERT INTO later (t) VALUES ('a'); UPDATE later SET t = 'b'; \
                    DELETE FROM later WHERE id = 1; SELECT aimod_later()";
    sql(&runner.url, use_them).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_prepared_is_told_why() {
    let database = database().await;
    let missing = grant(&database.url, "nobody here").await;
    let missing = missing.expect_err("no such role");
    assert!(matches!(missing, GrantError::NoRole(_)), "{missing}");
    assert!(missing.to_string().contains("CREATE ROLE \"nobody here\""));
    let owner = grant(&database.url, "aimod").await.expect_err("mighty");
    assert!(matches!(owner, GrantError::TooMighty(..)), "{owner}");
    let runner = database.runner().await;
    let own = grant(&runner.url, &runner.name).await;
    let own = own.expect_err("it owns nothing");
    assert!(matches!(own, GrantError::NotOwner(_)), "{own}");
    let variables = [("DATABASE_URL", database.url.expose_secret())];
    let told = aimod(&["migrate", "--grant", &runner.name], &variables).await;
    assert!(told.status.success(), "{}", err(&told));
    let told = out(&told);
    let expected = format!("{} may read and write the rows of ", runner.name);
    assert!(told.contains(&expected), "{told}");
    let told = aimod(&["migrate", "--grant", "nobody"], &variables).await;
    assert_eq!(told.status.code(), Some(1));
    assert!(err(&told).contains("there is no role nobody; make it first"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pending_migration_stops_a_role_that_may_not_run_it() {
    let database = database().await;
    let runner = database.runner().await;
    let pending = "DELETE FROM __diesel_schema_migrations \
                   WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    sql(&database.url, pending).await;
    let error = migrate(&runner.url).await.expect_err("it may not");
    assert!(
        matches!(error, MigrationError::NotAllowed { pending: 1, .. }),
        "{error}"
    );
    let variables = [
        ("DATABASE_URL", runner.url.expose_secret()),
        ("DISCORD_TOKEN", "MTA.simulated.token"),
    ];
    let stopped = aimod(&["run"], &variables).await;
    assert_eq!(stopped.status.code(), Some(1));
    let expected = format!(
        "the database needs 1 migrations, which the role {} may not run: run `aimod migrate --grant {}` \
         with the DATABASE_URL of the tables' owner",
        runner.name, runner.name
    );
    assert!(err(&stopped).contains(&expected), "{}", err(&stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_was_taken_away_stops_the_start_with_its_name() {
    let database = database().await;
    let runner = database.runner().await;
    let revoke = format!("REVOKE DELETE ON guild_config FROM {}", runner.name);
    sql(&database.url, &revoke).await;
    let variables = [
        ("DATABASE_URL", runner.url.expose_secret()),
        ("DISCORD_TOKEN", "MTA.simulated.token"),
    ];
    let stopped = aimod(&["run"], &variables).await;
    assert_eq!(stopped.status.code(), Some(1));
    let expected = format!("the role {} may not DELETE on guild_config: ", runner.name);
    assert!(err(&stopped).contains(&expected), "{}", err(&stopped));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_rights_in_an_empty_database_is_told_to_be_granted_some() {
    let database = database_without_schema().await;
    sql(&database.url, "REVOKE ALL ON SCHEMA public FROM PUBLIC").await;
    let role = database.role().await;
    let error = migrate(&role.url).await.expect_err("it may not");
    assert!(
        matches!(error, MigrationError::NotAllowed { .. }),
        "{error}"
    );
}
