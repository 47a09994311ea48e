//! Discord's files, where they are given: `openapi.json` and `gateway-receive.schema.json`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::loose;

/// Beside the project, where a checkout with shared data has them.
const BESIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/discord");

/// Both files, read.
pub(crate) struct Files {
    pub(crate) api: Value,
    pub(crate) gateway: Value,
}

impl Files {
    /// The files in the folder that `AIMOD_DISCORD_SCHEMA` names (read when the test is compiled; cargo compiles it again
    /// when the variable changes), or those beside the project. A folder that is named must hold them. They are given as
    /// they are read here, see [`loose`].
    pub(crate) fn find() -> Option<Self> {
        if let Some(folder) = option_env!("AIMOD_DISCORD_SCHEMA").filter(|name| !name.is_empty()) {
            let files = Self::read(Path::new(folder));
            return Some(files.expect("AIMOD_DISCORD_SCHEMA names a folder with both files"));
        }
        let folder = PathBuf::from(BESIDE);
        folder
            .is_dir()
            .then(|| Self::read(&folder).expect("both files are there"))
    }

    fn read(folder: &Path) -> std::io::Result<Self> {
        let file = |name: &str| -> std::io::Result<Value> {
            let text = fs::read_to_string(folder.join(name))?;
            Ok(serde_json::from_str(&text)?)
        };
        let mut files = Self {
            api: file("openapi.json")?,
            gateway: file("gateway-receive.schema.json")?,
        };
        loose::apply(&mut files);
        Ok(files)
    }
}
