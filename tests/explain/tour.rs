//! The tour: the bot on a large database, and everything that people, operators and the house itself do with it.

use std::path::Path;
use std::time::Duration;

use aimod::domain::clock::Clock;
use aimod::domain::ids::{GuildId, UserId};
use aimod::store::connect;
use aimod::store::tables::cases::is_overruled;
use aimod::store::tables::config::{find_edition, list_known, list_versions};
use aimod::store::tables::erasure::{count_guild, count_person};
use aimod::store::tables::operations::{list_orphans, list_steps, list_unsettled};
use aimod::store::tables::provider_keys::{ApiKeyInfo, find_token};
use aimod::store::tables::tokens::{Holder, Tally, count_tokens};
use aimod::vault::Vault;
use diesel_async::AsyncPgConnection;
use secrecy::ExposeSecret as _;
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};

use crate::deeds;
use crate::plans::Plans;
use crate::support::House;

const FILL: &str = include_str!("fill.sql");
/// The guild that AIMod left long ago.
const LEFT: u64 = 4_343;

/// What people type, in this order. `{infraction}`, `{note}` and `{appeal}` are numbers of rows of the guild.
const LINES: [(&str, &str); 41] = [
    ("admin", "/config show"),
    ("admin", "/config set key:PREFIX value:!"),
    ("admin", "/config set key:PREFIX value:!"),
    (
        "admin",
        "/config add key:BOTDETECT_KEYWORDS value:scam.example",
    ),
    (
        "admin",
        "/config remove key:BOTDETECT_KEYWORDS value:scam.example",
    ),
    ("admin", "/config history"),
    ("admin", "/config diff from:1"),
    ("admin", "/config rollback version:1"),
    ("admin", "/config check"),
    ("admin", "/case view number:1"),
    ("admin", "/case view number:500"),
    ("admin", "/case list"),
    ("admin", "/case list user:mallory"),
    ("admin", "/case list moderator:admin"),
    ("admin", "/case list action:BAN"),
    ("admin", "/case reason number:500 text:Better said"),
    ("admin", "/case note number:500 text:For the staff"),
    ("admin", "/case view number:500"),
    ("admin", "/infractions view user:mallory"),
    (
        "admin",
        "/infractions add user:alice rule:Rule 1 reasoning:Rude",
    ),
    ("admin", "/infractions remove id:{infraction}"),
    ("admin", "/infractions clear user:alice"),
    ("admin", "/botdetect status"),
    ("admin", "/stats moderation days:30"),
    ("admin", "/stats commands days:30"),
    ("admin", "/note add user:mallory text:Watch"),
    ("admin", "/note list user:mallory"),
    ("admin", "/note history user:mallory"),
    ("admin", "/note remove number:{note}"),
    ("admin", "/user info user:mallory"),
    ("admin", "/appeals list"),
    ("admin", "/appeals view id:{appeal}"),
    ("mallory", "/appeal"),
    ("admin", "/globalban list"),
    ("admin", "/globalban check user:mallory"),
    ("admin", "/blog list"),
    ("mallory", "/mydata export"),
    ("mallory", "/mydata forget"),
    ("admin", "/globalban add user:alice reason:spam"),
    ("admin", "/globalban check user:alice"),
    ("admin", "/globalban remove user:alice"),
];

pub(crate) struct Tour {
    house: House,
    client: Client,
}

async fn bare(house: &House) -> Client {
    let url = house.database.url.expose_secret();
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("the database is there");
    // The connection does the talking until the client is dropped.
    tokio_util::task::TaskTracker::new().spawn(connection);
    client
}

impl Tour {
    /// Fills the database of a house, and starts the bot anew with every plan in the log.
    pub(crate) async fn begin() -> Self {
        let mut house = House::start_with(everything_ends).await;
        house.admin("/botdetect enable on:true").await;
        house.admin("/botdetect action action:warn").await;
        let log = house.mod_log;
        let line = format!("/config set key:MODERATION_LOG_CHANNEL_ID value:<#{log}>");
        house.admin(&line).await;
        house.settled().await;
        house.rest().await;
        let client = bare(&house).await;
        let ids = [
            ("{guild}", house.id().0),
            ("{left}", LEFT),
            ("{user}", house.sim.user("mallory").0),
        ];
        let fill = ids.iter().fold(FILL.to_owned(), |text, (mark, id)| {
            text.replace(mark, &id.to_string())
        });
        client.batch_execute(&fill).await.expect("good SQL");
        let name = &house.database.name;
        let explain = [
            ("session_preload_libraries", "auto_explain"),
            ("auto_explain.log_min_duration", "0"),
            ("auto_explain.log_nested_statements", "on"),
            ("auto_explain.log_format", "json"),
        ];
        for (setting, value) in explain {
            let set = format!("ALTER DATABASE {name} SET {setting} = '{value}'");
            client.batch_execute(&set).await.expect("a superuser may");
        }
        house.settings.discord.operators = vec![house.sim.user("admin")];
        house.settings.vault.encryption_keys = Some(Vault::generate_key());
        house.wake().await;
        Self { house, client }
    }

    /// Does everything once.
    pub(crate) async fn walk(&self) {
        let house = &self.house;
        for name in ["mallory", "alice"] {
            let posted = house
                .member(name)
                .posts(house.general, "claim your FREE NITRO now");
            posted.expect("a message");
        }
        house.settled().await;
        deeds::appeal(house, &self.client).await;
        deeds::press_buttons(house).await;
        let rows = self.rows().await;
        for (name, line) in LINES {
            let line = rows
                .iter()
                .fold(line.to_owned(), |line, (mark, id)| line.replace(mark, id));
            let call = house.member(name).runs_unchecked(&line);
            let call = call.unwrap_or_else(|error| panic!("{line}: {error}"));
            let answer = call.answer().await;
            answer.unwrap_or_else(|error| panic!("{line}: {error:?}"));
        }
        deeds::keep_out(house).await;
        self.forget("mallory").await;
        house.settled().await;
        self.import().await;
        deeds::blog(house).await;
        deeds::keys(house, &self.client).await;
        house.app().keep_up().await.expect("it works");
        let url = &house.database.url;
        let mut conn = connect(url, Duration::from_secs(10))
            .await
            .expect("the database is there");
        self.operate(&mut conn).await;
    }

    /// Numbers of rows of the guild that lines name.
    async fn rows(&self) -> Vec<(&'static str, String)> {
        let guild = self.house.id();
        let mut rows = Vec::new();
        for (mark, table) in [
            ("{infraction}", "user_infractions"),
            ("{note}", "user_notes"),
            ("{appeal}", "appeals"),
        ] {
            let query = format!("SELECT max(id) FROM {table} WHERE guild_id = {guild}");
            let row = self.client.query_one(&query, &[]).await.expect(table);
            rows.push((mark, row.get::<_, i64>(0).to_string()));
        }
        rows
    }

    /// A member is forgotten.
    async fn forget(&self, name: &str) {
        let member = self.house.member(name);
        let call = member.runs("/mydata forget").expect("a command");
        let asked = call.answer().await.expect("the application responds");
        let id = asked.custom_ids()[0].to_owned();
        let call = member
            .presses(asked.message.expect("a message"), &id)
            .expect("a button");
        call.answer().await.expect("the application responds");
    }

    /// An older bot's files are taken over, again, and compared.
    async fn import(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in old_files(self.house.id()) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        for more in [None, None, Some("--validate")] {
            let done = Command::new(env!("CARGO_BIN_EXE_aimod"))
                .arg("import")
                .arg(folder.path())
                .args(more)
                .env("DATABASE_URL", self.house.database.url.expose_secret())
                .output()
                .await
                .expect("it runs");
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{more:?}: {said}");
        }
    }

    /// What the command line asks.
    async fn operate(&self, conn: &mut AsyncPgConnection) {
        let guild = self.house.id();
        list_known(conn, None, 100).await.expect("guilds");
        list_versions(conn, &[guild, GuildId(900_002)])
            .await
            .expect("versions");
        find_edition(conn, guild).await.expect("an edition");
        list_unsettled(conn, guild).await.expect("steps");
        let now = Clock::system().now();
        list_orphans(conn, now, 100).await.expect("operations");
        list_steps(conn, "filled:4").await.expect("steps");
        let whom = (guild, UserId(800_100));
        is_overruled(conn, whom, "BAN", now)
            .await
            .expect("an answer");
        count_guild(conn, GuildId(900_002), &["botdetect_config"])
            .await
            .expect("counts");
        count_person(conn, UserId(800_100), Clock::system().now())
            .await
            .expect("counts");
        self.look_at_secrets(conn).await;
    }

    /// What is asked about sealed secrets, at the start and by `aimod keys`.
    async fn look_at_secrets(&self, conn: &mut AsyncPgConnection) {
        let guild = self.house.id();
        ApiKeyInfo::find(conn, guild).await.expect("read");
        find_token(conn, guild).await.expect("read");
        count_tokens(conn, &Holder::ALL).await.expect("counts");
        let tally = Tally::take(conn, &Holder::ALL, None).await;
        tally.expect("counts");
    }

    /// Stops the bot and reads the plans.
    pub(crate) async fn end(self) -> (Client, Plans) {
        let Self { house, client } = self;
        // What a test asks itself is none of the bot's queries.
        house.settled().await;
        let row = client
            .query_one("SHOW data_directory", &[])
            .await
            .expect("a superuser may");
        let cluster: String = row.get(0);
        let log = Path::new(&cluster)
            .parent()
            .expect("a folder")
            .join("postgres.log");
        let log = std::fs::read_to_string(log).expect("the server's log");
        house.nothing_is_left().await;
        (client, Plans::read(&log))
    }
}

/// Every class has a limit, so that each is looked through.
fn everything_ends(settings: &mut aimod::settings::Settings) {
    let retention = &mut settings.retention;
    retention.infractions_days = 690;
    retention.cases_days = 690;
    retention.appeals_days = 690;
    settings.database.statement_timeout = Duration::from_secs(120);
}

/// A record or two of each file of the Python bot, in this guild.
fn old_files(guild: GuildId) -> Vec<(&'static str, String)> {
    let at = r#""timestamp": "2024-05-01T12:00:00Z""#;
    let what = r#""rule_violated": "1", "action_taken": "WARN", "reasoning": "rude""#;
    let id = "0b7c4b2e-8f8b-4a52-9a3e-0c1f5d6a7b80";
    vec![
        (
            "wdiscordbot-json-data/guild_config.json",
            format!(r#"{{"{guild}": {{"RULES_TEXT": "Be kind."}}}}"#),
        ),
        (
            "wdiscordbot-json-data/user_infractions.json",
            format!(r#"{{"{guild}_800200": [{{{at}, {what}}}]}}"#),
        ),
        (
            "wdiscordbot-json-data/appeals.json",
            format!(
                r#"{{"{id}": {{"appeal_id": "{id}", "user_id": 800200, "reason": "sorry", {at}, "status": "pending", "original_infraction": {{{at}, "guild_id": {guild}, {what}}}}}}}"#
            ),
        ),
        (
            "wdiscordbot-json-data/global_bans.json",
            "[599999]".to_owned(),
        ),
        (
            "logging-data/moderation_logs.json",
            format!(
                r#"[{{"case_id": 9000, "guild_id": {guild}, {at}, "target_user_id": 800200, "action_type": "BAN"}},
                    {{"guild_id": {guild}, {at}, "target_user_id": 800200, "action_type": "KICK", "reason": "rude"}}]"#
            ),
        ),
        (
            "user_data.json",
            r#"{"800200": {"note": "watch"}}"#.to_owned(),
        ),
    ]
}
