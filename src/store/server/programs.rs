//! Finds the server programs on this machine.

use std::path::{Path, PathBuf};

use super::account::{command, run};
use super::{Package, ServerError, ServerOptions, install_command};

/// Where distributions put the programs when not in `PATH`: parent folder, prefix of the entry, rest of the path.
const USUAL_PLACES: [(&str, &str, &str); 11] = [
    ("/usr/lib/postgresql", "", "bin"),         // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                  // Fedora and others, from postgresql.org
    ("/usr/bin", "", ""),                       // Fedora, Arch
    ("/usr/lib", "postgresql", "bin"),          // openSUSE
    ("/usr/libexec", "postgresql", ""),         // Alpine
    ("/usr/local/pgsql", "", "bin"),            // built from source
    ("/opt/homebrew/opt", "postgresql", "bin"), // Homebrew on Apple's processors
    ("/usr/local/opt", "postgresql", "bin"),    // Homebrew on Intel's
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr/local/bin", "", ""),
];

/// A set of server programs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) folder: PathBuf,
    /// The major version: `15`.
    pub(super) major: String,
}

impl Programs {
    /// The programs that fit the cluster of version `wanted`, or the first ones found where there is no cluster yet.
    pub(super) async fn find(
        options: &ServerOptions,
        wanted: Option<&str>,
    ) -> Result<Self, ServerError> {
        let mut found: Vec<Self> = Vec::new();
        for folder in candidates(options, &["initdb", "postgres"]) {
            let Some(major) = major_version(&folder.join("postgres"), options).await else {
                continue;
            };
            let programs = Self { folder, major };
            if wanted.is_none_or(|wanted| wanted == programs.major) {
                return Ok(programs);
            }
            found.push(programs);
        }
        Err(missing(options, wanted, &found))
    }
}

fn missing(options: &ServerOptions, wanted: Option<&str>, found: &[Programs]) -> ServerError {
    let versions: Vec<&str> = found.iter().map(|one| one.major.as_str()).collect();
    match (wanted, &options.postgres_bin, &options.data_dir) {
        (Some(wanted), _, Some(data_dir)) if !found.is_empty() => ServerError::WrongVersion {
            folder: data_dir.clone(),
            wanted: wanted.to_owned(),
            found: versions.join(", "),
        },
        (_, Some(folder), _) => ServerError::WrongFolder {
            folder: folder.clone(),
        },
        _ => ServerError::NoPrograms {
            command: install_command(Package::Postgres),
        },
    }
}

/// Folders that hold all of these programs: the one that was set and no other, or those of `PATH`, then the usual places.
pub(super) fn candidates(options: &ServerOptions, programs: &[&str]) -> Vec<PathBuf> {
    let mut folders = match &options.postgres_bin {
        Some(folder) => vec![folder.clone()],
        None => options
            .search_path
            .iter()
            .cloned()
            .chain(usual_places())
            .collect(),
    };
    folders.retain(|folder| {
        let is_there = |program: &&str| folder.join(program).is_file();
        programs.iter().all(is_there)
    });
    folders
}

fn usual_places() -> Vec<PathBuf> {
    USUAL_PLACES
        .iter()
        .flat_map(|(parent, prefix, rest)| {
            let parent = Path::new(parent);
            if prefix.is_empty() && rest.is_empty() {
                return vec![parent.to_owned()];
            }
            newest_first(parent, prefix)
                .into_iter()
                .map(|folder| folder.join(rest))
                .chain([parent.join(rest)])
                .collect()
        })
        .collect()
}

/// The entries of `parent` that begin with `prefix`, by the number in their name.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut folders: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let rest = name.strip_prefix(prefix)?;
            let digits: String = rest
                .chars()
                .skip_while(|letter| !letter.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            Some((digits.parse().unwrap_or_default(), entry.path()))
        })
        .collect();
    folders.sort_by(|left, right| right.cmp(left));
    folders.into_iter().map(|(_, path)| path).collect()
}

/// `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)` is version 15.
pub(super) async fn major_version(program: &Path, options: &ServerOptions) -> Option<String> {
    let mut version = command(program, None, &options.search_path);
    let output = run("postgres", version.arg("--version")).await.ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

fn parse_major(text: &str) -> Option<String> {
    let number = text.split_once(") ")?.1;
    let major: String = number.chars().take_while(char::is_ascii_digit).collect();
    (!major.is_empty()).then_some(major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_the_program_says() {
        for (text, major) in [
            (
                "postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n",
                Some("15"),
            ),
            ("postgres (PostgreSQL) 18beta1\n", Some("18")),
            ("something else", None),
        ] {
            assert_eq!(parse_major(text).as_deref(), major, "{text}");
        }
    }

    #[test]
    fn the_newest_version_comes_first() {
        let parent = tempfile::tempdir().expect("a folder");
        for name in ["9", "16", "15", "other"] {
            std::fs::create_dir(parent.path().join(name)).expect("made");
        }
        let names: Vec<_> = newest_first(parent.path(), "")
            .iter()
            .filter_map(|path| {
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned())
            })
            .collect();
        assert_eq!(names, ["16", "15", "9", "other"]);
    }
}
