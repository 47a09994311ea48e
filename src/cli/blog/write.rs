//! `aimod blog create | edit | publish | unpublish | delete`.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde_json::json;

use super::show::as_json;
use super::{Desk, no_such, version_of};
use crate::cli::question::{Refused, confirm};
use crate::cli::words::visible;
use crate::domain::ids::UserId;
use crate::features::blog::derived_slug;
use crate::features::blog::table::{
    Created, DeletePost, Deleted, EditPost, Edited, Name, NewPost, Post,
};
use crate::features::blog::text::{self, MOST_BYTES, Misfit};

/// A new post, beside its text.
pub(super) struct Draft {
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) author: UserId,
    pub(super) publish: bool,
}

/// What is to become of a post.
pub(super) struct Wish {
    pub(super) file: Option<PathBuf>,
    pub(super) title: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) seen: Option<DateTime<Utc>>,
}

pub(super) async fn create(desk: &Desk, file: &Path, draft: Draft) -> anyhow::Result<String> {
    let content = text::content(read(file)?).map_err(not_written)?;
    let title = match &draft.title {
        Some(given) => text::title(given),
        None => text::title_of(&content),
    };
    let title = title.map_err(not_written)?;
    let name = match &draft.slug {
        Some(given) => Name::Given(text::given_slug(given).map_err(not_written)?),
        None => Name::Derived(derived_slug(&title)),
    };
    let post = NewPost {
        name,
        title,
        content,
        author_id: draft.author.as_i64(),
        published: draft.publish,
        at: desk.clock.now(),
    };
    match desk.writer.keep_now(post).await? {
        Created::Created(post) => Ok(told(desk, &post, "written")),
        Created::SlugTaken => Err(taken(draft.slug.as_deref()).into()),
    }
}

pub(super) async fn edit(desk: &Desk, slug: &str, wish: Wish) -> anyhow::Result<String> {
    if wish.file.is_none() && wish.title.is_none() && wish.slug.is_none() {
        let why = "nothing to change: name a file, --title or --slug";
        return Err(Refused(why.to_owned()).into());
    }
    let now = desk.find(slug).await?;
    let content = match &wish.file {
        Some(file) => Some(text::content(read(file)?).map_err(not_changed)?),
        None => None,
    };
    let title = match &wish.title {
        Some(given) => Some(text::title(given).map_err(not_changed)?),
        None => content.as_deref().and_then(|new| following(&now, new)),
    };
    let new_slug = wish.slug.as_deref().map(text::given_slug).transpose();
    let change = EditPost {
        id: now.id,
        seen: wish.seen,
        title,
        content,
        slug: new_slug.map_err(not_changed)?,
        published: None,
        at: desk.clock.now(),
    };
    let edited = desk.writer.keep_now(change).await?;
    outcome(desk, slug, wish.slug.as_deref(), edited)
}

/// A title that was the text's first heading goes with it.
fn following(now: &Post, content: &str) -> Option<String> {
    let was_heading = text::title_of(&now.content).is_ok_and(|heading| heading == now.title);
    let heading = text::title_of(content).ok();
    heading.filter(|_| was_heading)
}

pub(super) async fn publish(desk: &Desk, slug: &str, published: bool) -> anyhow::Result<String> {
    let now = desk.find(slug).await?;
    let change = EditPost {
        id: now.id,
        published: Some(published),
        at: desk.clock.now(),
        ..EditPost::default()
    };
    let edited = desk.writer.keep_now(change).await?;
    outcome(desk, slug, None, edited)
}

fn outcome(
    desk: &Desk,
    slug: &str,
    new_slug: Option<&str>,
    edited: Edited,
) -> anyhow::Result<String> {
    match edited {
        Edited::Edited(post) => Ok(told(desk, &post, "changed")),
        Edited::Unchanged(post) => Ok(told(desk, &post, "nothing to change")),
        Edited::Outdated(post) => Err(outdated(&post).into()),
        Edited::SlugTaken => Err(taken(new_slug).into()),
        Edited::Gone => Err(no_such(slug).into()),
    }
}

pub(super) async fn delete(desk: &Desk, slug: &str, yes: bool) -> anyhow::Result<String> {
    let post = desk.find(slug).await?;
    let state = if post.published { "published" } else { "draft" };
    let question = format!("Delete “{}” ({state}) for good?", visible(&post.title));
    confirm(&question, yes)?;
    let deletion = DeletePost {
        id: post.id,
        seen: post.updated_at,
    };
    match desk.writer.keep_now(deletion).await? {
        Deleted::Deleted if desk.json => Ok(json!({"deleted": post.slug}).to_string()),
        Deleted::Deleted => Ok(format!("{}: deleted", visible(&post.slug))),
        Deleted::Outdated(post) => Err(outdated(&post).into()),
        Deleted::Gone => Err(no_such(slug).into()),
    }
}

/// What became of a post, and what is next.
fn told(desk: &Desk, post: &Post, what: &str) -> String {
    if desk.json {
        return as_json(post).to_string();
    }
    let slug = &post.slug;
    let next = if post.published {
        "published: everybody may read it".to_owned()
    } else {
        format!("a draft: `aimod blog publish {slug}` lets everybody read it")
    };
    format!("{slug}: {what}; {next}\nversion {}", version_of(post))
}

fn outdated(now: &Post) -> Refused {
    Refused(format!(
        "nothing was changed: {} has changed since that version; it is at {} now, which `aimod blog show {}` shows",
        now.slug,
        version_of(now),
        now.slug
    ))
}

fn taken(slug: Option<&str>) -> Refused {
    let slug = visible(slug.unwrap_or_default());
    Refused(format!(
        "nothing was changed: another post has the name {slug}; choose a different --slug"
    ))
}

fn not_written(misfit: Misfit) -> Refused {
    Refused(format!("nothing was written: {misfit}"))
}

fn not_changed(misfit: Misfit) -> Refused {
    Refused(format!("nothing was changed: {misfit}"))
}

/// Reads a file, or standard input where it is called `-`; one byte more than is taken tells that there is more.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let named = || format!("cannot read {}", path.display());
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX) + 1;
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        let file = std::fs::File::open(path).with_context(named)?;
        file.take(most).read_to_end(&mut bytes)
    };
    read.with_context(named)?;
    Ok(bytes)
}
