//! The settings as an operator meets them: layers, sources, every problem at once, no secret shown.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::*;
use crate::domain::ids::UserId;

const EXAMPLE: &str = include_str!("../../config/aimod.toml");

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn load(file: Option<&str>, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let mut on_disk = tempfile::NamedTempFile::new().expect("a file");
    on_disk
        .write_all(file.unwrap_or_default().as_bytes())
        .expect("the text is written");
    Settings::load(&LoadOptions {
        file: file.map(|_| on_disk.path().to_owned()),
        environment: environment(variables),
        token_required: false,
    })
}

fn problems(file: Option<&str>, variables: &[(&str, &str)]) -> Vec<String> {
    load(file, variables)
        .expect_err("the settings are wrong")
        .problems
        .iter()
        .map(|problem| {
            let origin = match problem.origin.as_deref() {
                Some(path) if path.starts_with('/') => "FILE",
                Some(variable) => variable,
                None => "-",
            };
            let setting = problem.setting.as_deref().unwrap_or("-");
            format!("{setting} | {origin} | {}", problem.message)
        })
        .collect()
}

#[test]
fn nothing_given_means_the_defaults() {
    let settings = load(None, &[]).expect("defaults are right");
    assert_eq!(settings.database.max_connections, 20);
    assert_eq!(settings.database.statement_timeout, Duration::from_secs(60));
    assert_eq!(settings.database.acquire_timeout, Duration::from_secs(3));
    assert_eq!(settings.telemetry.listen.to_string(), "127.0.0.1:9464");
    assert_eq!(settings.process.shutdown, Duration::from_secs(10));
    assert!(settings.database.url.is_none());
}

#[test]
fn the_file_beats_the_default_and_the_variable_beats_the_file() {
    let file =
        "[database]\nmax_connections = 30\nmin_connections = 3\n[guild]\nidle_after_secs = 60";
    let settings =
        load(Some(file), &[("AIMOD__DATABASE__MAX_CONNECTIONS", "40")]).expect("all right");
    assert_eq!(settings.database.max_connections, 40);
    assert_eq!(settings.database.min_connections, 3);
    assert_eq!(settings.guild.idle_after, Duration::from_secs(60));
}

#[test]
fn the_seeds_variables_are_honoured_and_the_full_names_win() {
    let key = fernet::Fernet::generate_key();
    let settings = load(
        None,
        &[
            ("DATABASE_URL", "postgres://seed@host/aimod"),
            ("AIMOD__DATABASE__URL", "postgres://full@host/aimod"),
            ("REDIS_URL", "redis://127.0.0.1:6379"),
            ("ENCRYPTION_KEY", &key),
            ("DISCORD_TOKEN", "aaa.bbb.ccc"),
        ],
    )
    .expect("all right");
    let exposed = |secret: &Option<SecretString>| {
        secret
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned())
    };
    assert_eq!(
        exposed(&settings.database.url).as_deref(),
        Some("postgres://full@host/aimod")
    );
    assert_eq!(exposed(&settings.vault.encryption_keys), Some(key));
    assert!(settings.redis.url.is_some() && settings.discord.token.is_some());
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let settings = load(None, &[("DATABASE_URL", ""), ("AIMOD__REDIS__URL", "")]).expect("unset");
    assert!(settings.database.url.is_none() && settings.redis.url.is_none());
}

#[test]
fn every_problem_is_told_at_once_with_its_source() {
    let file = "[database]\nmax_connections = 0\nstatement_timeout_secs = \"soon\"\n\
                [telemetry]\nlog_format = \"xml\"\nlisten = \"here\"\n[discord]\noperators = [1, \"x\"]";
    let variables = [
        ("AIMOD__GUILD__CRASH_LIMIT", "many"),
        ("AIMOD__DISCORD__SHARDS", "4..4/16"),
        ("ENCRYPTION_KEY", "short"),
    ];
    assert_eq!(
        problems(Some(file), &variables),
        [
            "discord.shards | AIMOD__DISCORD__SHARDS | must be first..end/total like \"0..4/16\", with first < end <= total, is `4..4/16`",
            "discord.operators | FILE | must be a list of user ids, is `x`",
            "database.max_connections | FILE | must be between 1 and 1000, is 0",
            "database.statement_timeout_secs | FILE | must be a whole number, is `soon`",
            "telemetry.listen | FILE | must be an address and a port like 127.0.0.1:9464, is `here`",
            "telemetry.log_format | FILE | must be \"readable\" or \"json\", is `xml`",
            "guild.crash_limit | AIMOD__GUILD__CRASH_LIMIT | must be a whole number, is `many`",
            "vault.encryption_keys | ENCRYPTION_KEY | key 1 is not a Fernet key (44 characters, as `aimod keys generate` prints)",
        ]
    );
}

#[test]
fn an_unknown_key_names_the_nearest_known_one() {
    let file = "databse = 1\nguild = 1\n[database]\nmax_conections = 5\n[redis]\nmax_connections = 3\n[zzz]\nqqq = 1";
    let variables = [
        ("AIMOD__DATABSE__URL", "postgres://u:hunter2@h/d"),
        ("AIMOD__NONSENSE", "x"),
    ];
    assert_eq!(
        problems(Some(file), &variables),
        [
            "database.max_conections | FILE | is unknown; did you mean database.max_connections?",
            "databse | FILE | is unknown; did you mean the section [database]?",
            "guild | FILE | is a section: write [guild]",
            "redis.max_connections | FILE | is unknown; did you mean database.max_connections?",
            "zzz.qqq | FILE | is unknown; config/aimod.toml lists every setting",
            "databse.url | AIMOD__DATABSE__URL | is unknown; did you mean AIMOD__DATABASE__URL?",
            "nonsense | AIMOD__NONSENSE | is unknown; config/aimod.toml lists every setting",
        ]
    );
}

#[test]
fn a_missing_token_is_a_problem_only_where_one_is_needed() {
    let options = LoadOptions {
        token_required: true,
        ..LoadOptions::default()
    };
    let error = Settings::load(&options).expect_err("no token");
    assert_eq!(
        error.to_string(),
        "a setting is wrong:\n  discord.token is missing: set DISCORD_TOKEN to the bot's token \
         (discord.com/developers/applications, page Bot)"
    );
}

#[test]
fn a_token_is_checked_unless_another_api_gives_it_out() {
    assert_eq!(problems(None, &[("DISCORD_TOKEN", "Bot a.b.c")]).len(), 1);
    let elsewhere = [
        ("DISCORD_TOKEN", "simulated"),
        ("AIMOD__DISCORD__API_BASE", "http://127.0.0.1:7700"),
    ];
    load(None, &elsewhere).expect("the simulator's token has no dots");
    assert_eq!(
        problems(None, &[("AIMOD__DISCORD__API_BASE", "discord.com")]),
        [
            "discord.api_base | AIMOD__DISCORD__API_BASE | must be an http:// or https:// address, is `discord.com`"
        ]
    );
}

#[test]
fn no_problem_and_no_debug_output_shows_a_secret() {
    let secret = "hunter2";
    let variables = [
        ("DATABASE_URL", "postgres://u:hunter2@host:port/d"),
        ("REDIS_URL", "redis:/:hunter2@x"),
        ("DISCORD_TOKEN", "hunter2"),
        ("ENCRYPTION_KEY", "hunter2,hunter2"),
    ];
    let error = load(Some("[discord]\ntoken = hunter2\n"), &variables).expect_err("all wrong");
    assert_eq!(error.problems.len(), 6, "{error}");
    assert!(!format!("{error} {error:?}").contains(secret), "{error}");

    let right = [
        ("DATABASE_URL", "postgres://u:hunter2@host/d"),
        ("REDIS_URL", "redis://:hunter2@host"),
        ("DISCORD_TOKEN", "hunter2.a.b"),
    ];
    let settings = load(None, &right).expect("all right");
    assert!(!format!("{settings:?}").contains(secret));
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_named_and_the_rest_still_checked() {
    let wrong = problems(
        Some("[database]\nmax_connections = = 3"),
        &[("REDIS_URL", "x")],
    );
    assert_eq!(wrong.len(), 2);
    assert!(
        wrong[0].starts_with("- | FILE | is not TOML in line 2: "),
        "{wrong:?}"
    );
    let missing = LoadOptions {
        file: Some("/nowhere/aimod.toml".into()),
        ..LoadOptions::default()
    };
    let error = Settings::load(&missing)
        .expect_err("no such file")
        .to_string();
    assert!(
        error.contains("/nowhere/aimod.toml cannot be read: "),
        "{error}"
    );
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let file = "[database]\nmin_connections = 30\ndata_dir = \"data\"\n[guild]\nrestart_backoff_min_ms = 50000\n\
                [writer]\nqueue_capacity = 10";
    let found = problems(Some(file), &[]);
    let named: Vec<&str> = found
        .iter()
        .filter_map(|line| line.split(" | ").next())
        .collect();
    assert_eq!(
        named,
        [
            "database.min_connections",
            "database.data_dir",
            "guild.restart_backoff_min_ms",
            "writer.batch_rows"
        ]
    );
}

#[test]
fn lists_and_ranges_are_read_from_variables_too() {
    for text in ["1, 2", "[1,2]", "[\"1\", \"2\"]"] {
        let settings = load(None, &[("AIMOD__DISCORD__OPERATORS", text)]).expect("a list");
        assert_eq!(settings.discord.operators, [UserId(1), UserId(2)], "{text}");
    }
    let settings = load(None, &[("AIMOD__DISCORD__SHARDS", "0..4/16")]).expect("a range");
    let range = settings.discord.shards.expect("set");
    assert_eq!((range.first, range.end, range.total), (0, 4, 16));
    assert_eq!(range.to_string(), "0..4/16");
}

#[test]
fn the_data_folder_follows_the_setting() {
    let settings = load(
        None,
        &[
            ("AIMOD__DATABASE__DATA_DIR", "/srv/my bot"),
            ("PATH", "/a:/b c"),
            ("TMPDIR", "/scratch"),
        ],
    )
    .expect("all right");
    assert_eq!(settings.places.data_dir, PathBuf::from("/srv/my bot"));
    assert_eq!(
        settings.places.programs,
        [PathBuf::from("/a"), PathBuf::from("/b c")]
    );
    assert_eq!(settings.places.temp_dir, PathBuf::from("/scratch"));
}

#[test]
fn sslmode_follows_libpq() {
    let tls = |text: &str| DatabaseUrl::parse(&SecretString::from(text)).map(|url| url.tls);
    assert_eq!(tls("postgres://h/d"), Ok(TlsMode::Prefer));
    assert_eq!(tls("postgres://h/d?sslmode=disable"), Ok(TlsMode::Off));
    assert_eq!(tls("postgres://h/d?sslmode=require"), Ok(TlsMode::Require));
    assert_eq!(
        tls("postgres://h/d?sslmode=verify-full"),
        Ok(TlsMode::Verify(None))
    );
    assert_eq!(
        tls("postgres://h/d?connect_timeout=3&sslmode=verify-ca&sslrootcert=%2Fmy%20ca.pem"),
        Ok(TlsMode::Verify(Some("/my ca.pem".into())))
    );
    assert!(tls("postgres://h/d?sslmode=maybe").is_err());
    assert!(tls("postgres:///d").is_err());
    assert!(tls("mysql://h/d").is_err());
}

#[test]
fn a_socket_in_a_folder_with_spaces_is_an_address() {
    for text in [
        "postgres:///db?host=/my%20data/socket&user=aimod&sslmode=require",
        "postgres://aimod@%2Fmy%20data%2Fsocket/db",
    ] {
        let url = DatabaseUrl::parse(&SecretString::from(text)).expect(text);
        assert_eq!(url.tls, TlsMode::Off, "{text}");
        assert_eq!(
            url.config.get_hosts(),
            [tokio_postgres::config::Host::Unix("/my data/socket".into())]
        );
    }
}

/// What `config/aimod.toml` must say, from the declarations.
fn example() -> String {
    let mut text = String::from(
        "# AIMod's settings: every key, commented out, with its default. Use with `aimod run --config FILE`.\n\
         #\n\
         # A variable beats the file: AIMOD__SECTION__KEY, for example AIMOD__DATABASE__MAX_CONNECTIONS=40. The usual\n\
         # DISCORD_TOKEN, DATABASE_URL, REDIS_URL and ENCRYPTION_KEY work too. An empty variable counts as unset.\n",
    );
    let mut section = "";
    for key in Settings::keys() {
        if key.section != section {
            section = key.section;
            write!(text, "\n[{section}]\n").expect("text");
        }
        text.push('\n');
        for line in key.doc {
            writeln!(text, "#{line}").expect("text");
        }
        if let Some((low, high)) = key.bounds {
            writeln!(text, "# From {low} to {high}.").expect("text");
        }
        match &key.default {
            Some(default) => writeln!(text, "#{} = {default}", key.key),
            None => writeln!(text, "#{} = \"\"  # unset by default", key.key),
        }
        .expect("text");
    }
    text
}

#[test]
fn the_example_file_lists_every_key_with_its_true_default() {
    assert_eq!(
        EXAMPLE,
        example(),
        "config/aimod.toml differs from the declarations"
    );
}

#[test]
fn the_example_file_with_its_defaults_written_out_changes_nothing() {
    let written_out: String = EXAMPLE
        .lines()
        .filter(|line| {
            line.starts_with('[') || (line.contains(" = ") && !line.ends_with("by default"))
        })
        .map(|line| format!("{}\n", line.trim_start_matches('#')))
        .filter(|line| !line.starts_with(' '))
        .collect();
    let written = load(Some(&written_out), &[]).expect("defaults are within their bounds");
    let untouched = load(None, &[]).expect("defaults");
    assert_eq!(format!("{written:?}"), format!("{untouched:?}"));
}

#[test]
fn a_wrong_type_in_the_file_is_a_problem_and_no_panic() {
    for value in ["[]", "{}", "1.5", "-1", "\"\"", "1979-05-27", "99999999999"] {
        for key in ["max_connections", "statement_timeout_secs"] {
            let found = problems(Some(&format!("[database]\n{key} = {value}")), &[]);
            assert_eq!(found.len(), 1, "{key} = {value}: {found:?}");
        }
    }
}
