//! `aimod backup` and `aimod restore`: everything comes back as it was, or nothing is touched.

mod newer;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use aimod::store::{connect, rights};
use aimod::vault::Vault;
use diesel::QueryableByName;
use diesel::sql_types::{Array, Text};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};
use secrecy::{ExposeSecret as _, SecretString};

use crate::program::{aimod, err, out};
use crate::support::{House, database, database_without_schema};

/// A folder for backups.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::Builder::new()
        .prefix("aimod backup ")
        .tempdir_in("/tmp")
        .expect("a folder");
    // The server's user must be able to enter where a test keeps a cluster in it.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))
        .expect("open to the server's user");
    folder
}

async fn run(words: &[&str], file: &Path, url: &SecretString) -> Output {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .chain([file.to_str().expect("Unicode")])
        .collect();
    aimod(&words, &[("DATABASE_URL", url.expose_secret())]).await
}

async fn done(words: &[&str], file: &Path, url: &SecretString) -> String {
    let output = run(words, file, url).await;
    assert!(output.status.success(), "{words:?}: {}", err(&output));
    out(&output)
}

/// What a command that fails says.
async fn refused(words: &[&str], file: &Path, url: &SecretString) -> String {
    let output = run(words, file, url).await;
    assert_eq!(output.status.code(), Some(1), "{words:?}: {}", out(&output));
    err(&output)
}

async fn sql(url: &SecretString, statements: &str) {
    let conn = connect(url, Duration::from_secs(10)).await;
    let mut conn = conn.expect("it answers");
    conn.batch_execute(statements).await.expect(statements);
}

async fn lines(url: &SecretString, query: &str, names: &[&str]) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        text: String,
    }
    let conn = connect(url, Duration::from_secs(10)).await;
    let rows: Vec<Row> = diesel::sql_query(query)
        .bind::<Array<Text>, _>(names)
        .load(&mut conn.expect("it answers"))
        .await
        .expect(query);
    rows.into_iter().map(|row| row.text).collect()
}

/// Every row of every table, each table as one sum of its rows' own sums; and everything that is no row.
async fn fingerprint(url: &SecretString) -> Vec<String> {
    let mut all = Vec::new();
    for table in rights::tables().chain(["__diesel_schema_migrations"]) {
        let sums = format!(
            "SELECT '{table} ' || count(*) || ' ' || \
             COALESCE(md5(string_agg(md5(t::text), '' ORDER BY t::text)), '-') AS text \
             FROM {table} t WHERE $1 IS NOT NULL"
        );
        all.extend(lines(url, &sums, &[]).await);
    }
    for query in [
        "SELECT sequencename || ' ' || COALESCE(last_value, 0) AS text FROM pg_sequences WHERE $1 IS NOT NULL",
        "SELECT proname || md5(prosrc || COALESCE(proconfig::text, '')) AS text FROM pg_proc \
             WHERE pronamespace = 'public'::regnamespace AND $1 IS NOT NULL",
        "SELECT pg_get_triggerdef(oid) || tgenabled::text AS text FROM pg_trigger WHERE NOT tgisinternal AND $1 IS NOT NULL",
        "SELECT pg_get_indexdef(indexrelid) AS text FROM pg_index \
             WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND $1 IS NOT NULL",
        "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS text FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace AND $1 IS NOT NULL",
        "SELECT objoid::regclass || ' ' || objsubid || description AS text FROM pg_description \
             WHERE classoid = 'pg_class'::regclass AND objoid IN \
             (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND $1 IS NOT NULL",
    ] {
        let part = lines(url, query, &[]).await;
        let mut part: Vec<String> = part.iter().map(|line| plain(line)).collect();
        part.sort();
        all.extend(part);
    }
    all
}

/// A definition without casts and parentheses: PostgreSQL writes `IN` over VARCHAR with others when it reads its own words.
fn plain(line: &str) -> String {
    let mut line = line.replace(['(', ')'], "");
    for cast in ["::character varying", "::text[]", "::text"] {
        line = line.replace(cast, "");
    }
    line
}

/// A house with something in every table that a day fills: cases, settings with a history, secrets.
async fn lived_in(vault: &Vault) -> House {
    let house = House::start().await;
    house.admin("/botdetect enable on:true").await;
    for prefix in ["!", "?", "o!"] {
        house
            .admin(&format!("/config set key:PREFIX value:{prefix}"))
            .await;
    }
    for name in ["mallory-1", "mallory-2", "mallory-3"] {
        let mallory = house.guild.add_member(name).expect("a member");
        let scam = mallory.posts(house.general, "claim your FREE NITRO now");
        scam.expect("a message");
    }
    house.settled().await;
    let (id, key) = (house.id(), vault.seal("sk-1"));
    let statements = format!(
        "INSERT INTO guild_api_keys (guild_id, api_provider, encrypted_api_key) VALUES ({id}, 'p', '{}'); \
         INSERT INTO user_notes (guild_id, user_id, note) VALUES ({id}, 5, E'two\\nlines\\t\\\\.'); \
         INSERT INTO user_notes (guild_id, user_id, note) SELECT {id}, n, repeat('ä\\.', 50) FROM generate_series(1, 5000) n; \
         INSERT INTO appeals (user_id, guild_id, case_id, reason, legacy_id) \
             SELECT 5, {id}, id, 'unfair', gen_random_uuid() FROM moderation_logs LIMIT 1; \
         INSERT INTO global_bans VALUES (9, 'spam'); \
         INSERT INTO blog_posts (title, content, slug) VALUES ('t', '# t', 't')",
        key.as_str()
    );
    sql(&house.database.url, &statements).await;
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_comes_back_and_the_bot_goes_on_where_it_was() {
    let folder = folder();
    let key = Vault::generate_key();
    let vault = Vault::from_keys(&key).expect("a key");
    let mut house = lived_in(&vault).await;
    house.settings.vault.encryption_keys = Some(key);
    let file = folder.path().join("a backup.dump");
    // While the bot runs.
    let told = done(&["backup"], &file, &house.database.url).await;
    assert!(told.contains("keep ENCRYPTION_KEY with it"), "{told}");
    let mode = file.metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    house.rest().await;
    done(&["backup", "--force"], &file, &house.database.url).await;
    let before = fingerprint(&house.database.url).await;
    assert!(
        before
            .iter()
            .any(|line| line.starts_with("user_notes 5001 "))
    );

    let other = database_without_schema().await;
    let told = done(&["restore"], &file, &other.url).await;
    assert!(told.contains("        5001  user_notes\n"), "{told}");
    assert!(told.contains("ENCRYPTION_KEY is not set, and 1 stored secrets are sealed"));
    assert_eq!(fingerprint(&other.url).await, before);
    let open = "SELECT oid::regprocedure::text AS text FROM pg_proc WHERE prosecdef AND proname LIKE 'aimod%' \
                AND (proacl IS NULL OR proacl::text LIKE '%{=X%' OR proacl::text LIKE '%,=X%') AND $1 IS NOT NULL";
    assert_eq!(lines(&other.url, open, &[]).await, Vec::<String>::new());

    house.database = other;
    house.settings.database.url = Some(house.database.url.clone());
    let version = house
        .number("SELECT max(config_version) FROM guild_settings")
        .await;
    house.wake().await;
    let said = house.admin("/config set key:PREFIX value:$").await;
    assert!(said.contains("PREFIX"), "{said}");
    let now = house
        .number("SELECT max(config_version) FROM guild_settings")
        .await;
    assert_eq!(now, version + 1);
    let scam = house
        .member("alice")
        .posts(house.general, "claim your FREE NITRO now");
    scam.expect("a message");
    house.settled().await;
    let cases = "SELECT count(*) FROM moderation_logs WHERE case_number = 4 AND outcome = 'DONE'";
    assert_eq!(house.number(cases).await, 1);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_with_rows_is_replaced_only_by_force_and_as_a_whole() {
    let folder = folder();
    let file = folder.path().join("b.dump");
    let (from, to) = tokio::join!(database(), database());
    sql(&from.url, "INSERT INTO global_bans VALUES (1, 'kept')").await;
    sql(
        &to.url,
        "INSERT INTO global_bans VALUES (2, 'other'); CREATE TABLE notes (t TEXT); INSERT INTO notes VALUES ('mine'); \
         INSERT INTO guild_config (guild_id, key, value) VALUES (1, 'A', '1')",
    )
    .await;
    done(&["backup"], &file, &from.url).await;
    let before = fingerprint(&to.url).await;
    let said = refused(&["restore"], &file, &to.url).await;
    assert!(
        said.contains("the database is not empty (public.global_bans has rows); say --force"),
        "{said}"
    );
    assert_eq!(fingerprint(&to.url).await, before);
    let told = done(&["restore", "--force"], &file, &to.url).await;
    assert!(told.contains("           1  global_bans\n"), "{told}");
    assert_eq!(fingerprint(&to.url).await, fingerprint(&from.url).await);
    let foreign = "SELECT t AS text FROM notes WHERE $1 IS NOT NULL";
    assert_eq!(lines(&to.url, foreign, &[]).await, ["mine"]);
    // A migrated database without rows is empty too.
    let fresh = database().await;
    done(&["restore"], &file, &fresh.url).await;
    assert_eq!(fingerprint(&fresh.url).await, fingerprint(&from.url).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_ends_in_the_middle_changes_nothing() {
    let folder = folder();
    let (whole, cut) = (folder.path().join("whole"), folder.path().join("cut"));
    let (from, to) = tokio::join!(database(), database());
    let many = "INSERT INTO user_notes (guild_id, user_id, note) \
                SELECT 1, n, md5(n::text) || md5((n * 7)::text) FROM generate_series(1, 50000) n";
    sql(&from.url, many).await;
    sql(&to.url, "INSERT INTO global_bans VALUES (2, 'kept')").await;
    done(&["backup"], &whole, &from.url).await;
    let bytes = std::fs::read(&whole).expect("readable");
    let before = fingerprint(&to.url).await;
    for part in [2, 3, 10] {
        let kept = bytes.len() - bytes.len() / part;
        std::fs::write(&cut, &bytes[..kept]).expect("written");
        let said = refused(&["restore", "--force"], &cut, &to.url).await;
        assert!(said.starts_with("aimod: "), "{said}");
        assert_eq!(fingerprint(&to.url).await, before, "cut at {kept}");
    }
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    for byte in &mut damaged[middle..middle + 64] {
        *byte ^= 0x55;
    }
    std::fs::write(&cut, &damaged).expect("written");
    refused(&["restore", "--force"], &cut, &to.url).await;
    assert_eq!(fingerprint(&to.url).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_of_ours_or_too_new_is_refused() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let (to, from) = tokio::join!(database_without_schema(), database());
    std::fs::write(file("text"), "hello").expect("written");
    let said = refused(&["restore"], &file("text"), &to.url).await;
    assert!(said.ends_with("is no backup of AIMod\n"), "{said}");
    let said = refused(&["restore"], &file("missing"), &to.url).await;
    assert!(said.contains("cannot read "), "{said}");
    let empty = refused(&["backup"], &file("empty"), &to.url).await;
    assert!(empty.contains("holds nothing of AIMod"), "{empty}");
    assert!(!file("empty").exists());
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')";
    sql(&from.url, newer).await;
    done(&["backup"], &file("newer"), &from.url).await;
    let said = refused(&["restore"], &file("newer"), &to.url).await;
    assert!(
        said.contains(
            "the backup is newer than this program: it has the migrations 99991231000001 "
        ),
        "{said}"
    );
    let said = refused(&["restore", "--force"], &file("newer"), &from.url).await;
    assert!(said.contains("newer than this program"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_an_older_schema_is_brought_up_afterwards() {
    let folder = folder();
    let file = folder.path().join("older");
    let (from, to) = tokio::join!(database(), database_without_schema());
    let variables = [("DATABASE_URL", from.url.expose_secret())];
    let back = aimod(&["migrate", "--down", "1"], &variables).await;
    assert!(back.status.success(), "{}", err(&back));
    done(&["backup"], &file, &from.url).await;
    let told = done(&["restore"], &file, &to.url).await;
    assert!(
        told.contains("1 migrations came after this backup"),
        "{told}"
    );
    let variables = [("DATABASE_URL", to.url.expose_secret())];
    let up = aimod(&["migrate"], &variables).await;
    assert!(out(&up).starts_with("applied "), "{}", err(&up));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_stays_and_a_failed_backup_leaves_none() {
    let folder = folder();
    let file = folder.path().join("kept");
    let database = database().await;
    std::fs::write(&file, "precious").expect("written");
    let said = refused(&["backup"], &file, &database.url).await;
    assert!(
        said.contains("is there already; say --force to replace it"),
        "{said}"
    );
    let runner = database.runner().await;
    // A role for running may not read how far the sequences are, so it is refused in the middle.
    let said = refused(&["backup", "--force"], &file, &runner.url).await;
    assert!(said.contains("pg_dump failed: pg_dump: error: "), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("there"), "precious");
    let said = refused(&["backup"], &folder.path().join("no/such"), &database.url).await;
    assert!(said.contains("cannot write into "), "{said}");
    let left: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .expect("readable")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(left, [file]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_restores_under_a_running_bot() {
    let folder = folder();
    let file = folder.path().join("b");
    let house = House::start().await;
    done(&["backup"], &file, &house.database.url).await;
    let said = refused(&["restore", "--force"], &file, &house.database.url).await;
    assert!(
        said.contains("connections of aimod are open to this database; stop the bot first"),
        "{said}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_cluster_is_kept_and_brought_to_another_folder() {
    let folder = folder();
    let file = folder.path().join("own.dump");
    let file = file.to_str().expect("Unicode");
    let at = |name: &str| {
        folder
            .path()
            .join(name)
            .to_str()
            .expect("Unicode")
            .to_owned()
    };
    let (first, second) = (at("first"), at("second"));
    let run = async |words: &[&str], data: &str| {
        let done = aimod(words, &[("AIMOD__DATABASE__DATA_DIR", data)]).await;
        (done.status.code(), out(&done) + &err(&done))
    };
    let (code, said) = run(&["backup", file], &first).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no database yet"), "{said}");
    run(&["migrate"], &first).await;
    let set = ["config", "set", "PREFIX", "?", "--guild", "77"];
    assert_eq!(run(&set, &first).await.0, Some(0));
    let (code, said) = run(&["backup", file], &first).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&["restore", file], &second).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("           1  guild_config\n"), "{said}");
    let history = ["config", "history", "--guild", "77", "--json"];
    assert_eq!(run(&history, &second).await, run(&history, &first).await);
}
