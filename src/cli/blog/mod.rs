//! `aimod blog`: writes posts, publishes them and takes them back, straight in the database, also while the bot runs.
//!
//! Exit codes: 0 done, 1 failed, 2 refused.

mod show;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, Utc};

use super::Common;
use super::question::{Refused, refusal};
use super::visit::Visit;
use crate::domain::clock::Clock;
use crate::domain::ids::UserId;
use crate::features::blog::table::{Post, Which};
use crate::store::Pool;
use crate::writer::{Writer, WriterOptions};

/// The arguments of `aimod blog`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Write a post from a file of Markdown. It is a draft until it is published.
    Create {
        /// The file; - for standard input.
        file: PathBuf,
        /// The title; the text's first heading where it is left out.
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// The post's name in addresses; made from the title where it is left out.
        #[arg(long, value_name = "NAME")]
        slug: Option<String>,
        /// The user id of who wrote it.
        #[arg(long, value_name = "ID", value_parser = author, default_value = "0", hide_default_value = true)]
        author: UserId,
        /// Publish it at once.
        #[arg(long)]
        publish: bool,
    },
    /// Change a post's text, title or name.
    Edit {
        /// The post's name.
        slug: String,
        /// The file with its new text; - for standard input. The title goes with the first heading where it was that.
        file: Option<PathBuf>,
        /// The new title.
        #[arg(long, value_name = "TEXT")]
        title: Option<String>,
        /// The new name; addresses with the old one lead nowhere then.
        #[arg(long = "slug", value_name = "NAME")]
        new_slug: Option<String>,
        #[command(flatten)]
        basis: Basis,
    },
    /// Let everybody read a post.
    Publish {
        /// The post's name.
        slug: String,
    },
    /// Make a post a draft again.
    Unpublish {
        /// The post's name.
        slug: String,
    },
    /// Delete a post for good, after a question.
    Delete {
        /// The post's name.
        slug: String,
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// List posts, drafts too, newest first.
    List {
        /// Published ones only.
        #[arg(long, conflicts_with = "drafts")]
        published: bool,
        /// Drafts only.
        #[arg(long)]
        drafts: bool,
        /// The most posts.
        #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        limit: i64,
        /// Only posts before the one with this number.
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Show a post with its version, drafts too.
    Show {
        /// The post's name.
        slug: String,
        /// Print the Markdown alone, as it was written.
        #[arg(long, conflicts_with = "json")]
        raw: bool,
    },
}

/// The state of a post that a change is based on.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Basis {
    /// The version you have seen, as `show` prints it: where the post has changed since, nothing is changed.
    #[arg(long, value_name = "TIME", value_parser = version)]
    version: Option<DateTime<Utc>>,
    /// Change it whatever it is now.
    #[arg(long)]
    overwrite: bool,
}

fn author(text: &str) -> Result<UserId, String> {
    match text.parse::<u64>() {
        Ok(id) if i64::try_from(id).is_ok() => Ok(UserId(id)),
        _ => Err("a user's id is a number".to_owned()),
    }
}

fn version(text: &str) -> Result<DateTime<Utc>, String> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(time) => Ok(time.to_utc()),
        Err(_) => Err("a version looks like 2026-11-25T08:15:00.123456Z".to_owned()),
    }
}

/// The version of a post as it is printed.
fn version_of(post: &Post) -> String {
    post.updated_at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What the subcommands work with.
struct Desk {
    pool: Pool,
    writer: Writer,
    clock: Clock,
    json: bool,
}

impl Desk {
    /// The post of this name, as it is now.
    async fn find(&self, slug: &str) -> anyhow::Result<Post> {
        let mut conn = self.pool.acquire().await?;
        let found = Post::find(&mut conn, slug).await?;
        Ok(found.ok_or_else(|| no_such(slug))?)
    }
}

fn no_such(slug: &str) -> Refused {
    let slug = super::words::visible(slug);
    Refused(format!(
        "there is no post {slug}; `aimod blog list` names them all"
    ))
}

pub(super) async fn run(common: &Common, args: Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let options = WriterOptions::from(&visit.settings.writer);
    let outcome = match Writer::start(visit.pool.clone(), options).await {
        Ok(writer) => {
            let desk = Desk {
                pool: visit.pool.clone(),
                writer,
                clock: Clock::system(),
                json: args.json,
            };
            let outcome = tell(&desk, args.command).await;
            desk.writer.drain().await;
            outcome
        }
        Err(error) => Err(error.into()),
    };
    visit.close().await;
    match outcome {
        Ok(text) => {
            println!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => refusal(error),
    }
}

async fn tell(desk: &Desk, command: Command) -> anyhow::Result<String> {
    match command {
        Command::Create {
            file,
            title,
            slug,
            author,
            publish,
        } => {
            let draft = write::Draft {
                title,
                slug,
                author,
                publish,
            };
            write::create(desk, &file, draft).await
        }
        Command::Edit {
            slug,
            file,
            title,
            new_slug,
            basis,
        } => {
            let wish = write::Wish {
                file,
                title,
                slug: new_slug,
                seen: basis.version,
            };
            write::edit(desk, &slug, wish).await
        }
        Command::Publish { slug } => write::publish(desk, &slug, true).await,
        Command::Unpublish { slug } => write::publish(desk, &slug, false).await,
        Command::Delete { slug, yes } => write::delete(desk, &slug, yes).await,
        Command::List {
            published,
            drafts,
            limit,
            before,
        } => {
            let which = match (published, drafts) {
                (true, _) => Which::Published,
                (_, true) => Which::Drafts,
                _ => Which::All,
            };
            show::list(desk, which, (before, limit)).await
        }
        Command::Show { slug, raw } => show::one(desk, &slug, raw).await,
    }
}
