//! `aimod import`: takes over what the Python bot kept, from its files or from its database.
//!
//! Each file is one transaction: it is taken as a whole or not at all, and an import that was killed is finished by the
//! next. What is there already stays as it is, so a second import changes nothing. A running bot hears of the settings as
//! of any other change.
//!
//! Exit codes: 0 all is taken over, 2 some records were refused (or, in a validation, are not as they should be), 1
//! something failed.

mod feed;
mod fields;
mod kinds;
mod place;
mod progress;
mod report;
mod take;
mod tray;
mod walk;
mod zone;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use secrecy::SecretString;
use serde_json::json;

use self::kinds::appeals::Appeals;
use self::kinds::bans::Bans;
use self::kinds::cases::Cases;
use self::kinds::infractions::Infractions;
use self::kinds::notes::Notes;
use self::kinds::posts::Posts;
use self::kinds::secrets::Secrets;
use self::kinds::settings::{Origin, Settings};
use self::report::Report;
use self::take::{Purpose, Taker};
use self::zone::Zone;
use super::Common;
use super::visit::Visit;
use crate::features;
use crate::guild::config::registry::Registry;
use crate::store::import::OldDatabase;
use crate::vault::Vault;

/// The arguments of `aimod import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The Python bot's working directory, with its files; those that are missing are left out.
    #[arg(value_name = "DIR", required_unless_present = "from_database")]
    folder: Option<PathBuf>,
    /// The Python bot's PostgreSQL database, as postgres://user:password@host/name; it is only read.
    #[arg(long, value_name = "URL", conflicts_with = "folder")]
    from_database: Option<SecretString>,
    /// Write nothing; tell what would be written.
    #[arg(long, conflicts_with = "validate")]
    dry_run: bool,
    /// Write nothing; hold every record against what is in the database.
    #[arg(long)]
    validate: bool,
    /// Where a setting has another value here, take the one of the import.
    #[arg(long, conflicts_with = "validate")]
    overwrite: bool,
    /// Where times without an offset are from, such as Europe/Berlin.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = zone)]
    assume_timezone: Zone,
    /// Write a report with every record that was refused, as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

fn zone(text: &str) -> Result<Zone, String> {
    text.parse()
}

impl Args {
    const fn purpose(&self) -> Purpose {
        match (self.dry_run, self.validate) {
            (true, _) => Purpose::DryRun,
            (_, true) => Purpose::Validate,
            _ => Purpose::Import,
        }
    }

    /// What the records come from, without a password.
    fn source(&self) -> String {
        match &self.folder {
            Some(folder) => folder.display().to_string(),
            None => "database".to_owned(),
        }
    }
}

pub(super) async fn run(common: &Common, args: &Args) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &args.folder {
        let about = std::fs::metadata(folder);
        let about = about.with_context(|| format!("cannot read {}", folder.display()))?;
        if !about.is_dir() {
            bail!(
                "{} is no directory; the Python bot's working directory is wanted",
                folder.display()
            );
        }
    }
    let visit = Visit::open(common.settings(false)?).await?;
    let outcome = Box::pin(import(&visit, args)).await;
    visit.close().await;
    outcome.map(ExitCode::from)
}

async fn import(visit: &Visit, args: &Args) -> anyhow::Result<u8> {
    let purpose = args.purpose();
    let head = json!({"source": args.source(), "purpose": purpose.label()});
    let report = Report::begin(args.report.as_deref(), &head)?;
    let mut taker = Taker::open(visit.url().clone(), purpose, report).await?;
    let house = House::new(visit, args)?;
    match (&args.folder, &args.from_database) {
        (Some(folder), _) => house.files(&mut taker, folder).await?,
        (None, Some(url)) => house.tables(&mut taker, url).await?,
        (None, None) => {}
    }
    tell(&mut taker.report, args)
}

/// Tells what became of it all; the answer is the exit code.
fn tell(report: &mut Report, args: &Args) -> anyhow::Result<u8> {
    let purpose = args.purpose();
    let code = report.exit_code(purpose == Purpose::Validate);
    report.end(code)?;
    if report.is_blank() {
        eprintln!(
            "aimod: nothing of the Python bot is in {}; its working directory has folders wdiscordbot-json-data and logging-data",
            args.source()
        );
        return Ok(code);
    }
    println!("{}", report.table(purpose));
    if let Some(remarks) = report.remarks(args.report.is_some()) {
        eprint!("{remarks}");
    }
    if purpose == Purpose::DryRun {
        println!("\nthis was a dry run: nothing was written");
    }
    Ok(code)
}

/// What records are understood by.
struct House {
    registry: Arc<Registry>,
    vault: Option<Arc<Vault>>,
    zone: Zone,
    overwrite: bool,
}

impl House {
    fn new(visit: &Visit, args: &Args) -> anyhow::Result<Self> {
        let keys = visit.settings.vault.encryption_keys.as_ref();
        let vault = keys.map(Vault::from_keys).transpose()?;
        Ok(Self {
            registry: Arc::new(features::registry()),
            vault: vault.map(Arc::new),
            zone: args.assume_timezone,
            overwrite: args.overwrite,
        })
    }

    fn settings(&self, origin: Origin) -> Settings {
        let terms = (Arc::clone(&self.registry), self.vault.clone());
        Settings::new(origin, terms, self.overwrite)
    }

    /// Infractions come before the appeals against them.
    async fn files(&self, taker: &mut Taker, folder: &Path) -> anyhow::Result<()> {
        for origin in ORIGINS {
            taker.file(folder, self.settings(origin)).await?;
        }
        taker.file(folder, Infractions::new(self.zone)).await?;
        taker.file(folder, Cases::new(self.zone)).await?;
        taker.file(folder, Appeals::new(self.zone)).await?;
        taker.file(folder, Bans::new(self.zone)).await?;
        taker.file(folder, Notes).await
    }

    async fn tables(&self, taker: &mut Taker, url: &SecretString) -> anyhow::Result<()> {
        let old = OldDatabase::open(url).await;
        let mut old = old.context("cannot open the database to import from")?;
        if old.has("guild_config_revisions").await? {
            bail!("the database to import from is one of AIMod itself, not the Python bot's");
        }
        for origin in ORIGINS {
            taker.table(&mut old, self.settings(origin)).await?;
        }
        taker.table(&mut old, Infractions::new(self.zone)).await?;
        taker.table(&mut old, Cases::new(self.zone)).await?;
        taker.table(&mut old, Appeals::new(self.zone)).await?;
        taker.table(&mut old, Bans::new(self.zone)).await?;
        taker.table(&mut old, Notes).await?;
        let secrets = Secrets::new(self.vault.clone(), self.overwrite);
        taker.table(&mut old, secrets).await?;
        taker.table(&mut old, Posts::new(self.zone)).await
    }
}

const ORIGINS: [Origin; 4] = [
    Origin::Config,
    Origin::Settings,
    Origin::BotDetection,
    Origin::Toggles,
];
