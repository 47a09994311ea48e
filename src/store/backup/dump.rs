//! Writes a backup: one moment of the whole database, in a file that only its owner can read.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use diesel::dsl::sql;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use secrecy::SecretString;

use super::{BackupError, Workshop, failed};
use crate::domain::clock::Clock;
use crate::store::server::ServerOptions;

/// How often the size of the growing file is told.
const TICK: Duration = Duration::from_millis(200);

/// What the names of files begin with that are not whole yet.
const PARTIAL: &str = ".aimod-backup-";
/// A file that nobody has written for so long, and nobody holds, is the rest of a backup that was killed.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);

fn now() -> SystemTime {
    Clock::system().now().into()
}

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
        .prefix(PARTIAL)
        .tempfile_in(folder)
        .map_err(BackupError::file("write into", folder))?;
    partial
        .as_file()
        .lock()
        .map_err(BackupError::file("lock", partial.path()))?;
    clear_away(folder, now());
    write(&workshop, partial.path(), told).await?;
    keep(partial, &file, force)
}

/// Removes what backups that were killed have left in a folder. What cannot be removed is left for the next time.
fn clear_away(folder: &Path, now: SystemTime) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_partial = entry.file_name().to_string_lossy().starts_with(PARTIAL);
        if is_partial
            && is_abandoned(&entry.path(), now)
            && std::fs::remove_file(entry.path()).is_ok()
        {
            tracing::info!(file = %entry.path().display(), "the rest of a backup that was killed is removed");
        }
    }
}

fn is_abandoned(path: &Path, now: SystemTime) -> bool {
    let written = path.symlink_metadata().and_then(|about| about.modified());
    let age = written.ok().and_then(|at| now.duration_since(at).ok());
    age.is_some_and(|age| age > ABANDONED_AFTER)
        && std::fs::File::open(path).is_ok_and(|file| file.try_lock().is_ok())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_killed_backup_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| {
            let path = folder.path().join(name);
            std::fs::File::create(path).expect("a file")
        };
        drop((file(".aimod-backup-killed"), file("aimod.backup")));
        let held = file(".aimod-backup-held");
        held.lock().expect("locked");
        let left = || {
            let entries = std::fs::read_dir(folder.path()).expect("a folder");
            let names = entries.map(|entry| entry.expect("an entry").file_name());
            let mut names: Vec<_> = names
                .map(|name| name.to_string_lossy().into_owned())
                .collect();
            names.sort();
            names.join(" ")
        };
        clear_away(folder.path(), now());
        let all = ".aimod-backup-held .aimod-backup-killed aimod.backup";
        assert_eq!(left(), all, "it may have been begun this moment");
        clear_away(folder.path(), now() + ABANDONED_AFTER * 2);
        assert_eq!(left(), ".aimod-backup-held aimod.backup");
    }
}
