//! `blog_posts`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use futures_util::future::{BoxFuture, FutureExt as _};

use super::slug::numbered;
use crate::store::record::Record;
use crate::store::schema::blog_posts;

/// How many names are looked up by one statement while a free one is sought.
const NAMES_AT_ONCE: usize = 50;

/// A post in full.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blog_posts, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Post {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) author_id: i64,
    pub(crate) published: bool,
    pub(crate) slug: String,
    pub(crate) created_at: DateTime<Utc>,
    /// Tells one state of a post from another: no change leaves it as it was.
    pub(crate) updated_at: DateTime<Utc>,
}

/// A post without its text.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = blog_posts, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Headline {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) author_id: i64,
    pub(crate) published: bool,
    pub(crate) slug: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
}

/// Which posts are asked for. Whoever is no operator asks for published ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    Published,
    Drafts,
}

impl Which {
    /// The value of `published`, where it matters.
    const fn flag(self) -> Option<bool> {
        match self {
            Self::All => None,
            Self::Published => Some(true),
            Self::Drafts => Some(false),
        }
    }
}

impl Post {
    /// A post by its name, drafts included: for operators.
    pub(crate) async fn find(
        conn: &mut AsyncPgConnection,
        slug: &str,
    ) -> QueryResult<Option<Self>> {
        let found = blog_posts::table.filter(blog_posts::slug.eq(slug));
        let found = found.select(Self::as_select()).first(conn).await;
        found.optional()
    }

    /// A post by its number, drafts included.
    pub(super) async fn find_by_id(
        conn: &mut AsyncPgConnection,
        id: i64,
    ) -> QueryResult<Option<Self>> {
        let found = blog_posts::table.find(id);
        let found = found.select(Self::as_select()).first(conn).await;
        found.optional()
    }

    /// A post by its name as everybody may read it: never a draft.
    pub(crate) async fn find_published(
        conn: &mut AsyncPgConnection,
        slug: &str,
    ) -> QueryResult<Option<Self>> {
        let found = blog_posts::table
            .filter(blog_posts::slug.eq(slug))
            .filter(blog_posts::published);
        let found = found.select(Self::as_select()).first(conn).await;
        found.optional()
    }
}

/// The posts, newest first, that come after `before`.
pub(crate) async fn list_posts(
    conn: &mut AsyncPgConnection,
    which: Which,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Headline>> {
    let mut listed = blog_posts::table.select(Headline::as_select()).into_boxed();
    if let Some(published) = which.flag() {
        listed = listed.filter(blog_posts::published.eq(published));
    }
    if let Some(before) = before {
        listed = listed.filter(blog_posts::id.lt(before));
    }
    listed
        .order(blog_posts::id.desc())
        .limit(limit)
        .load(conn)
        .await
}

/// What everybody may read, newest first: never a draft.
pub(crate) async fn list_published(
    conn: &mut AsyncPgConnection,
    before: Option<i64>,
    limit: i64,
) -> QueryResult<Vec<Headline>> {
    list_posts(conn, Which::Published, before, limit).await
}

/// The name of a new post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Just this one.
    Given(String),
    /// This one, or with the first number behind it that is free.
    Derived(String),
}

/// A post to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewPost {
    pub(crate) name: Name,
    pub(crate) title: String,
    pub(crate) content: String,
    pub(crate) author_id: i64,
    pub(crate) published: bool,
    pub(crate) at: DateTime<Utc>,
}

/// What became of a new post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Created {
    Created(Box<Post>),
    /// Another post has the given name.
    SlugTaken,
}

impl Record for NewPost {
    type Ack = Created;
    const TABLE: &'static str = "blog_posts";

    /// One at a time: two of the same title would wait for each other's names.
    fn lane(&self) -> Option<i64> {
        Some(0)
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Created>>> {
        async move {
            let mut created = Vec::with_capacity(rows.len());
            for row in rows {
                created.push(match &row.name {
                    Name::Given(slug) => row.insert(conn, slug).await?,
                    Name::Derived(slug) => row.insert_numbered(conn, slug).await?,
                });
            }
            Ok(created)
        }
        .boxed()
    }
}

impl NewPost {
    /// Where somebody else is about to take the name, this waits for them.
    async fn insert(&self, conn: &mut AsyncPgConnection, slug: &str) -> QueryResult<Created> {
        let inserted = diesel::insert_into(blog_posts::table)
            .values((
                blog_posts::title.eq(&self.title),
                blog_posts::content.eq(&self.content),
                blog_posts::author_id.eq(self.author_id),
                blog_posts::published.eq(self.published),
                blog_posts::slug.eq(slug),
                blog_posts::created_at.eq(self.at),
                blog_posts::updated_at.eq(self.at),
            ))
            .on_conflict(blog_posts::slug)
            .do_nothing()
            .returning(Post::as_returning())
            .get_result(conn)
            .await
            .optional()?;
        Ok(inserted.map_or(Created::SlugTaken, |post| Created::Created(Box::new(post))))
    }

    /// Takes the first number that is free; one that somebody takes meanwhile is passed over.
    async fn insert_numbered(
        &self,
        conn: &mut AsyncPgConnection,
        slug: &str,
    ) -> QueryResult<Created> {
        let mut first = 1;
        loop {
            let names = (first..first + NAMES_AT_ONCE).map(|number| numbered(slug, number));
            let names: Vec<String> = names.collect();
            let taken: Vec<String> = blog_posts::table
                .filter(blog_posts::slug.eq_any(&names))
                .select(blog_posts::slug)
                .load(conn)
                .await?;
            for name in names.iter().filter(|name| !taken.contains(*name)) {
                let inserted = self.insert(conn, name).await?;
                if inserted != Created::SlugTaken {
                    return Ok(inserted);
                }
            }
            first += NAMES_AT_ONCE;
        }
    }
}

/// A change of a post; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct EditPost {
    pub(crate) id: i64,
    /// The state that the change is based on; without one it is made whatever the post is now.
    pub(crate) seen: Option<DateTime<Utc>>,
    pub(crate) title: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) slug: Option<String>,
    pub(crate) published: Option<bool>,
    pub(crate) at: DateTime<Utc>,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "it says what became of it")]
pub(crate) enum Edited {
    Edited(Box<Post>),
    /// It was so already.
    Unchanged(Box<Post>),
    /// The post has changed since the state that the change is based on; this is how it is now.
    Outdated(Box<Post>),
    /// Another post has the name.
    SlugTaken,
    /// There is no such post any more.
    Gone,
}

impl Record for EditPost {
    type Ack = Edited;
    const TABLE: &'static str = "blog_posts";

    /// One after another for each post.
    fn lane(&self) -> Option<i64> {
        Some(self.id)
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Edited>>> {
        async move {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            // Whoever locks several posts does so in the same order.
            order.sort_unstable_by_key(|at| rows[*at].id);
            let mut edited = vec![Edited::Gone; rows.len()];
            for at in order {
                edited[at] = rows[at].write(conn).await?;
            }
            Ok(edited)
        }
        .boxed()
    }
}

impl EditPost {
    async fn write(&self, conn: &mut AsyncPgConnection) -> QueryResult<Edited> {
        let Some(now) = lock(conn, self.id).await? else {
            return Ok(Edited::Gone);
        };
        if self.seen.is_some_and(|seen| seen != now.updated_at) {
            return Ok(Edited::Outdated(Box::new(now)));
        }
        let next = self.applied(&now);
        if next == now {
            return Ok(Edited::Unchanged(Box::new(now)));
        }
        // In a savepoint: a name that is taken must not undo what else is written with this.
        let written = conn
            .transaction(async |conn| update(conn, &next, self.at).await)
            .await;
        match written {
            Ok(post) => Ok(Edited::Edited(Box::new(post))),
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                Ok(Edited::SlugTaken)
            }
            Err(error) => Err(error),
        }
    }

    fn applied(&self, now: &Post) -> Post {
        let or = |new: &Option<String>, old: &String| new.clone().unwrap_or_else(|| old.clone());
        Post {
            title: or(&self.title, &now.title),
            content: or(&self.content, &now.content),
            slug: or(&self.slug, &now.slug),
            published: self.published.unwrap_or(now.published),
            ..now.clone()
        }
    }
}

async fn lock(conn: &mut AsyncPgConnection, id: i64) -> QueryResult<Option<Post>> {
    let found = blog_posts::table.find(id).for_update();
    let found = found.select(Post::as_select()).first(conn).await;
    found.optional()
}

async fn update(conn: &mut AsyncPgConnection, next: &Post, at: DateTime<Utc>) -> QueryResult<Post> {
    // Later than before in any case, however the clocks of two machines stand.
    let at = at.max(next.updated_at + TimeDelta::microseconds(1));
    diesel::update(blog_posts::table.find(next.id))
        .set((
            blog_posts::title.eq(&next.title),
            blog_posts::content.eq(&next.content),
            blog_posts::slug.eq(&next.slug),
            blog_posts::published.eq(next.published),
            blog_posts::updated_at.eq(at),
        ))
        .returning(Post::as_returning())
        .get_result(conn)
        .await
}

/// A post to be deleted, if it is still as it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeletePost {
    pub(crate) id: i64,
    pub(crate) seen: DateTime<Utc>,
}

/// What became of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::enum_variant_names, reason = "it says what became of it")]
pub(crate) enum Deleted {
    Deleted,
    /// The post has changed since it was seen; this is how it is now.
    Outdated(Box<Post>),
    /// There is no such post any more.
    Gone,
}

impl Record for DeletePost {
    type Ack = Deleted;
    const TABLE: &'static str = "blog_posts";

    fn lane(&self) -> Option<i64> {
        Some(self.id)
    }

    fn write_all<'a>(
        conn: &'a mut AsyncPgConnection,
        rows: &'a [Self],
    ) -> BoxFuture<'a, QueryResult<Vec<Deleted>>> {
        async move {
            let mut deleted = Vec::with_capacity(rows.len());
            for row in rows {
                deleted.push(match lock(conn, row.id).await? {
                    None => Deleted::Gone,
                    Some(now) if now.updated_at != row.seen => Deleted::Outdated(Box::new(now)),
                    Some(_) => {
                        let gone = diesel::delete(blog_posts::table.find(row.id));
                        gone.execute(conn).await?;
                        Deleted::Deleted
                    }
                });
            }
            Ok(deleted)
        }
        .boxed()
    }
}
