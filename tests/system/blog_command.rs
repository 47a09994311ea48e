//! `aimod blog` through the built program: from the first draft to the last deletion, and everything it refuses.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::program::{aimod, err, out};
use crate::support::{TestDatabase, database};

/// A database, and a folder for files of Markdown.
struct Place {
    database: TestDatabase,
    folder: tempfile::TempDir,
}

async fn place() -> Place {
    Place {
        database: database().await,
        folder: tempfile::tempdir().expect("a folder"),
    }
}

impl Place {
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.to_str().expect("Unicode").to_owned()
    }

    async fn run(&self, words: &[&str]) -> Output {
        let mut arguments = vec!["blog"];
        arguments.extend(words);
        let url = self.database.url.expose_secret();
        aimod(&arguments, &[("DATABASE_URL", url)]).await
    }

    async fn told(&self, words: &[&str]) -> String {
        let output = self.run(words).await;
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", err(&output));
        assert_eq!(err(&output), "", "{words:?}");
        out(&output)
    }

    async fn refused(&self, words: &[&str]) -> String {
        let output = self.run(words).await;
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", out(&output));
        assert_eq!(out(&output), "", "{words:?}");
        err(&output)
    }

    async fn json(&self, words: &[&str]) -> Value {
        let mut all = words.to_vec();
        all.push("--json");
        serde_json::from_str(&self.told(&all).await).expect("one object")
    }

    async fn version(&self, slug: &str) -> String {
        let shown = self.json(&["show", slug]).await;
        shown["version"].as_str().expect("a version").to_owned()
    }
}

/// What was printed, with its times blotted out.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.len() >= 5 && word.contains(':') && !word.ends_with(':');
    let is_day = |word: &str| word.len() == 10 && word.matches('-').count() == 2;
    let line = |line: &str| {
        let words = line.split(' ').map(|word| {
            let digits = word.starts_with(|c: char| c.is_ascii_digit());
            if digits && (is_time(word) || is_day(word)) {
                "TIME"
            } else {
                word
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_written_published_changed_and_deleted() {
    let place = place().await;
    let file = place.file("news.md", "# News of the week\r\n\r\nIt is **out**.\r\n");
    let mut text = place.told(&["create", &file, "--author", "42"]).await;
    text += &place.told(&["publish", "news-of-the-week"]).await;
    text += &place.told(&["publish", "news-of-the-week"]).await;
    text += &place.told(&["show", "news-of-the-week"]).await;
    let version = place.version("news-of-the-week").await;
    let newer = place.file("newer.md", "# News of May\n\nMore.\n");
    let words = ["edit", "news-of-the-week", &newer, "--version", &version];
    text += &place.told(&words).await;
    text += &place.told(&["list"]).await;
    text += &place.told(&["unpublish", "news-of-the-week"]).await;
    text += &place.told(&["list", "--published"]).await;
    text += &place.told(&["delete", "news-of-the-week", "--yes"]).await;
    text += &place.told(&["list"]).await;
    insta::assert_snapshot!(without_times(&text), @r"
    news-of-the-week: written; a draft: `aimod blog publish news-of-the-week` lets everybody read it
    version TIME
    news-of-the-week: changed; published: everybody may read it
    version TIME
    news-of-the-week: nothing to change; published: everybody may read it
    version TIME
    title    News of the week
    name     news-of-the-week
    number   1
    state    published
    by       42
    written  TIME TIME UTC
    version  TIME

    # News of the week

    It is **out**.
    news-of-the-week: changed; published: everybody may read it
    version TIME
    NUMBER  NAME              STATE      WRITTEN (UTC)     CHANGED (UTC)     TITLE
         1  news-of-the-week  published  TIME TIME  TIME TIME  News of May
    news-of-the-week: changed; a draft: `aimod blog publish news-of-the-week` lets everybody read it
    version TIME
    there are no such posts
    news-of-the-week: deleted
    there are no such posts
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_seen_the_newest_version_overwrites_nothing() {
    let place = place().await;
    let file = place.file("a.md", "# One\n");
    place.told(&["create", &file, "--slug", "one"]).await;
    let seen = place.version("one").await;
    let mine = place.file("mine.md", "# One\nmine\n");
    let theirs = place.file("theirs.md", "# One\ntheirs\n");
    place
        .told(&["edit", "one", &theirs, "--version", &seen])
        .await;
    let refused = place
        .refused(&["edit", "one", &mine, "--version", &seen])
        .await;
    assert!(
        refused.contains("nothing was changed: one has changed since that version; it is at 20"),
        "{refused}"
    );
    assert!(refused.contains("`aimod blog show one` shows"), "{refused}");
    assert_eq!(
        place.told(&["show", "one", "--raw"]).await,
        "# One\ntheirs\n"
    );
    place.told(&["edit", "one", &mine, "--overwrite"]).await;
    assert_eq!(place.told(&["show", "one", "--raw"]).await, "# One\nmine\n");
    let unsaid = place.run(&["edit", "one", &mine]).await;
    assert_eq!(unsaid.status.code(), Some(2), "neither is said");
    assert!(err(&unsaid).contains("--version"), "{}", err(&unsaid));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_made_unique_and_given_ones_are_not_taken_away() {
    let place = place().await;
    let file = place.file("a.md", "Größe\n=====\n");
    let draft = ["create", &file];
    let published = ["create", &file, "--publish"];
    let (one, two) = tokio::join!(place.json(&draft), place.json(&published));
    let mut slugs = [&one["slug"], &two["slug"]].map(|slug| slug.as_str().expect("a name"));
    slugs.sort_unstable();
    assert_eq!(slugs, ["grosse", "grosse-2"]);
    assert_eq!(
        (&one["published"], &two["published"]),
        (&false.into(), &true.into())
    );
    let taken = place.refused(&["create", &file, "--slug", "grosse"]).await;
    let moved = place
        .refused(&["edit", "grosse-2", "--slug", "grosse", "--overwrite"])
        .await;
    for refused in [taken, moved] {
        assert_eq!(
            refused,
            "aimod: nothing was changed: another post has the name grosse; choose a different --slug\n"
        );
    }
    place
        .told(&[
            "edit",
            "grosse-2",
            "--slug",
            "size",
            "--title",
            "Size",
            "--overwrite",
        ])
        .await;
    let shown = place.json(&["show", "size"]).await;
    assert_eq!(
        (&shown["title"], &shown["slug"]),
        (&"Size".into(), &"size".into())
    );
    assert_eq!(shown["content"], "Größe\n=====\n");
    place.refused(&["show", "grosse-2"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_post_is_refused_with_a_reason() {
    let place = place().await;
    let long = format!("# {}\n", "x".repeat(256));
    let cases: [(&str, Vec<u8>); 7] = [
        ("empty", b" \n".to_vec()),
        ("nul", b"# A\0B\n".to_vec()),
        ("latin", b"# Gr\xfc\xdfe\n".to_vec()),
        ("large", vec![b'x'; 100_001]),
        ("headless", b"text\n".to_vec()),
        ("long", long.into_bytes()),
        ("fine", b"# Fine\n".to_vec()),
    ];
    let mut text = String::new();
    for (name, content) in cases {
        let file = place.file(name, content);
        let words: &[&str] = match name {
            "fine" => &["create", &file, "--slug", "Not So Fine"],
            _ => &["create", &file],
        };
        text += &place.refused(words).await;
    }
    text += &place.refused(&["show", "nothing"]).await;
    text += &place.refused(&["publish", "nothing"]).await;
    text += &place.refused(&["delete", "nothing", "--yes"]).await;
    let file = place.file("fine.md", "# Fine\n");
    place.told(&["create", &file]).await;
    text += &place.refused(&["edit", "fine", "--overwrite"]).await;
    text += &place.refused(&["delete", "fine"]).await;
    insta::assert_snapshot!(text, @r"
    aimod: nothing was written: the text is empty
    aimod: nothing was written: the text holds a NUL character, which no text has
    aimod: nothing was written: the text is not UTF-8, from byte 4 on
    aimod: nothing was written: the text is too long: it may have 100000 bytes
    aimod: nothing was written: the post has no title: begin the text with a heading such as `# News`, or say --title
    aimod: nothing was written: the title is too long: 256 characters, at most 255
    aimod: nothing was written: `Not So Fine` is no name for an address: lower-case letters, digits and single hyphens between them, at most 255 characters
    aimod: there is no post nothing; `aimod blog list` names them all
    aimod: there is no post nothing; `aimod blog list` names them all
    aimod: there is no post nothing; `aimod blog list` names them all
    aimod: nothing to change: name a file, --title or --slug
    aimod: nothing was changed: nobody can be asked here; say --yes if it is meant
    ");
    let missing = place.run(&["create", "/nowhere.md"]).await;
    assert_eq!(missing.status.code(), Some(1));
    assert!(err(&missing).starts_with("aimod: cannot read /nowhere.md: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_comes_from_standard_input_and_a_list_goes_on_where_it_ended() {
    let place = place().await;
    let path = std::env::join_paths(crate::support::server_options().search_path);
    let mut child = Command::new(env!("CARGO_BIN_EXE_aimod"))
        .args(["blog", "create", "-", "--title", "Piped"])
        .env_clear()
        .env("PATH", path.expect("folders without colons"))
        .env("DATABASE_URL", place.database.url.expose_secret())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"no heading\n").await.expect("it reads");
    drop(input);
    let output = child.wait_with_output().await.expect("it ends");
    assert!(
        out(&output).starts_with("piped: written; "),
        "{}",
        out(&output)
    );
    let file = place.file("a.md", "# Other\n");
    for _ in 0..2 {
        place.told(&["create", &file]).await;
    }
    let first = place.json(&["list", "--limit", "2"]).await;
    let slugs = |listed: &Value| {
        let posts = listed["posts"].as_array().expect("a list").iter();
        let slugs = posts.map(|post| post["slug"].as_str().expect("a name").to_owned());
        slugs.collect::<Vec<_>>()
    };
    assert_eq!(slugs(&first), ["other-2", "other"]);
    let before = first["before"].to_string();
    let second = place
        .json(&["list", "--limit", "2", "--before", &before])
        .await;
    assert_eq!(slugs(&second), ["piped"]);
    assert_eq!(second["before"], Value::Null);
}
