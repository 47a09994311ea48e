//! Notes as moderators meet them, and as members do not.

use crate::features::tests::{
    dialog, known, logged, named, plain_sql, press, runs, types, without_times,
};
use crate::simulator::{Answer, Permissions};
use crate::support::House;

/// Numbers of notes run over all guilds; a fresh database begins with 1.
#[tokio::test(flavor = "multi_thread")]
async fn moderators_note_look_and_remove() {
    let house = House::start().await;
    let text = dialog(
        &house,
        &[
            "/note list user:mallory",
            "/note add user:mallory text:sells accounts, see the ticket",
            "/note add user:mallory text:has apologised",
            "/note list user:mallory",
            "/note remove number:1",
            "/note remove number:1",
            "/note list user:mallory",
            "/note history user:mallory",
            "/note list user:admin",
            "/note add user:admin text:I am great",
        ],
    )
    .await;
    insta::assert_snapshot!(without_times(&text), @r"
    > /note list user:mallory
    There are no notes about <@MALLORY>.

    > /note add user:mallory text:sells accounts, see the ticket
    Noted as **#1**. <@MALLORY> is not told, but can read it with `/mydata export`. It is the only note.

    > /note add user:mallory text:has apologised
    Noted as **#2**. <@MALLORY> is not told, but can read it with `/mydata export`. There are 2 notes now.

    > /note list user:mallory
    **2 notes about** <@MALLORY>
    **#2** · TIME · <@ADMIN>
    > has apologised
    **#1** · TIME · <@ADMIN>
    > sells accounts, see the ticket

    > /note remove number:1
    Note **#1** about <@MALLORY> is removed. `/note history` still shows it to those who manage the server.

    > /note remove number:1
    This server has no note #1. `/note list` shows the numbers.

    > /note list user:mallory
    **1 note about** <@MALLORY>
    **#2** · TIME · <@ADMIN>
    > has apologised

    > /note history user:mallory
    **2 notes about** <@MALLORY>
    **#2** · TIME · <@ADMIN>
    > has apologised
    **#1** · TIME · <@ADMIN> · removed TIME by <@ADMIN>
    > sells accounts, see the ticket

    > /note list user:admin
    What is noted about you is for the other moderators.

    > /note add user:admin text:I am great
    What is noted about you is for the other moderators.
    ");
    let trace = house
        .text("SELECT author_id || ' ' || removed_by || ' ' || (removed_at IS NOT NULL) FROM user_notes WHERE id = 1")
        .await;
    let admin = house.sim.user("admin");
    assert_eq!(trace, Some(format!("{admin} {admin} true")));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_note_in_german() {
    let house = House::start().await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/note list user:mallory",
            "/note add user:mallory text:verkauft Konten",
            "/note add user:mallory text:hat sich entschuldigt",
            "/note remove number:1",
            "/note remove number:9",
            "/note history user:mallory",
            "/note list user:admin",
        ],
    )
    .await;
    let text = text.split_once("> /note").map_or("", |(_, rest)| rest);
    insta::assert_snapshot!(without_times(&format!("> /note{text}")), @r"
    > /note list user:mallory
    Über <@MALLORY> gibt es keine Notizen.

    > /note add user:mallory text:verkauft Konten
    Notiert als **#1**. <@MALLORY> erfährt es nicht, kann es aber mit `/mydata export` nachlesen. Es ist die einzige Notiz.

    > /note add user:mallory text:hat sich entschuldigt
    Notiert als **#2**. <@MALLORY> erfährt es nicht, kann es aber mit `/mydata export` nachlesen. Es sind jetzt 2 Notizen.

    > /note remove number:1
    Notiz **#1** über <@MALLORY> ist entfernt. `/note history` zeigt sie noch denen, die den Server verwalten.

    > /note remove number:9
    Eine Notiz #9 gibt es auf diesem Server nicht. `/note list` zeigt die Nummern.

    > /note history user:mallory
    **2 Notizen über** <@MALLORY>
    **#2** · TIME · <@ADMIN>
    > hat sich entschuldigt
    **#1** · TIME · <@ADMIN> · entfernt TIME von <@ADMIN>
    > verkauft Konten

    > /note list user:admin
    Was über dich notiert ist, lesen nur die anderen Moderatoren.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_turned_after_a_restart_too() {
    let mut house = House::start().await;
    for number in 1..=7 {
        let line = format!("/note add user:mallory text:note {number}");
        house.admin(&line).await;
    }
    let first = runs(&house, "/note list user:mallory").await;
    assert!(first.text().contains("page 1 of 3"), "{}", first.text());
    let mallory = house.sim.user("mallory");
    let second = format!("notes/list/{mallory}/2");
    assert_eq!(first.custom_ids()[1], second);
    house.rest().await;
    house.wake().await;
    known(&house).await;
    let page = press(&house, "admin", &first, &second).await;
    let text = named(&house, without_times(&page.text()));
    insta::assert_snapshot!(text, @r"
    **7 notes about** <@MALLORY>, page 2 of 3
    **#4** · TIME · <@ADMIN>
    > note 4
    **#3** · TIME · <@ADMIN>
    > note 3
    **#2** · TIME · <@ADMIN>
    > note 2
    ");
    assert_eq!(page.message, first.message, "the same message");
    let last = press(&house, "admin", &page, &format!("notes/list/{mallory}/3")).await;
    assert!(last.text().ends_with("> note 1"), "{}", last.text());
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_command_shows_notes_to_nobody_but_who_may_read_them() {
    let house = House::start().await;
    let mallory = house.sim.user("mallory");
    let said = types(
        &house,
        "admin",
        &format!("o!note add <@{mallory}> a secret remark"),
    )
    .await;
    assert!(
        said.starts_with("Noted as **#1**") && !said.contains("secret"),
        "{said}"
    );
    let shown = types(&house, "admin", &format!("o!note list <@{mallory}>")).await;
    assert_eq!(shown, "Notes are shown to moderators only.");
    let message = house.sim.look(|world| {
        let messages = world.bot_messages(house.general);
        messages.last().map(|message| message.id)
    });
    let curtain = Answer {
        message,
        ..Answer::default()
    };
    let button = format!("notes/open/{mallory}");
    let refused = press(&house, "mallory", &curtain, &button).await;
    assert_eq!(
        refused.text(),
        "You need the permission **Timeout Members** for this."
    );
    let opened = press(&house, "admin", &curtain, &button).await;
    assert!(opened.ephemeral && opened.text().contains("a secret remark"));
    logged(&house, 4).await;
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_reads_nothing_of_what_is_noted_about_themselves() {
    let house = House::start().await;
    house.admin("/note add user:alice text:watch her").await;
    let staff = Permissions::MODERATE_MEMBERS | Permissions::SEND_MESSAGES;
    house.member("alice").may(staff).expect("a role");
    let text = [
        house.says("alice", "/note list user:alice").await,
        house.says("alice", "/note remove number:1").await,
        house.says("alice", "/note history user:mallory").await,
        house.says("alice", "/user info user:alice").await,
        house.says("alice", "/note list user:mallory").await,
    ]
    .join("\n");
    assert!(!text.contains("watch her"), "{text}");
    let text = named(&house, without_times(&text));
    insta::assert_snapshot!(text, @r"
    What is noted about you is for the other moderators.
    This server has no note #1. `/note list` shows the numbers.
    You need the permission **Manage Server** for this.
    **<@ALICE>** · `alice` · `ALICE`
    Account made: TIME (TIME)
    AIMod has not seen this user yet.
    Infractions in this server: 0
    Last case in this server: none
    There are no notes about <@MALLORY>.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_of_a_user_leads_to_the_notes() {
    let house = House::start().await;
    house.admin("/note add user:mallory text:by the menu").await;
    let mallory = house.sim.user("mallory");
    let used = house.member("admin").runs_on_user("Notes", mallory);
    let answer = used.expect("a menu").answer().await;
    let answer = answer.expect("the application responds");
    assert!(answer.ephemeral && answer.text().ends_with("> by the menu"));
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_of_other_guilds_and_of_none_are_not_shown_and_lengths_are_held() {
    let house = House::start().await;
    let mallory = house.sim.user("mallory");
    plain_sql(
        &house,
        &format!(
            "INSERT INTO user_notes (guild_id, user_id, author_id, note) VALUES \
             (NULL, {mallory}, 0, 'of the old bot'), (5, {mallory}, 9, 'of another guild')"
        ),
    )
    .await;
    let long = format!("o!note add <@{mallory}> {}", "x".repeat(501));
    let told = [
        house.admin("/note list user:mallory").await,
        house.admin("/note remove number:2").await,
        types(&house, "admin", &long).await,
    ];
    let told = named(&house, told.join("\n"));
    insta::assert_snapshot!(told, @"
    There are no notes about <@MALLORY>.
    This server has no note #2. `/note list` shows the numbers.
    A note has 1 to 500 characters.
    ");
    plain_sql(
        &house,
        &format!(
            "INSERT INTO user_notes (guild_id, user_id, note) SELECT {}, {mallory}, repeat('y', 500) FROM generate_series(1, 100)",
            house.id()
        ),
    )
    .await;
    let full = house.admin("/note add user:mallory text:one more").await;
    assert!(full.contains("There are 100 notes"), "{full}");
    let page = house.admin("/note list user:mallory").await;
    assert!(page.chars().count() < 2_000 && !page.ends_with('…'));
    house.nothing_is_left().await;
}
