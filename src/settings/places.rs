//! Folders and search paths, worked out once so that no other floor asks the environment.

use std::path::PathBuf;

use super::{DatabaseSettings, Environment};

/// Where things are on this machine.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// AIMod's own folder: `database.data_dir`, else `/var/lib/aimod` for root, else `aimod` in the user's data folder.
    pub data_dir: PathBuf,
    /// The folders of `PATH`.
    pub programs: Vec<PathBuf>,
    /// The folder for short-lived files: `TMPDIR`, else `/tmp`.
    pub temp_dir: PathBuf,
}

impl Places {
    pub(super) fn find(database: &DatabaseSettings, environment: &Environment) -> Self {
        let variable = |name| environment.get(name).filter(|value| !value.is_empty());
        Self {
            data_dir: database
                .data_dir
                .clone()
                .unwrap_or_else(|| default_data_dir(environment)),
            programs: variable("PATH")
                .map(|path| std::env::split_paths(path).collect())
                .unwrap_or_default(),
            temp_dir: variable("TMPDIR").map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
        }
    }
}

/// Root's home is closed to the unprivileged user that the server runs as, so root keeps its data where services do.
fn default_data_dir(environment: &Environment) -> PathBuf {
    let folder = |name| {
        environment
            .get(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let of_user =
        || folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")));
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/aimod");
    }
    of_user().map_or_else(
        || PathBuf::from("/var/lib/aimod"),
        |data| data.join("aimod"),
    )
}
