//! Secrets that come by an import, of files and of another database.

use super::*;
use crate::support::database_without_schema;

impl Scene {
    /// What an older bot left in files: webhooks, and settings that are called keys.
    fn old_files(&self) -> String {
        let folder = self.folder.path().join("old bot");
        for (name, text) in [
            (
                "logging-data/guild_settings.json",
                format!(
                    r#"{{"900100": {{"webhook_url": "{WEBHOOK}", "logging_webhook_url": "{WEBHOOK}"}}}}"#
                ),
            ),
            (
                "wdiscordbot-json-data/guild_config.json",
                format!(
                    r#"{{"900100": {{"OPENROUTER_API_KEY": "{API_KEY}", "RULES_TEXT": 7}}, "x": {{"API_KEY": "{API_KEY}"}}}}"#
                ),
            ),
        ] {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        folder.to_str().expect("Unicode").to_owned()
    }

    /// The same in a database of its own, and its address with the password.
    async fn old_database(&self) -> (TestDatabase, String) {
        let old = database_without_schema().await;
        let url = old.url.expose_secret();
        let client = connected(url).await;
        let vault = Vault::from_keys(&self.keys[1]).expect("a key");
        let sealed = vault.seal(API_KEY);
        let tables = format!(
            "CREATE TABLE guild_settings (guild_id BIGINT, key TEXT, value JSONB); \
             INSERT INTO guild_settings VALUES (900200, 'webhook_url', '\"{WEBHOOK}\"'); \
             CREATE TABLE guild_api_keys (guild_id BIGINT, api_provider TEXT, encrypted_api_key TEXT, \
             encrypted_github_auth_info TEXT); \
             INSERT INTO guild_api_keys VALUES (900200, 'openrouter', '{}', NULL)",
            sealed.as_str()
        );
        client.batch_execute(&tables).await.expect("good SQL");
        let url = url.replacen("aimod@", &format!("aimod:{PASSWORD}@"), 1);
        (old, url)
    }

    /// Takes both over, with reports.
    pub(super) async fn take_over(&self) {
        let folder = self.old_files();
        let (_old, url) = self.old_database().await;
        let report = self.folder.path().join("report.json");
        let report = report.to_str().expect("Unicode");
        let files = ["import", &folder, "--report", report];
        let database = ["import", "--from-database", &url, "--report", report];
        for words in [
            files.to_vec(),
            [&files[..], &["--overwrite"]].concat(),
            [&files[..], &["--validate"]].concat(),
            database.to_vec(),
            [&database[..], &["--validate"]].concat(),
        ] {
            let said = self.command(&words).await;
            let said = out(&said) + &err(&said);
            let shown = words.join(" ").replace(PASSWORD, "…");
            self.canaries.are_not_in(&shown, &said);
            let told = std::fs::read_to_string(report);
            let told = told.unwrap_or_else(|error| panic!("{shown}: {error}: {said}"));
            self.canaries
                .are_not_in(&format!("the report of {shown}"), &told);
            std::fs::remove_file(report).expect("it was there");
        }
        let away = format!("postgres://aimod:{PASSWORD}@127.0.0.1:1/old");
        let failed = self.command(&["import", "--from-database", &away]).await;
        assert_eq!(failed.status.code(), Some(1));
        let said = out(&failed) + &err(&failed);
        self.canaries
            .are_not_in("an old database that is away", &said);
    }
}
