//! Every text of this room that a person reads. Pure: values in, text out.

use std::time::Duration;

use super::builtin::{DOMAIN_SOURCE, ScamKind};
use super::domains::phishing_count;
use super::matcher::{Finding, FindingKind, Origin};
use super::phrases::Manner;
use super::settings::{
    BotAction, BotDetectSettings, KeywordError, ListChange, MAX_KEYWORD_CHARS, MAX_KEYWORDS,
};
use super::text::{clip, code, page, pages};
use crate::domain::duration;
use crate::domain::verdict::CASE_NUMBER_MARK;
use crate::guild::language::Speech;

/// Ids that a status lists before it counts the rest.
const LISTED_IDS: usize = 10;

/// Findings that a test lists before it counts the rest.
const LISTED_FINDINGS: usize = 8;

/// `/botdetect status`.
#[must_use]
pub fn status(speech: Speech, settings: &BotDetectSettings) -> String {
    let log = settings.log_channel.map_or_else(
        || speech.say("bot_detect-no-log"),
        |channel| format!("<#{channel}>"),
    );
    let roles = settings.whitelist_roles().iter();
    let roles = some_of(speech, roles.map(|id| format!("<@&{id}>")).collect());
    let users = settings.whitelist_users().iter();
    let users = some_of(speech, users.map(|id| format!("<@{id}>")).collect());
    let what = consequence(speech, settings.action, settings.timeout());
    let count = settings.keywords().len();
    let lines = [
        speech.with(
            "bot_detect-status",
            &[("state", on_off(speech, settings.enabled).into())],
        ),
        speech.with("bot_detect-status-action", &[("what", what.into())]),
        speech.with("bot_detect-status-keywords", &[("count", count.into())]),
        speech.with(
            "bot_detect-status-builtin",
            &[("state", built_in(speech, settings).into())],
        ),
        speech.with("bot_detect-status-roles", &[("roles", roles.into())]),
        speech.with("bot_detect-status-users", &[("users", users.into())]),
        speech.with("bot_detect-status-log", &[("channel", log.into())]),
    ];
    clip(&lines.join("\n"))
}

fn on_off(speech: Speech, on: bool) -> String {
    speech.say(if on {
        "bot_detect-on"
    } else {
        "bot_detect-off"
    })
}

fn built_in(speech: Speech, settings: &BotDetectSettings) -> String {
    if !settings.use_builtin {
        return on_off(speech, false);
    }
    let phrases = ScamKind::WITH_PHRASES.map(|kind| kind.phrases().len());
    let args = [
        ("phrases", phrases.iter().sum::<usize>().into()),
        ("domains", phishing_count().into()),
    ];
    speech.with("bot_detect-builtin", &args)
}

/// `/botdetect enable`; `changed` is false if it was so before.
#[must_use]
pub fn enabled(speech: Speech, on: bool, changed: bool) -> String {
    let state = [("state", on_off(speech, on).into())];
    if changed {
        speech.with("bot_detect-enabled", &state)
    } else {
        speech.with("bot_detect-enabled-already", &state)
    }
}

/// `/botdetect action`.
#[must_use]
pub fn action_set(speech: Speech, action: BotAction, timeout: Duration) -> String {
    let what = consequence(speech, action, timeout);
    speech.with("bot_detect-action", &[("what", what.into())])
}

/// `/botdetect keywords add` and `remove`; `keyword` is what the administrator typed.
#[must_use]
pub fn keyword_change(speech: Speech, change: &ListChange, keyword: &str) -> String {
    let said = |id: &str, keyword: &str| speech.with(id, &[("keyword", code(keyword).into())]);
    match change {
        ListChange::Added(keyword) => said("bot_detect-added", keyword),
        ListChange::AlreadyThere(entry) if entry == keyword.trim() => {
            said("bot_detect-there", entry)
        }
        ListChange::AlreadyThere(entry) => {
            let args = [
                ("keyword", code(entry).into()),
                ("typed", code(keyword).into()),
            ];
            speech.with("bot_detect-there-alike", &args)
        }
        ListChange::Removed(entry) => said("bot_detect-removed", entry),
        ListChange::NotThere => said("bot_detect-not-there", keyword),
    }
}

/// A keyword that cannot be added.
#[must_use]
pub fn keyword_refused(speech: Speech, error: &KeywordError) -> String {
    match error {
        KeywordError::Empty => speech.say("bot_detect-refused-empty"),
        KeywordError::TooShort => speech.say("bot_detect-refused-short"),
        KeywordError::TooLong(count) => {
            let args = [
                ("most", MAX_KEYWORD_CHARS.into()),
                ("count", (*count).into()),
            ];
            speech.with("bot_detect-refused-long", &args)
        }
        KeywordError::TooMany => {
            speech.with("bot_detect-refused-many", &[("most", MAX_KEYWORDS.into())])
        }
    }
}

/// `/botdetect keywords list`, pages from 1; a page beyond the end shows the last one.
#[must_use]
pub fn keyword_list(speech: Speech, keywords: &[String], number: usize) -> String {
    if keywords.is_empty() {
        return speech.say("bot_detect-list-empty");
    }
    let lines: Vec<String> = keywords
        .iter()
        .map(|keyword| format!("- {}", code(keyword)))
        .collect();
    let head = speech.with("bot_detect-list", &[("count", keywords.len().into())]);
    page(&head, &pages(&lines), number)
}

/// `/botdetect keywords defaults`: the built-in phrases by kind, and where the domains come from.
#[must_use]
pub fn defaults(speech: Speech, number: usize) -> String {
    let mut lines = Vec::new();
    for kind in ScamKind::WITH_PHRASES {
        lines.push(format!("**{}**", kind_of(speech, kind)));
        lines.extend(
            kind.phrases()
                .iter()
                .map(|phrase| format!("- {}", code(phrase))),
        );
    }
    let args = [
        ("count", phishing_count().into()),
        ("source", DOMAIN_SOURCE.into()),
    ];
    let head = speech.with("bot_detect-defaults", &args);
    page(&head, &pages(&lines), number)
}

/// `/botdetect whitelist add` and `remove`; `who` is the mention of the role or user.
#[must_use]
pub fn whitelist_change(speech: Speech, change: &ListChange, who: &str) -> String {
    let id = match change {
        ListChange::Added(_) => "bot_detect-exempt",
        ListChange::AlreadyThere(_) => "bot_detect-exempt-already",
        ListChange::Removed(_) => "bot_detect-judged",
        ListChange::NotThere => "bot_detect-judged-already",
    };
    speech.with(id, &[("who", who.into())])
}

/// `/botdetect test`: what a text would bring, and why.
#[must_use]
pub fn test_result(speech: Speech, settings: &BotDetectSettings, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return speech.say("bot_detect-passes");
    }
    let what = consequence(speech, settings.action, settings.timeout());
    let what = [("what", what.into())];
    let mut text = if settings.enabled {
        speech.with("bot_detect-brings", &what)
    } else {
        speech.with("bot_detect-would-bring", &what)
    };
    for (number, finding) in findings.iter().take(LISTED_FINDINGS).enumerate() {
        text.push_str(&format!("\n{}. {}", number + 1, explained(speech, finding)));
    }
    if let Some(more) = findings.len().checked_sub(LISTED_FINDINGS + 1) {
        let more = speech.with("bot_detect-and-more", &[("more", (more + 1).into())]);
        text.push_str(&format!("\n{more}"));
    }
    clip(&text)
}

/// The rule that was broken, as infractions and cases record it: in English, whatever the guild's language is then.
/// Holds no text of the member.
#[must_use]
pub fn rule_violated(finding: &Finding) -> String {
    let what = match finding.kind {
        FindingKind::Domain => "link domain",
        FindingKind::Phrase => "phrase",
    };
    match finding.origin {
        Origin::Guild => format!("Bot detection: {what} “{}” of this server", finding.matched),
        Origin::BuiltIn(kind) => format!(
            "Bot detection: {}, {what} “{}”",
            kind.label(),
            finding.matched
        ),
    }
}

/// What a punished member is told by direct message.
pub struct MemberNotice<'a> {
    /// The guild's name.
    pub guild: &'a str,
    /// What was done.
    pub action: BotAction,
    /// How long, for a timeout.
    pub timeout: Duration,
    /// Why.
    pub finding: &'a Finding,
}

/// The direct message to a punished member. It does not name the rule, which would teach how to avoid it.
#[must_use]
pub fn member_notice(speech: Speech, notice: &MemberNotice<'_>) -> String {
    let guild = ("guild", code(notice.guild).into());
    let happened = match notice.action {
        BotAction::Warn => speech.with("bot_detect-told-warn", &[guild]),
        BotAction::Timeout => {
            let length = ("length", duration::format(notice.timeout).into());
            speech.with("bot_detect-told-timeout", &[guild, length])
        }
        BotAction::Kick => speech.with("bot_detect-told-kick", &[guild]),
        BotAction::Ban => speech.with("bot_detect-told-ban", &[guild]),
        BotAction::Delete => speech.with("bot_detect-told-delete", &[guild]),
    };
    let reason = match (notice.finding.origin, notice.finding.kind) {
        (Origin::BuiltIn(kind), _) => kind_of(speech, kind),
        (Origin::Guild, FindingKind::Phrase) => speech.say("bot_detect-told-phrase"),
        (Origin::Guild, FindingKind::Domain) => speech.say("bot_detect-told-link"),
    };
    let lines = [
        happened,
        speech.with("bot_detect-told-reason", &[("reason", reason.into())]),
        speech.with(
            "bot_detect-told-case",
            &[("number", CASE_NUMBER_MARK.into())],
        ),
        speech.say("bot_detect-told-hint"),
    ];
    clip(&lines.join("\n"))
}

fn consequence(speech: Speech, action: BotAction, timeout: Duration) -> String {
    match action {
        BotAction::Warn => speech.say("bot_detect-warn"),
        BotAction::Timeout => {
            let length = duration::format(timeout);
            speech.with("bot_detect-timeout", &[("length", length.into())])
        }
        BotAction::Kick => speech.say("bot_detect-kick"),
        BotAction::Ban => speech.say("bot_detect-ban"),
        BotAction::Delete => speech.say("bot_detect-delete"),
    }
}

fn kind_of(speech: Speech, kind: ScamKind) -> String {
    speech.say(match kind {
        ScamKind::Nitro => "bot_detect-nitro",
        ScamKind::Gift => "bot_detect-gift",
        ScamKind::Crypto => "bot_detect-crypto",
        ScamKind::Adult => "bot_detect-adult",
        ScamKind::MassMention => "bot_detect-mass",
        ScamKind::Account => "bot_detect-account",
        ScamKind::PhishingDomain => "bot_detect-phishing",
        ScamKind::LookAlikeDomain => "bot_detect-look-alike",
        ScamKind::DisguisedLink => "bot_detect-disguised",
    })
}

/// One finding for staff: the rule, whose it is, and what stood there if it was disguised.
pub(super) fn explained(speech: Speech, finding: &Finding) -> String {
    let rule = ("rule", code(&finding.matched).into());
    let kind = |kind| ("kind", kind_of(speech, kind).into());
    let what = match (finding.origin, finding.kind) {
        (Origin::Guild, FindingKind::Phrase) => speech.with("bot_detect-own-phrase", &[rule]),
        (Origin::Guild, FindingKind::Domain) => speech.with("bot_detect-own-domain", &[rule]),
        (Origin::BuiltIn(one), FindingKind::Phrase) => {
            speech.with("bot_detect-built-phrase", &[kind(one), rule])
        }
        (Origin::BuiltIn(one), FindingKind::Domain) => {
            speech.with("bot_detect-built-domain", &[kind(one), rule])
        }
    };
    let what = match finding.manner {
        Manner::Plain => what,
        Manner::Leet => speech.with("bot_detect-leet", &[("what", what.into())]),
        Manner::Spaced => speech.with("bot_detect-spaced", &[("what", what.into())]),
    };
    if finding.excerpt == finding.matched.to_lowercase() {
        return what;
    }
    let excerpt = ("excerpt", code(&finding.excerpt).into());
    speech.with("bot_detect-found-as", &[("what", what.into()), excerpt])
}

fn some_of(speech: Speech, mut items: Vec<String>) -> String {
    if items.is_empty() {
        return speech.say("bot_detect-none");
    }
    let more = items.len().saturating_sub(LISTED_IDS);
    items.truncate(LISTED_IDS);
    let listed = items.join(" ");
    if more == 0 {
        return listed;
    }
    let args = [("listed", listed.into()), ("more", more.into())];
    speech.with("bot_detect-more", &args)
}
