//! Blog posts of an older bot.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::{Fate, Mode, Session, Settled};
use crate::store::schema::blog_posts;

/// A post as an older bot kept it.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = blog_posts, check_for_backend(diesel::pg::Pg))]
pub struct OldPost {
    /// The heading.
    pub title: String,
    /// The text.
    pub content: String,
    /// Who wrote it.
    pub author_id: i64,
    /// Whether everybody may read it.
    pub published: bool,
    /// Its name in addresses.
    pub slug: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Writes the posts whose slug is free.
///
/// # Errors
/// Whatever the database gives.
pub async fn settle(session: &mut Session, rows: &[OldPost]) -> QueryResult<Settled> {
    let mut there = find(session, rows).await?;
    let mut settled = Settled::default();
    for (place, row) in rows.iter().enumerate() {
        match there.get(&row.slug) {
            Some(now) if now == row => settled.same += 1,
            Some(_) => {
                let why = "another post has this slug here, and stays as it is";
                settled.tell(place, Fate::Kept(why.to_owned()));
            }
            None => {
                settled.found_new(session.mode, place);
                there.insert(row.slug.clone(), row.clone());
                if session.mode == Mode::Write {
                    diesel::insert_into(blog_posts::table)
                        .values(row)
                        .execute(&mut session.conn)
                        .await?;
                }
            }
        }
    }
    Ok(settled)
}

async fn find(session: &mut Session, rows: &[OldPost]) -> QueryResult<BTreeMap<String, OldPost>> {
    let slugs: Vec<&str> = rows.iter().map(|row| row.slug.as_str()).collect();
    let there: Vec<OldPost> = blog_posts::table
        .filter(blog_posts::slug.eq_any(slugs))
        .select(OldPost::as_select())
        .load(&mut session.conn)
        .await?;
    Ok(there
        .into_iter()
        .map(|row| (row.slug.clone(), row))
        .collect())
}
