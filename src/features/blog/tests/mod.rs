//! Posts in the table: names that are unique whoever comes first, and changes that overwrite nobody's unseen.

mod reading;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::derived_slug;
use super::table::{
    Created, DeletePost, Deleted, EditPost, Edited, Name, NewPost, Post, Which, list_posts,
    list_published,
};
use crate::support::{TestDatabase, database};
use crate::writer::{Writer, WriterOptions};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a time") + TimeDelta::seconds(seconds)
}

fn derived(title: &str) -> NewPost {
    NewPost {
        name: Name::Derived(derived_slug(title)),
        title: title.to_owned(),
        content: format!("# {title}\n"),
        author_id: 7,
        published: false,
        at: at(0),
    }
}

fn given(slug: &str) -> NewPost {
    NewPost {
        name: Name::Given(slug.to_owned()),
        ..derived("A post")
    }
}

/// A database with as many writers as there are processes.
async fn place(processes: usize) -> (TestDatabase, Vec<Writer>) {
    let database = database().await;
    let mut writers = Vec::new();
    for _ in 0..processes {
        let started = Writer::start(database.pool.clone(), WriterOptions::default()).await;
        writers.push(started.expect("a writer"));
    }
    (database, writers)
}

async fn create(writer: &Writer, post: NewPost) -> Post {
    match writer.keep_now(post).await.expect("written") {
        Created::Created(post) => *post,
        Created::SlugTaken => panic!("the name is free"),
    }
}

async fn edit(writer: &Writer, change: EditPost) -> Edited {
    writer.keep_now(change).await.expect("written")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_is_found_as_it_was_written() {
    let (database, writers) = place(1).await;
    let post = create(&writers[0], derived("Hello, World!")).await;
    assert_eq!(post.slug, "hello-world");
    assert_eq!(post.title, "Hello, World!");
    assert_eq!(post.content, "# Hello, World!\n");
    assert_eq!((post.author_id, post.published), (7, false));
    assert_eq!((post.created_at, post.updated_at), (at(0), at(0)));
    let mut conn = database.pool.acquire().await.expect("a connection");
    let found = Post::find(&mut conn, "hello-world").await.expect("read");
    assert_eq!(found, Some(post));
    assert_eq!(Post::find(&mut conn, "hello").await.expect("read"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_titles_get_numbers_and_gaps_are_filled() {
    let (_database, writers) = place(1).await;
    let mut slugs = Vec::new();
    for _ in 0..3 {
        slugs.push(create(&writers[0], derived("News")).await.slug);
    }
    assert_eq!(slugs, ["news", "news-2", "news-3"]);
    create(&writers[0], given("news-5")).await;
    assert_eq!(create(&writers[0], derived("News")).await.slug, "news-4");
    assert_eq!(create(&writers[0], derived("News")).await.slug, "news-6");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_given_name_that_is_taken_is_refused_and_takes_nobody_down() {
    let (database, writers) = place(1).await;
    create(&writers[0], given("news")).await;
    let (refused, other) = tokio::join!(
        writers[0].keep_now(given("news")),
        writers[0].keep_now(given("other"))
    );
    assert_eq!(refused, Ok(Created::SlugTaken));
    assert!(matches!(other, Ok(Created::Created(_))));
    let mut conn = database.pool.acquire().await.expect("a connection");
    let all = list_posts(&mut conn, Which::All, None, 10)
        .await
        .expect("read");
    assert_eq!(all.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_with_one_title_get_a_name_each_without_gaps() {
    let (_database, writers) = place(4).await;
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..60 {
        let writer = writers[number % writers.len()].clone();
        writing.spawn(async move { create(&writer, derived("News")).await.slug });
    }
    let slugs: BTreeSet<String> = writing.join_all().await.into_iter().collect();
    let wanted = (1..=60).map(|number| super::slug::numbered("news", number));
    assert_eq!(slugs, wanted.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_one_given_name_one_gets_it() {
    let (_database, writers) = place(4).await;
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..20 {
        let writer = writers[number % writers.len()].clone();
        writing.spawn(async move { writer.keep_now(given("news")).await.expect("written") });
    }
    let outcomes = writing.join_all().await;
    let taken = outcomes.iter().filter(|one| **one == Created::SlugTaken);
    assert_eq!(taken.count(), 19);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_what_it_names_and_gives_a_later_version() {
    let (_database, writers) = place(1).await;
    let first = create(&writers[0], derived("News")).await;
    let change = EditPost {
        id: first.id,
        seen: Some(first.updated_at),
        content: Some("new".to_owned()),
        at: at(60),
        ..EditPost::default()
    };
    let Edited::Edited(second) = edit(&writers[0], change).await else {
        panic!("it changes");
    };
    let wanted = Post {
        content: "new".to_owned(),
        updated_at: at(60),
        ..first
    };
    assert_eq!(*second, wanted);
    let change = EditPost {
        id: second.id,
        title: Some("Newer".to_owned()),
        // Another machine's clock is behind.
        at: at(0),
        ..EditPost::default()
    };
    let Edited::Edited(third) = edit(&writers[0], change).await else {
        panic!("it changes");
    };
    assert_eq!(third.updated_at, at(60) + TimeDelta::microseconds(1));
    assert_eq!(
        (third.title.as_str(), third.slug.as_str()),
        ("Newer", "news")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_editors_of_one_version_the_second_is_told_and_changes_nothing() {
    let (database, writers) = place(2).await;
    let post = create(&writers[0], derived("News")).await;
    let change = |content: &str, seconds| EditPost {
        id: post.id,
        seen: Some(post.updated_at),
        content: Some(content.to_owned()),
        at: at(seconds),
        ..EditPost::default()
    };
    let (one, two) = tokio::join!(
        edit(&writers[0], change("one", 1)),
        edit(&writers[1], change("two", 2))
    );
    let mut conn = database.pool.acquire().await.expect("a connection");
    let now = Post::find(&mut conn, "news")
        .await
        .expect("read")
        .expect("there");
    let (won, lost) = match &one {
        Edited::Edited(won) => (won, &two),
        _ => match &two {
            Edited::Edited(won) => (won, &one),
            _ => panic!("one of them wins: {one:?} {two:?}"),
        },
    };
    assert_eq!(**won, now);
    assert_eq!(*lost, Edited::Outdated(Box::new(now)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_what_is_so_already_keeps_the_version() {
    let (_database, writers) = place(1).await;
    let post = create(&writers[0], derived("News")).await;
    let publish = |published| EditPost {
        id: post.id,
        published: Some(published),
        at: at(9),
        ..EditPost::default()
    };
    let unchanged = edit(&writers[0], publish(false)).await;
    assert_eq!(unchanged, Edited::Unchanged(Box::new(post.clone())));
    let Edited::Edited(published) = edit(&writers[0], publish(true)).await else {
        panic!("it is published");
    };
    assert!(published.published && published.updated_at == at(9));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_refused_to_an_edit_and_undoes_nothing_else() {
    let (_database, writers) = place(1).await;
    let (one, two) = (
        create(&writers[0], given("one")).await,
        create(&writers[0], given("two")).await,
    );
    let rename = |id, slug: &str| EditPost {
        id,
        slug: Some(slug.to_owned()),
        at: at(1),
        ..EditPost::default()
    };
    let (refused, renamed) = tokio::join!(
        edit(&writers[0], rename(one.id, "two")),
        edit(&writers[0], rename(two.id, "three"))
    );
    // Whichever came first: the name was taken then, or it was free.
    assert!(matches!(renamed, Edited::Edited(_)), "{renamed:?}");
    match refused {
        Edited::SlugTaken => {}
        Edited::Edited(post) => assert_eq!(post.slug, "two"),
        other => panic!("{other:?}"),
    }
    let refused = edit(&writers[0], rename(one.id, "three")).await;
    assert_eq!(refused, Edited::SlugTaken);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_of_what_was_seen() {
    let (_database, writers) = place(1).await;
    let post = create(&writers[0], derived("News")).await;
    let stale = DeletePost {
        id: post.id,
        seen: at(-1),
    };
    let outdated = writers[0].keep_now(stale).await;
    assert_eq!(outdated, Ok(Deleted::Outdated(Box::new(post.clone()))));
    let fresh = DeletePost {
        id: post.id,
        seen: post.updated_at,
    };
    assert_eq!(writers[0].keep_now(fresh).await, Ok(Deleted::Deleted));
    assert_eq!(writers[0].keep_now(fresh).await, Ok(Deleted::Gone));
    let change = EditPost {
        id: post.id,
        title: Some("Late".to_owned()),
        at: at(1),
        ..EditPost::default()
    };
    assert_eq!(edit(&writers[0], change).await, Edited::Gone);
    assert_eq!(
        create(&writers[0], derived("News")).await.slug,
        "news",
        "its name is free again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_never_see_a_draft_and_operators_see_all() {
    let (database, writers) = place(1).await;
    for (title, published) in [
        ("One", true),
        ("Two", false),
        ("Three", true),
        ("Four", false),
    ] {
        let post = NewPost {
            published,
            ..derived(title)
        };
        create(&writers[0], post).await;
    }
    let mut conn = database.pool.acquire().await.expect("a connection");
    let titles = |found: Vec<super::table::Headline>| {
        let titles = found.into_iter().map(|post| post.title);
        titles.collect::<Vec<_>>()
    };
    let public = list_published(&mut conn, None, 10).await.expect("read");
    let oldest = public.last().expect("two").id;
    let newest = public.first().expect("two").id;
    assert_eq!(titles(public), ["Three", "One"]);
    let all = list_posts(&mut conn, Which::All, None, 10)
        .await
        .expect("read");
    assert_eq!(titles(all), ["Four", "Three", "Two", "One"]);
    let drafts = list_posts(&mut conn, Which::Drafts, None, 10)
        .await
        .expect("read");
    assert_eq!(titles(drafts), ["Four", "Two"]);
    let page = list_published(&mut conn, Some(newest), 1)
        .await
        .expect("read");
    assert_eq!(titles(page), ["One"]);
    let end = list_published(&mut conn, Some(oldest), 1)
        .await
        .expect("read");
    assert_eq!(titles(end), Vec::<String>::new());
    let draft = Post::find_published(&mut conn, "two").await.expect("read");
    assert_eq!(draft, None);
    let public = Post::find_published(&mut conn, "one").await.expect("read");
    assert!(public.is_some_and(|post| post.published));
    assert!(Post::find(&mut conn, "two").await.expect("read").is_some());
}
