//! Every room, the upkeep and the operator's commands on a role that may read and write rows, and nothing else.

mod happenings;

use std::collections::BTreeSet;

use aimod::simulator::Answer;
use aimod::vault::Vault;
use diesel_async::SimpleAsyncConnection as _;
use secrecy::{ExposeSecret as _, SecretString};

use self::happenings::{by_hand, imported, lifted, old_files, punished, purged};
use crate::processes::bot::Bot;
use crate::program::{aimod, err, out};
use crate::support::{House, database_without_schema};

/// What people type, in this order, and a part of what they read. `{infraction}`, `{note}` and `{appeal}` are numbers of rows.
const LINES: [(&str, &str, &str); 40] = [
    ("admin", "/config show", "PREFIX"),
    ("admin", "/config set key:PREFIX value:!", "PREFIX"),
    (
        "admin",
        "/config add key:BOTDETECT_KEYWORDS value:scam.example",
        "scam.example",
    ),
    (
        "admin",
        "/config remove key:BOTDETECT_KEYWORDS value:scam.example",
        "scam.example",
    ),
    ("admin", "/config history", "PREFIX"),
    ("admin", "/config diff from:1", ""),
    ("admin", "/config rollback version:3", ""),
    ("admin", "/config check", ""),
    ("admin", "/case view number:1", "warning"),
    ("admin", "/case list", "#1"),
    ("admin", "/case list user:mallory", "#1"),
    ("admin", "/case list moderator:admin", ""),
    ("admin", "/case list action:WARN", "#1"),
    (
        "admin",
        "/case reason number:1 text:Better said",
        "Better said",
    ),
    ("admin", "/case note number:1 text:For the staff", ""),
    ("admin", "/infractions view user:mallory", "infraction"),
    (
        "admin",
        "/infractions add user:alice rule:Rule 1 reasoning:Rude",
        "",
    ),
    ("admin", "/infractions remove id:{infraction}", ""),
    ("admin", "/botdetect status", ""),
    ("admin", "/stats moderation days:7", ""),
    ("admin", "/stats commands days:7", ""),
    ("admin", "/note add user:mallory text:Watch", ""),
    ("admin", "/note list user:mallory", "Watch"),
    ("admin", "/note remove number:{note}", ""),
    ("admin", "/note history user:mallory", "Watch"),
    ("admin", "/user info user:mallory", "mallory"),
    ("mallory", "/appeal", ""),
    ("admin", "/appeals list", "#{appeal}"),
    ("admin", "/appeals view id:{appeal}", "#{appeal}"),
    ("admin", "/apikey info", ""),
    ("admin", "/globalban add user:crook reason:Raids", ""),
    ("admin", "/globalban list", "Raids"),
    ("admin", "/globalban check user:crook", "Raids"),
    ("admin", "/globalban remove user:crook", ""),
    ("admin", "/apikey remove", ""),
    ("admin", "/blog list", "Welcome"),
    ("mallory", "/blog show slug:welcome", "Welcome"),
    ("mallory", "/mydata export", "file"),
    ("alice", "/mydata forget", "Forget"),
    ("admin", "/infractions clear user:mallory", ""),
];

struct Scene {
    house: House,
    url: SecretString,
    key: SecretString,
    folder: tempfile::TempDir,
}

impl Scene {
    /// A house whose bot runs as a role of its own; the administrator operates it.
    async fn new() -> Self {
        let mut house = House::start().await;
        house.admin("/botdetect enable on:true").await;
        house.admin("/botdetect action action:warn").await;
        let log = house.mod_log;
        let line = format!("/config set key:MODERATION_LOG_CHANNEL_ID value:<#{log}>");
        house.admin(&line).await;
        house.guild.add_member("crook").expect("a member");
        house.settled().await;
        house.rest().await;
        let runner = house.database.runner().await;
        let key = Vault::generate_key();
        house.settings.database.url = Some(runner.url.clone());
        house.settings.discord.operators = vec![house.sim.user("admin")];
        house.settings.vault.encryption_keys = Some(key.clone());
        house.wake().await;
        Self {
            house,
            url: runner.url,
            key,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    async fn runs(&self, name: &str, line: &str) -> Answer {
        let call = self.house.member(name).runs_unchecked(line);
        let call = call.unwrap_or_else(|error| panic!("{line}: {error}"));
        let answer = call.answer().await;
        answer.unwrap_or_else(|error| panic!("{line}: {error:?}"))
    }

    /// Presses a button of an answer.
    async fn presses(&self, name: &str, answer: &Answer) {
        let id = answer.custom_ids()[0].to_owned();
        let message = answer.message.expect("a message");
        let call = self.house.member(name).presses(message, &id);
        let done = call.expect("a button").answer().await;
        done.expect("the application responds");
    }

    /// Fills a form in; gives what is read then.
    async fn fills(&self, name: &str, form: &Answer, text: &str) -> String {
        let sent = self.house.member(name).fills(form, &[text]);
        let answer = sent.expect("a form").answer().await;
        answer.expect("the application responds").text()
    }

    /// What an operator runs beside the bot, as the same role.
    async fn operates(&self, words: &[&str]) -> String {
        let variables = [
            ("DATABASE_URL", self.url.expose_secret()),
            ("ENCRYPTION_KEY", self.key.expose_secret()),
        ];
        let done = aimod(words, &variables).await;
        assert!(
            done.status.success(),
            "{words:?}: {}{}",
            out(&done),
            err(&done)
        );
        out(&done)
    }

    /// The last row of a table.
    async fn last(&self, table: &str) -> String {
        let query = format!("SELECT COALESCE(max(id), 0) FROM {table}");
        self.house.number(&query).await.to_string()
    }

    /// A file in the scene's folder.
    fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("Unicode").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_room_works_on_a_role_that_was_granted() {
    let scene = Scene::new().await;
    punished(&scene).await;
    let form = scene.runs("admin", "/apikey set provider:openai").await;
    scene.fills("admin", &form, "sk-0123456789abcdef0123").await;
    let post = scene.write("post.md", "Hello.");
    scene
        .operates(&["blog", "create", "--title", "Welcome", &post])
        .await;
    scene.operates(&["blog", "publish", "welcome"]).await;
    for (name, line, part) in LINES {
        let mut texts = [line.to_owned(), part.to_owned()];
        for (mark, table) in [
            ("{infraction}", "user_infractions"),
            ("{note}", "user_notes"),
            ("{appeal}", "appeals"),
        ] {
            if texts.iter().any(|text| text.contains(mark)) {
                let row = scene.last(table).await;
                texts = texts.map(|text| text.replace(mark, &row));
            }
        }
        let [line, part] = texts;
        let answer = scene.runs(name, &line).await;
        let said = format!("{}{}", answer.text(), answer.raw);
        assert!(said.contains(&part), "{line}: {said}");
        if line.starts_with("/mydata forget") || line.starts_with("/infractions clear") {
            scene.presses(name, &answer).await;
        }
    }
    let decided = scene
        .runs("admin", "/appeals decide id:1 decision:approve")
        .await;
    assert!(
        decided.text().contains("#1") || decided.modal.is_some(),
        "{decided:?}"
    );
    by_hand(&scene).await;
    lifted(&scene).await;
    imported(&scene).await;
    scene.house.settled().await;
    purged(&scene).await;
    let failed = "SELECT string_agg(command_name, ' ') FROM command_logs WHERE outcome <> 'OK'";
    assert_eq!(scene.house.text(failed).await, None);
    scene.house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_an_operator_works_on_a_role_that_was_granted() {
    let scene = Scene::new().await;
    punished(&scene).await;
    let guild = scene.house.id().to_string();
    let mallory = scene.house.sim.user("mallory").to_string();
    old_files(&scene);
    let settings = scene.write(
        "settings.json",
        r#"{"format": 1, "settings": {"PREFIX": "!!"}}"#,
    );
    let post = scene.write("post.md", "Hello.");
    let folder = scene.folder.path().to_str().expect("Unicode").to_owned();
    for words in [
        &["import", &folder][..],
        &["import", &folder],
        &["import", &folder, "--validate"],
        &["stats", "--guild", &guild, "--json"],
        &["notes", "--user", "7"],
        &["blog", "list"],
        &["keys", "check"],
        &["keys", "rotate"],
        &["keys", "forget", "--yes"],
        &["config", "set", "PREFIX", "?", "--guild", &guild],
        &["config", "rollback", "1", "--guild", &guild, "--yes"],
        &["config", "export", "--guild", &guild],
        &["config", "import", &settings, "--guild", &guild, "--yes"],
        &["blog", "create", "--title", "News", &post],
        &[
            "blog",
            "edit",
            "news",
            &post,
            "--title",
            "Old news",
            "--overwrite",
        ],
        &["blog", "publish", "news"],
        &["blog", "unpublish", "news"],
        &["blog", "delete", "news", "--yes"],
        &["export", "--user", &mallory],
        &["migrate", "--status"],
        &["erase", "--user", &mallory, "--dry-run"],
        &["erase", "--user", &mallory, "--yes"],
        &["erase", "--guild", "900100", "--yes"],
    ] {
        scene.operates(words).await;
    }
    let left = "SELECT count(*) FROM moderation_logs WHERE guild_id = 900100";
    assert_eq!(scene.house.number(left).await, 0);
    written_anew(scene.house).await;
}

/// The card of an erased person's appeal is written anew at the next start.
async fn written_anew(mut house: House) {
    house.rest().await;
    house.wake().await;
    let intended = "SELECT count(*) FROM action_journal WHERE state = 'INTENDED'";
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
    let written = async {
        while house.number(intended).await > 0 {
            ticks.tick().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    tokio::time::timeout(limit, written)
        .await
        .expect("written anew");
    house.nothing_is_left().await;
}

/// The warnings of a start with this address.
async fn warnings(house: &House, url: &SecretString) -> BTreeSet<String> {
    let data = tempfile::tempdir().expect("a folder");
    let variables = [
        ("DISCORD_TOKEN", house.sim.token().to_owned()),
        ("AIMOD__DISCORD__API_BASE", house.sim.api_base()),
        ("DATABASE_URL", url.expose_secret().to_owned()),
        (
            "AIMOD__DATABASE__DATA_DIR",
            data.path().display().to_string(),
        ),
    ];
    let bot = Bot::start(&variables).await;
    let log = bot.stop().await;
    let warned = log
        .lines()
        .filter(|line| line.contains("aimod migrate --grant ROLE"));
    warned.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_as_owner_or_superuser_is_warned_of_and_one_as_the_role_is_not() {
    let mut house = House::start().await;
    house.rest().await;
    let superuser = warnings(&house, &house.database.url).await;
    assert!(
        superuser.len() == 1 && superuser.iter().all(|line| line.contains("is a superuser")),
        "{superuser:?}"
    );
    let runner = house.database.runner().await;
    assert_eq!(warnings(&house, &runner.url).await, BTreeSet::new());
    let owner = database_without_schema().await;
    let role = owner.role().await;
    let grant = format!("GRANT CREATE, USAGE ON SCHEMA public TO {}", role.name);
    let mut conn = owner.pool.acquire().await.expect("a connection");
    conn.batch_execute(&grant).await.expect("a superuser may");
    drop(conn);
    let warned = warnings(&house, &role.url).await;
    assert!(
        warned.len() == 1 && warned.iter().all(|line| line.contains("owns")),
        "{warned:?}"
    );
    house.sim.shutdown().await;
}
