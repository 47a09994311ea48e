//! Writes a backup: one moment of the whole database, in a file that only its owner can read.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use secrecy::SecretString;

use super::{BackupError, Workshop, failed};
use crate::store::server::ServerOptions;

/// How often the size of the growing file is told.
const TICK: Duration = Duration::from_millis(200);

/// Writes everything of ours into `file`, also while the bot runs, and returns its size in bytes. The file appears under
/// its name when it is whole; `told` hears how large it is meanwhile.
///
/// # Errors
/// See [`BackupError`]. A file that was there stays as it was.
pub async fn dump(
    options: &ServerOptions,
    url: &SecretString,
    file: &Path,
    force: bool,
    told: impl Fn(u64),
) -> Result<u64, BackupError> {
    let file = std::path::absolute(file).map_err(BackupError::file("find", file))?;
    if !force && file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(file));
    }
    let mut workshop = Workshop::open(options, url).await?;
    let ours: bool = diesel::select(sql::<Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    ))
    .get_result(&mut workshop.conn)
    .await?;
    if !ours {
        return Err(BackupError::NothingThere);
    }
    let folder = file.parent().unwrap_or(Path::new("/"));
    // Readable for its owner alone from the first byte on; removed where it is not kept.
    let partial = tempfile::Builder::new()
        .prefix(".aimod-backup-")
        .tempfile_in(folder)
        .map_err(BackupError::file("write into", folder))?;
    write(&workshop, partial.path(), told).await?;
    keep(partial, &file, force)
}

async fn write(workshop: &Workshop, partial: &Path, told: impl Fn(u64)) -> Result<(), BackupError> {
    let mut program = workshop.clients.command("pg_dump");
    program
        .args(["--format=custom", "--no-password", "--schema"])
        .arg(quoted(&workshop.schema))
        .arg("--file")
        .arg(partial);
    let child = program
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(BackupError::file("run", "pg_dump"))?;
    let mut ended = std::pin::pin!(child.wait_with_output());
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            output = &mut ended => {
                let output = output.map_err(BackupError::file("run", "pg_dump"))?;
                return match output.status.success() {
                    true => Ok(()),
                    false => Err(failed("pg_dump", &output)),
                };
            }
            _ = ticks.tick() => told(partial.metadata().map_or(0, |file| file.len())),
        }
    }
}

/// A schema's name as a pattern that means nothing but itself.
fn quoted(schema: &str) -> String {
    format!("\"{}\"", schema.replace('"', "\"\""))
}

/// Brings the file to the disk and under its name.
fn keep(partial: tempfile::NamedTempFile, file: &Path, force: bool) -> Result<u64, BackupError> {
    let cannot = || BackupError::file("write", file);
    partial.as_file().sync_all().map_err(cannot())?;
    let kept = match force {
        true => partial.persist(file),
        false => partial.persist_noclobber(file),
    };
    let kept = match kept {
        Ok(kept) => kept,
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(BackupError::Exists(file.to_owned()));
        }
        Err(error) => return Err(cannot()(error.error)),
    };
    let folder = file.parent().unwrap_or(Path::new("/"));
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(cannot())?;
    Ok(kept.metadata().map_err(cannot())?.len())
}
