//! Tests of the room as a whole.

mod matching;
mod replies;
mod settings;

use super::settings::BotDetectSettings;

/// Settings with these keywords and the built-in lists.
fn with_keywords(keywords: &[&str]) -> BotDetectSettings {
    let mut settings = BotDetectSettings::default();
    for keyword in keywords {
        settings.add_keyword(keyword).expect("a sound keyword");
    }
    settings
}
