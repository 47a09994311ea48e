//! Tests of the room as a whole.

mod configuring;
mod exempt;
mod german;
mod hostile;
mod keys;
mod matching;
mod punished;
mod replies;
mod settings;

use super::matcher::{Finding, Matcher, Origin};
use super::settings::BotDetectSettings;

/// Settings with these keywords and the built-in lists.
fn with_keywords(keywords: &[&str]) -> BotDetectSettings {
    let mut settings = BotDetectSettings::default();
    let keywords = serde_json::json!(keywords);
    let read = settings.set_field("keywords", &keywords);
    read.expect("sound keywords");
    settings
}

fn defaults() -> Matcher {
    Matcher::compile(&BotDetectSettings::default())
}

fn guild(keywords: &[&str]) -> Matcher {
    Matcher::compile(&with_keywords(keywords))
}

fn summary(finding: &Finding) -> (Origin, &str, &str) {
    (finding.origin, &finding.matched, &finding.excerpt)
}
