//! What AutoMod rules may hold, and what they find in a text.

use regex::RegexBuilder;

use super::error::Ruling;
use super::form::Form;
use crate::simulator::world::automod::{AutoRule, Metadata, action, trigger};

/// Rules of a guild by trigger (Discord's page on auto moderation).
pub(crate) const KEYWORD_RULES: usize = 6;
const KEYWORDS: usize = 1_000;
const KEYWORD: usize = 60;
const PATTERNS: usize = 10;
const PATTERN: usize = 260;
const ALLOWED: usize = 100;
const ACTIONS: usize = 5;
const EXEMPT_ROLES: usize = 20;
const EXEMPT_CHANNELS: usize = 50;
const MENTIONS: u32 = 50;
const TIMEOUT_SECS: u32 = 2_419_200;

/// How many rules of this trigger a guild may have.
pub(crate) const fn most(trigger: u8) -> usize {
    match trigger {
        trigger::KEYWORD => KEYWORD_RULES,
        _ => 1,
    }
}

/// Whether a rule is one that Discord would keep.
pub(crate) fn check(rule: &AutoRule) -> Ruling {
    let mut form = Form::default();
    if rule.name.trim().is_empty() {
        form.missing("name");
    }
    form.too_long("name", &rule.name, 100);
    known_trigger(&mut form, rule.trigger);
    metadata(&mut form, &rule.metadata);
    if rule.actions.is_empty() {
        form.missing("actions");
    }
    form.too_many("actions", rule.actions.len(), ACTIONS);
    for (index, action) in rule.actions.iter().enumerate() {
        let silent = [trigger::KEYWORD, trigger::MENTION_SPAM].contains(&rule.trigger);
        if action.kind == action::TIMEOUT && !silent {
            let path = format!("actions.{index}.type");
            let message = "Action type is not valid for this trigger type";
            form.wrong(&path, "AUTO_MODERATION_INVALID_ACTION_TYPE", message);
        }
        if action
            .metadata
            .duration_seconds
            .is_some_and(|secs| secs > TIMEOUT_SECS)
        {
            let path = format!("actions.{index}.metadata.duration_seconds");
            let message = format!("int value should be less than or equal to {TIMEOUT_SECS}.");
            form.wrong(&path, "NUMBER_TYPE_MAX", message);
        }
    }
    form.too_many("exempt_roles", rule.exempt_roles.len(), EXEMPT_ROLES);
    form.too_many(
        "exempt_channels",
        rule.exempt_channels.len(),
        EXEMPT_CHANNELS,
    );
    form.finish()
}

fn known_trigger(form: &mut Form, kind: u8) {
    let known = [
        trigger::KEYWORD,
        trigger::SPAM,
        trigger::KEYWORD_PRESET,
        trigger::MENTION_SPAM,
        trigger::MEMBER_PROFILE,
    ];
    if !known.contains(&kind) {
        let message = "Value must be one of {1, 3, 4, 5, 6}.";
        form.wrong("trigger_type", "BASE_TYPE_CHOICES", message);
    }
}

fn metadata(form: &mut Form, metadata: &Metadata) {
    let lists = [
        (
            "keyword_filter",
            &metadata.keyword_filter,
            KEYWORDS,
            KEYWORD,
        ),
        (
            "regex_patterns",
            &metadata.regex_patterns,
            PATTERNS,
            PATTERN,
        ),
        ("allow_list", &metadata.allow_list, ALLOWED, KEYWORD),
    ];
    for (name, list, most, longest) in lists {
        let path = format!("trigger_metadata.{name}");
        form.too_many(&path, list.len(), most);
        for (index, text) in list.iter().enumerate() {
            form.too_long(&format!("{path}.{index}"), text, longest);
        }
    }
    for (index, pattern) in metadata.regex_patterns.iter().enumerate() {
        if RegexBuilder::new(pattern).build().is_err() {
            let path = format!("trigger_metadata.regex_patterns.{index}");
            form.wrong(
                &path,
                "AUTO_MODERATION_INVALID_REGEX",
                "Invalid regex pattern",
            );
        }
    }
    if metadata
        .mention_total_limit
        .is_some_and(|limit| limit > MENTIONS)
    {
        let message = format!("int value should be less than or equal to {MENTIONS}.");
        form.wrong(
            "trigger_metadata.mention_total_limit",
            "NUMBER_TYPE_MAX",
            message,
        );
    }
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    /// The keyword or pattern, if it was one.
    pub(crate) keyword: Option<String>,
    /// The part of the text.
    pub(crate) content: Option<String>,
}

/// What a rule finds in a text with so many mentions.
pub(crate) fn find(rule: &AutoRule, text: &str, mentions: usize) -> Option<Match> {
    match rule.trigger {
        trigger::KEYWORD => find_words(&rule.metadata, text),
        trigger::MENTION_SPAM => {
            let limit = rule.metadata.mention_total_limit?;
            let many = u32::try_from(mentions).unwrap_or(u32::MAX) > limit;
            many.then_some(Match {
                keyword: None,
                content: None,
            })
        }
        _ => None,
    }
}

fn find_words(metadata: &Metadata, text: &str) -> Option<Match> {
    let allowed = |found: &str| {
        let mut words = metadata.allow_list.iter();
        words.any(|word| keyword(word, found).is_some_and(|all| all.len() == found.len()))
    };
    let matched = |one: &String, content: String| Match {
        keyword: Some(one.clone()),
        content: Some(content),
    };
    let words = metadata.keyword_filter.iter();
    let mut words = words.filter_map(|one| Some(matched(one, keyword(one, text)?)));
    let patterns = metadata.regex_patterns.iter();
    let mut patterns = patterns.filter_map(|one| Some(matched(one, pattern(one, text)?)));
    let permitted = |found: &Match| !found.content.as_deref().is_some_and(allowed);
    words.find(permitted).or_else(|| patterns.find(permitted))
}

/// The part of a text that a keyword means: whole words, of which a `*` stands for the open side.
fn keyword(word: &str, text: &str) -> Option<String> {
    let inner = regex::escape(word.trim_matches('*'));
    let before = if word.starts_with('*') {
        r"\w*"
    } else {
        r"(?:^|\b)"
    };
    let after = if word.ends_with('*') {
        r"\w*"
    } else {
        r"(?:\b|$)"
    };
    pattern(&format!("{before}{inner}{after}"), text)
}

fn pattern(pattern: &str, text: &str) -> Option<String> {
    let built = RegexBuilder::new(pattern).case_insensitive(true).build();
    Some(built.ok()?.find(text)?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(metadata: Metadata) -> AutoRule {
        let action = serde_json::from_str(r#"{"type": 1}"#).expect("an action");
        AutoRule {
            id: 1,
            creator: crate::domain::ids::UserId(1),
            name: "words".to_owned(),
            event: 1,
            trigger: trigger::KEYWORD,
            metadata,
            actions: vec![action],
            enabled: true,
            exempt_roles: Vec::new(),
            exempt_channels: Vec::new(),
        }
    }

    fn words(words: &[&str]) -> Metadata {
        Metadata {
            keyword_filter: words.iter().map(|&word| word.to_owned()).collect(),
            ..Metadata::default()
        }
    }

    #[test]
    fn a_keyword_is_a_whole_word_unless_a_star_opens_it() {
        for (word, text, found) in [
            ("cat", "a CAT sat", true),
            ("cat", "concatenate", false),
            ("cat*", "catapult", true),
            ("cat*", "concat", false),
            ("*cat", "concat", true),
            ("*cat*", "concatenate", true),
            ("free nitro", "get free nitro now", true),
        ] {
            let rule = rule(words(&[word]));
            assert_eq!(find(&rule, text, 0).is_some(), found, "{word} in {text}");
        }
    }

    #[test]
    fn what_is_allowed_is_not_found() {
        let metadata = Metadata {
            allow_list: vec!["catapult".to_owned()],
            regex_patterns: vec!["cat[a-z]+".to_owned()],
            ..Metadata::default()
        };
        let rule = rule(metadata);
        assert_eq!(find(&rule, "a catapult", 0), None);
        let found = find(&rule, "a caterpillar", 0).expect("found");
        assert_eq!(found.content.as_deref(), Some("caterpillar"));
    }

    #[test]
    fn mentions_are_counted() {
        let mut rule = rule(Metadata {
            mention_total_limit: Some(3),
            ..Metadata::default()
        });
        rule.trigger = trigger::MENTION_SPAM;
        assert!(find(&rule, "", 3).is_none());
        assert!(find(&rule, "", 4).is_some());
    }

    #[test]
    fn each_limit_names_its_field() {
        let refused = |metadata: Metadata| check(&rule(metadata)).expect_err("too much").errors;
        let many: Vec<String> = vec!["x".to_owned(); 1_001];
        let patterns = |list: Vec<String>| Metadata {
            regex_patterns: list,
            ..Metadata::default()
        };
        let metadata = Metadata {
            keyword_filter: many,
            ..Metadata::default()
        };
        let errors = &refused(metadata)["trigger_metadata"]["keyword_filter"];
        assert!(errors["_errors"].is_array());
        let errors = &refused(words(&[&"x".repeat(61)]))["trigger_metadata"]["keyword_filter"];
        assert!(errors["0"]["_errors"].is_array());
        let errors = &refused(patterns(vec!["x".to_owned(); 11]))["trigger_metadata"];
        assert!(errors["regex_patterns"]["_errors"].is_array());
        let errors = &refused(patterns(vec!["x".repeat(261)]))["trigger_metadata"];
        assert!(errors["regex_patterns"]["0"]["_errors"].is_array());
        let errors = &refused(patterns(vec!["(".to_owned()]))["trigger_metadata"];
        let code = &errors["regex_patterns"]["0"]["_errors"][0]["code"];
        assert_eq!(code, "AUTO_MODERATION_INVALID_REGEX");
        assert!(check(&rule(words(&["x"]))).is_ok());
    }
}
