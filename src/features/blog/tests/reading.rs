//! `/blog list` and `/blog show` as members and operators read them.

use crate::features::tests::{dialog, known, named, plain_sql, press, runs, types, without_times};
use crate::support::House;

/// A house whose administrator operates the bot, with two posts and a draft.
async fn house() -> House {
    let mut house = House::start().await;
    house.settings.discord.operators = vec![house.sim.user("admin")];
    house.rest().await;
    house.wake().await;
    plain_sql(
        &house,
        "INSERT INTO blog_posts (title, content, published, slug) VALUES \
         ('First *steps*', E'How it began.\\n\\n- one\\n- two', true, 'first-steps'), \
         ('Version 2', E'# Version 2\\n\\nIt is out.', true, 'version-2'), \
         ('Plans', 'Not yet.', false, 'plans')",
    )
    .await;
    house
}

/// What somebody reads after each of these.
async fn read(house: &House, who: &str, lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let answer = house.says(who, line).await;
        text.push_str(&format!("> {line}\n{answer}\n\n"));
    }
    without_times(&named(house, text))
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_reads_what_is_published_and_nobody_a_draft() {
    let house = house().await;
    let lines = [
        "/blog list",
        "/blog show slug:first-steps",
        "/blog show slug:Version-2",
        "/blog show slug:plans",
        "/blog show slug:`nothing`",
    ];
    insta::assert_snapshot!(read(&house, "alice", &lines).await, @r"
    > /blog list
    **Posts**, the newest first
    - **Version 2** · `version-2` · TIME
    - **First \*steps\*** · `first-steps` · TIME
    Read one with `/blog show`.

    > /blog show slug:first-steps
    # First \*steps\*
    How it began.

    - one
    - two

    > /blog show slug:Version-2
    # Version 2

    It is out.

    > /blog show slug:plans
    There is no post `plans`. `/blog list` names them all.

    > /blog show slug:`nothing`
    There is no post `nothing`. `/blog list` names them all.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_read_their_drafts_alone() {
    let house = house().await;
    let text = dialog(&house, &["/blog list", "/blog show slug:plans"]).await;
    insta::assert_snapshot!(without_times(&text), @r"
    > /blog list
    **Posts**, the newest first
    - **Plans** · `plans` · TIME · draft
    - **Version 2** · `version-2` · TIME
    - **First \*steps\*** · `first-steps` · TIME
    Read one with `/blog show`.

    > /blog show slug:plans
    -# Draft: only the operators see it.
    # Plans
    Not yet.
    ");
    let draft = runs(&house, "/blog show slug:plans").await;
    assert!(draft.ephemeral);
    let public = types(&house, "admin", "o!blog list").await;
    assert!(
        public.contains("version-2") && !public.contains("plans"),
        "everybody reads it: {public}"
    );
    let public = types(&house, "admin", "o!blog show plans").await;
    assert_eq!(
        public,
        "There is no post `plans`. `/blog list` names them all."
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn germans_read_german() {
    let house = house().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let lines = ["/blog list", "/blog show slug:plans"];
    insta::assert_snapshot!(read(&house, "alice", &lines).await, @r"
    > /blog list
    **Beiträge**, die neuesten zuerst
    - **Version 2** · `version-2` · TIME
    - **First \*steps\*** · `first-steps` · TIME
    Mit `/blog show` lesen.

    > /blog show slug:plans
    Einen Beitrag `plans` gibt es nicht. `/blog list` nennt alle.
    ");
    insta::assert_snapshot!(read(&house, "admin", &lines).await, @r"
    > /blog list
    **Beiträge**, die neuesten zuerst
    - **Plans** · `plans` · TIME · Entwurf
    - **Version 2** · `version-2` · TIME
    - **First \*steps\*** · `first-steps` · TIME
    Mit `/blog show` lesen.

    > /blog show slug:plans
    -# Entwurf: Nur die Betreiber sehen ihn.
    # Plans
    Not yet.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_blog_says_so() {
    let house = House::start().await;
    assert_eq!(
        house.says("alice", "/blog list").await,
        "There are no posts yet."
    );
    house.nothing_is_left().await;
}

/// The first words of a page, and its last line.
fn ends(text: &str) -> (String, String) {
    let words: Vec<&str> = text.split_whitespace().take(2).collect();
    let last = text.lines().last().unwrap_or_default();
    (words.join(" "), last.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_post_has_pages_and_a_file_and_its_buttons_outlive_a_restart() {
    let mut house = house().await;
    plain_sql(
        &house,
        "INSERT INTO blog_posts (title, content, published, slug) \
         SELECT 'Long', string_agg('line ' || n || repeat(' word', 19), E'\\n' ORDER BY n), true, 'long' \
         FROM generate_series(1, 40) n",
    )
    .await;
    let first = runs(&house, "/blog show slug:long").await;
    assert_eq!(
        ends(&first.content),
        ("# Long".into(), "-# Page 1 of 3".into())
    );
    let files = first.raw["attachments"].as_array().expect("a list");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0]["filename"], "long.md");
    let next = first.custom_ids()[1].to_owned();
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let second = press(&house, "admin", &first, &next).await;
    assert_eq!(
        ends(&second.content),
        ("line 16".into(), "-# Page 2 of 3".into())
    );
    let next = second.custom_ids()[1].to_owned();
    let third = press(&house, "admin", &second, &next).await;
    assert_eq!(ends(&third.content).1, "-# Page 3 of 3");
    plain_sql(&house, "DELETE FROM blog_posts WHERE slug = 'long'").await;
    let back = third.custom_ids()[0].to_owned();
    let gone = press(&house, "admin", &third, &back).await;
    assert_eq!(gone.text(), "This post is no longer there.");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_a_draft_again_is_turned_no_further_before_everybodys_eyes() {
    let house = house().await;
    plain_sql(
        &house,
        "INSERT INTO blog_posts (title, content, published, slug) \
         VALUES ('Long', repeat(E'some words\\n', 300), true, 'long')",
    )
    .await;
    types(&house, "admin", "o!blog show long").await;
    let message = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.last().expect("the post").id
    });
    let number = house
        .number("SELECT id FROM blog_posts WHERE slug = 'long'")
        .await;
    let id = format!("blog/page/{number}/2/published");
    plain_sql(
        &house,
        "UPDATE blog_posts SET published = false WHERE slug = 'long'",
    )
    .await;
    let pressed = house
        .member("admin")
        .presses(message, &id)
        .expect("a button");
    let answer = pressed.answer().await.expect("the application responds");
    assert_eq!(answer.text(), "This post is no longer there.");
    assert!(answer.ephemeral);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_posts_are_a_press_away() {
    let house = house().await;
    plain_sql(
        &house,
        "INSERT INTO blog_posts (title, content, published, slug) \
         SELECT 'Post ' || n, 'text', n % 2 = 0, 'post-' || n FROM generate_series(1, 20) n",
    )
    .await;
    let first = runs(&house, "/blog list").await;
    assert!(first.content.contains("post-20") && first.content.contains("post-11"));
    assert!(!first.content.contains("post-10"));
    let id = first.custom_ids()[0].to_owned();
    let second = press(&house, "admin", &first, &id).await;
    assert!(second.content.contains("post-10") && second.content.contains("`post-1`"));
    let id = second.custom_ids()[1].to_owned();
    let third = press(&house, "admin", &second, &id).await;
    assert!(third.content.contains("`plans`") && third.content.contains("first-steps"));
    assert_eq!(third.custom_ids().len(), 1, "nothing is older");
    let id = third.custom_ids()[0].to_owned();
    let newest = press(&house, "admin", &third, &id).await;
    assert_eq!(newest.content, first.content);
    let public = house.says("alice", "/blog list").await;
    assert!(
        public.contains("`post-2`") && !public.contains("`post-3`"),
        "{public}"
    );
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_suggested_to_each_as_they_may_read() {
    let house = house().await;
    let suggested = async |who: &str| {
        let member = house.member(who);
        let choices = member.autocompletes("/blog show slug:p").await;
        format!("{:?}", choices.expect("suggestions"))
    };
    let alice = suggested("alice").await;
    assert!(
        alice.contains("first-steps") && !alice.contains("plans"),
        "{alice}"
    );
    let admin = suggested("admin").await;
    assert!(
        admin.contains("first-steps") && admin.contains("plans"),
        "{admin}"
    );
    house.nothing_is_left().await;
}
