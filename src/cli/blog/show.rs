//! `aimod blog list | show`.

use serde_json::{Value as Json, json};

use super::{Desk, version_of};
use crate::cli::words::{table, visible};
use crate::features::blog::table::{Headline, Post, Which, list_posts};

pub(super) async fn list(
    desk: &Desk,
    which: Which,
    (before, limit): (Option<i64>, i64),
) -> anyhow::Result<String> {
    let mut conn = desk.pool.acquire().await?;
    // One more than is shown tells that there are more.
    let mut found = list_posts(&mut conn, which, before, limit + 1).await?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let next = found.last().filter(|_| more).map(|last| last.id);
    if desk.json {
        let posts: Vec<Json> = found.iter().map(headline_json).collect();
        return Ok(json!({"posts": posts, "before": next}).to_string());
    }
    if found.is_empty() {
        return Ok("there are no such posts".to_owned());
    }
    let head = [
        "NUMBER",
        "NAME",
        "STATE",
        "WRITTEN (UTC)",
        "CHANGED (UTC)",
        "TITLE",
    ];
    let mut rows = vec![head.map(str::to_owned)];
    rows.extend(found.iter().map(row));
    let mut text = table(&rows);
    if let Some(next) = next {
        text.push_str(&format!("\nthere are more: --before {next}"));
    }
    Ok(text)
}

fn row(post: &Headline) -> [String; 6] {
    [
        format!("{:>6}", post.id),
        visible(&post.slug),
        state(post.published).to_owned(),
        post.created_at.format("%Y-%m-%d %H:%M").to_string(),
        post.updated_at.format("%Y-%m-%d %H:%M").to_string(),
        visible(&post.title),
    ]
}

const fn state(published: bool) -> &'static str {
    if published { "published" } else { "draft" }
}

pub(super) async fn one(desk: &Desk, slug: &str, raw: bool) -> anyhow::Result<String> {
    let post = desk.find(slug).await?;
    if desk.json {
        return Ok(as_json(&post).to_string());
    }
    if raw {
        // The end of the last line is printed with it.
        let content = post.content.strip_suffix('\n').unwrap_or(&post.content);
        return Ok(content.to_owned());
    }
    Ok(format!(
        "{}\n\n{}",
        head(&post),
        shown(post.content.trim_end())
    ))
}

fn head(post: &Post) -> String {
    let author = match post.author_id {
        0 => "the command line".to_owned(),
        author => author.to_string(),
    };
    let lines = [
        ("title", visible(&post.title)),
        ("name", visible(&post.slug)),
        ("number", post.id.to_string()),
        ("state", state(post.published).to_owned()),
        ("by", author),
        (
            "written",
            post.created_at.format("%Y-%m-%d %H:%M UTC").to_string(),
        ),
        ("version", version_of(post)),
    ];
    let lines = lines.map(|(name, value)| format!("{name:<8} {value}"));
    lines.join("\n")
}

/// A text whose lines and columns stay as they are, and nothing else that moves a cursor.
fn shown(content: &str) -> String {
    let line = |line: &str| line.split('\t').map(visible).collect::<Vec<_>>().join("\t");
    content.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A post for programs.
pub(super) fn as_json(post: &Post) -> Json {
    json!({
        "id": post.id,
        "slug": post.slug,
        "title": post.title,
        "published": post.published,
        "author": post.author_id.to_string(),
        "created_at": post.created_at,
        "version": version_of(post),
        "content": post.content,
    })
}

fn headline_json(post: &Headline) -> Json {
    json!({
        "id": post.id,
        "slug": post.slug,
        "title": post.title,
        "published": post.published,
        "author": post.author_id.to_string(),
        "created_at": post.created_at,
        "updated_at": post.updated_at,
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn post() -> Post {
        let time = DateTime::from_timestamp_micros(1_790_000_000_123_450).expect("a time");
        Post {
            id: 7,
            title: "News\u{202e}".to_owned(),
            content: "# News\n\tcode\u{1b}[2J\n".to_owned(),
            author_id: 0,
            published: false,
            slug: "news".to_owned(),
            created_at: time,
            updated_at: time,
        }
    }

    #[test]
    fn a_post_is_shown_with_what_tells_its_state_and_moves_no_cursor() {
        let post = post();
        insta::assert_snapshot!(format!("{}\n\n{}", head(&post), shown(&post.content)), @r"
        title    News\u{202e}
        name     news
        number   7
        state    draft
        by       the command line
        written  2026-09-21 14:13 UTC
        version  2026-09-21T14:13:20.123450Z

        # News
        	code\u{1b}[2J
        ");
    }

    #[test]
    fn programs_get_all_of_it() {
        let post = Post {
            title: "News".to_owned(),
            ..post()
        };
        insta::assert_snapshot!(as_json(&post), @r##"{"id":7,"slug":"news","title":"News","published":false,"author":"0","created_at":"2026-09-21T14:13:20.123450Z","version":"2026-09-21T14:13:20.123450Z","content":"# News\n\tcode\u001b[2J\n"}"##);
    }
}
