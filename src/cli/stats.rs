//! `aimod stats`: counts a guild's infractions per action and day, as text, as JSON, as a picture.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;

use super::Common;
use super::visit::Visit;
use crate::domain::clock::Clock;
use crate::domain::ids::GuildId;
use crate::features;
use crate::features::stats::picture::{self, Theme};
use crate::features::stats::{self, MOST_DAYS, Report, Span, USUAL_DAYS};
use crate::guild::config::loader::Loader;
use crate::guild::keys::time_zone;
use crate::guild::language::Language;

/// The arguments of `aimod stats`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The guild's id.
    #[arg(long, value_name = "ID")]
    guild: GuildId,
    /// How many days, today included, in the guild's TIME_ZONE.
    #[arg(long, value_name = "N", default_value_t = USUAL_DAYS, value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_DAYS)))]
    days: u16,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Draw a picture as well.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// The background of the picture.
    #[arg(long, value_enum, default_value_t = Theme::Dark, requires = "png")]
    theme: Theme,
}

pub(super) async fn run(common: &Common, args: Args) -> anyhow::Result<ExitCode> {
    let visit = Visit::open(common.settings(false)?).await?;
    let told = tell(&visit, &args).await;
    visit.close().await;
    match told? {
        Some(told) => println!("{told}"),
        None => {
            eprintln!("AIMod knows no guild {}; is it a typing error?", args.guild);
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What is printed; nothing of a guild that the database does not know.
async fn tell(visit: &Visit, args: &Args) -> anyhow::Result<Option<String>> {
    let registry = Arc::new(features::registry());
    let loader = Loader::new(visit.pool.clone(), visit.cache.clone(), registry);
    let snapshot = loader.load(args.guild).await?;
    let zone = time_zone(snapshot.values());
    let span = Span::ending(Clock::system().now(), zone, args.days);
    let mut conn = visit.pool.acquire().await?;
    let report = Report::load(&mut conn, args.guild, span).await;
    let report = report.context("the infractions cannot be counted")?;
    drop(conn);
    // An older program's infractions may be there without their guild.
    if report.total() == 0 && !visit.knows(args.guild).await? {
        return Ok(None);
    }
    if let Some(file) = &args.png {
        draw(&report, args.theme, file).await?;
    }
    Ok(Some(if args.json {
        report.to_json(args.guild).to_string()
    } else {
        stats::plain(&report)
    }))
}

async fn draw(report: &Report, theme: Theme, file: &Path) -> anyhow::Result<()> {
    let speech = stats::TEXTS.speech(Language::En);
    let png = picture::png(speech, report, theme).await?;
    let written = tokio::fs::write(file, png).await;
    written.with_context(|| format!("cannot write {}", file.display()))
}
