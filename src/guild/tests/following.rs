//! Changes that others make: another process, the command line, plain SQL.

use std::sync::Arc;
use std::time::Duration;

use diesel_async::SimpleAsyncConnection as _;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{LIMIT, LIST, MARK, Yard, until};
use crate::domain::ids::{ConfigVersion, GuildId, UserId};
use crate::guild::config::change::{Change, ChangeError, Edit};
use crate::guild::config::value::Value;
use crate::guild::{Follower, GuildError, GuildOptions};
use crate::store::tables::config::Source;
use crate::support::{Link, TestDatabase};

/// A follower that ends with the test.
struct Following {
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Following {
    fn start(yard: &Yard, url: &SecretString, sweep_every: Duration) -> Self {
        let following = Self {
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let follower = Follower {
            guilds: yard.guilds.clone(),
            url: url.clone(),
            sweep_every,
            stopping: following.stopping.clone(),
        };
        following.tasks.spawn(follower.follow());
        following
    }

    async fn stop(self) {
        self.stopping.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// No sweep comes in time to help.
const NEVER: Duration = Duration::from_secs(3_000);

/// For tests whose point is not the time.
fn patient(options: &mut GuildOptions) {
    options.commit_within = LIMIT;
    options.answer_within = LIMIT;
}

async fn sql(database: &TestDatabase, statements: &str) {
    let mut conn = database.pool.acquire().await.expect("a connection");
    conn.batch_execute(statements).await.expect(statements);
}

/// Sets the mark of a guild as somebody at the database would.
async fn sql_mark(database: &TestDatabase, guild: u64, mark: &str) {
    let statement = format!(
        "INSERT INTO guild_config (guild_id, key, value) VALUES ({guild}, 'MARK', '\"{mark}\"') \
         ON CONFLICT (guild_id, key) DO UPDATE SET value = EXCLUDED.value"
    );
    sql(database, &statement).await;
}

fn marked(mark: &str) -> Change {
    let edit = Edit::Set(Value::Text(mark.into()));
    Change::one(&MARK, edit, UserId(0), Source::Cli)
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_sql_and_the_command_line_come_into_force_in_a_running_guild() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    yard.open(1);
    yard.judges_by(1, "unset").await;
    sql_mark(&database, 1, "by sql").await;
    assert_eq!(yard.judges_by(1, "by sql").await.version, ConfigVersion(1));
    let changed = yard.outside.change(GuildId(1), marked("by cli")).await;
    assert_eq!(changed.expect("committed").version, ConfigVersion(2));
    assert_eq!(yard.judges_by(1, "by cli").await.version, ConfigVersion(2));
    sql(&database, "DELETE FROM guild_config").await;
    assert_eq!(yard.judges_by(1, "unset").await.version, ConfigVersion(3));
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_announced_is_found_by_the_sweep() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, Duration::from_millis(20));
    yard.open(1);
    yard.judges_by(1, "unset").await;
    sql(&database, "ALTER TABLE guild_settings DISABLE TRIGGER USER").await;
    sql_mark(&database, 1, "in silence").await;
    yard.judges_by(1, "in silence").await;
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_is_made_anew_and_what_was_missed_is_read() {
    let (yard, database) = Yard::start(|_| {}).await;
    let (link, url) = Link::to_postgres(&database.url).await;
    let following = Following::start(&yard, &url, NEVER);
    yard.open(1);
    yard.judges_by(1, "unset").await;
    sql_mark(&database, 1, "heard").await;
    yard.judges_by(1, "heard").await;
    link.cut();
    sql_mark(&database, 1, "missed").await;
    link.heal();
    yard.judges_by(1, "missed").await;
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_may_be_doubled_reordered_and_invented() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    yard.open(1);
    yard.judges_by(1, "unset").await;
    for round in 0..20 {
        sql_mark(&database, 1, &format!("mark {round}")).await;
        sql(
            &database,
            "NOTIFY aimod_config, '1 1'; NOTIFY aimod_config, '1 999'; NOTIFY aimod_config, '2 5'; \
             NOTIFY aimod_config, 'x'; NOTIFY aimod_config, '99999999999999999999 1'",
        )
        .await;
    }
    assert_eq!(
        yard.judges_by(1, "mark 19").await.version,
        ConfigVersion(20)
    );
    assert!(yard.judged().is_sorted_by_key(|seen| seen.version));
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_guilds_of_one_transaction_follow_together() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    for guild in 1..=600 {
        yard.open(guild);
    }
    let awake = || (1..=600).all(|guild| yard.guilds.find_configuration(GuildId(guild)).is_some());
    until("all are awake", awake).await;
    sql(
        &database,
        "INSERT INTO guild_config (guild_id, key, value) SELECT g, 'MARK', '\"all\"' FROM generate_series(1, 600) g",
    )
    .await;
    let all = || {
        (1..=600).all(|guild| {
            let snapshot = yard.guilds.find_configuration(GuildId(guild));
            snapshot.is_some_and(|snapshot| snapshot.values().text(&MARK) == Some("all"))
        })
    };
    until("all have it", all).await;
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_does_not_fit_leaves_the_last_good_one() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    yard.open(1);
    yard.mark(1, "good").await.expect("committed");
    yard.mark(1, "better").await.expect("committed");
    sql(&database, "UPDATE guild_config SET value = '[\"no text\"]'").await;
    let at = |version| {
        let guilds = yard.guilds.clone();
        move || {
            let snapshot = guilds.find_configuration(GuildId(1));
            snapshot.is_some_and(|snapshot| snapshot.version() == ConfigVersion(version))
        }
    };
    until("the wrong value is read", at(3)).await;
    let held = yard.guilds.find_configuration(GuildId(1)).expect("awake");
    assert_eq!(held.values().text(&MARK), Some("better"));
    assert_eq!(held.misfits().len(), 1);
    assert_eq!(held.misfits()[0].key, "MARK");
    // Another process, or the next start, comes to the same.
    let read = yard.guilds.loader().load(GuildId(1)).await.expect("read");
    assert_eq!(read.values().text(&MARK), Some("better"));
    // Setting what holds mends the stored value.
    let mended = yard.mark(1, "better").await.expect("committed");
    assert!(mended.written());
    let held = yard.guilds.find_configuration(GuildId(1)).expect("awake");
    assert_eq!(held.misfits(), []);
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_who_add_from_everywhere_at_once_keep_ten() {
    let (yard, database) = Yard::start(patient).await;
    yard.open(1);
    yard.judges_by(1, "unset").await;
    let other = Yard::on(&database.url, None, patient).await;
    let add = |number: u64| {
        let entry = Value::Texts([format!("entry {number}").as_str().into()].into());
        Edit::Add(entry)
    };
    let adding = (0..30).map(async |number| match number % 3 {
        0 => yard.change(1, &LIST, add(number)).await.map(drop),
        1 => other.change(1, &LIST, add(number)).await.map(drop),
        _ => {
            let change = Change::one(&LIST, add(number), UserId(0), Source::Cli);
            yard.outside
                .change(GuildId(1), change)
                .await
                .expect("committed");
            Ok(())
        }
    });
    for added in futures_util::future::join_all(adding).await {
        added.expect("committed");
    }
    let read = yard.guilds.loader().load(GuildId(1)).await.expect("read");
    assert_eq!(read.values().texts(&LIST).len(), 30);
    assert_eq!(read.version(), ConfigVersion(30));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_based_on_an_older_version_of_its_key_is_refused() {
    let (yard, database) = Yard::start(|_| {}).await;
    yard.open(1);
    yard.mark(1, "first").await.expect("committed");
    yard.mark(1, "second").await.expect("committed");
    let based = |version, key, edit| Change {
        based_on: Some(ConfigVersion(version)),
        ..Change::one(key, edit, UserId(9), Source::Command)
    };
    let set = || Edit::Set(Value::Text("mine".into()));
    let refused = yard.guilds.change(GuildId(1), based(1, &MARK, set())).await;
    let text = |text: &str| Some(Value::Text(text.into()));
    let expected = ChangeError::Outdated {
        key: &MARK,
        then: text("first"),
        now: text("second"),
        version: ConfigVersion(2),
    };
    assert_eq!(refused, Err(GuildError::Change(expected)));
    // Another key has not changed since.
    let entry = Edit::Add(Value::Texts(Arc::from(["a".into()])));
    let added = yard.guilds.change(GuildId(1), based(1, &LIST, entry)).await;
    assert_eq!(added.expect("committed").version, ConfigVersion(3));
    let newest = yard.guilds.change(GuildId(1), based(3, &MARK, set())).await;
    assert_eq!(newest.expect("committed").version, ConfigVersion(4));
    drop(database);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_wakes_meanwhile_misses_nothing() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    for guild in 1..=40 {
        let change = sql_mark(&database, guild, "early");
        let wake = async { yard.open(guild) };
        tokio::join!(change, wake);
        let seen = tokio::time::timeout(LIMIT, yard.judges_by(guild, "early")).await;
        seen.expect("no announcement falls between waking and reading");
    }
    following.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_do_is_said_only_of_what_the_database_holds() {
    let (yard, database) = Yard::start(|_| {}).await;
    yard.open(1);
    yard.mark(1, "mine").await.expect("committed");
    // Nobody follows: the guild has not heard of it.
    sql_mark(&database, 1, "theirs").await;
    let again = yard.mark(1, "mine").await.expect("committed");
    assert_eq!(again.version, ConfigVersion(3), "it had to be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_that_nobody_can_read_keeps_no_other_from_following() {
    let (yard, database) = Yard::start(|_| {}).await;
    let following = Following::start(&yard, &database.url, NEVER);
    for guild in [1, 2] {
        yard.open(guild);
        yard.mark(guild, "good").await.expect("committed");
    }
    sql(
        &database,
        "UPDATE guild_config SET value = '1e400' WHERE guild_id = 1; \
         UPDATE guild_config SET value = '\"new\"' WHERE guild_id = 2",
    )
    .await;
    yard.judges_by(2, "new").await;
    assert_eq!(yard.judges_by(1, "good").await.mark, "good");
    let null = "UPDATE guild_config SET value = 'null' WHERE guild_id = 1";
    sql(&database, null).await;
    let read = yard.guilds.loader().load(GuildId(1)).await.expect("read");
    assert_eq!(read.misfits().len(), 1);
    assert_eq!(read.values().text(&MARK), Some("good"));
    following.stop().await;
}
