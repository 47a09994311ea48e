//! Every text of this room that a person reads. Pure: values in, text out.

use std::time::Duration;

use super::builtin::{DOMAIN_SOURCE, ScamKind};
use super::domains::phishing_count;
use super::matcher::{Finding, FindingKind, Origin};
use super::phrases::Manner;
use super::settings::{BotAction, BotDetectSettings, KeywordError, ListChange};
use super::text::{clip, code, page, pages};
use crate::domain::duration;
use crate::domain::ids::{ChannelId, UserId};
use crate::domain::verdict::CASE_NUMBER_MARK;

/// Ids that a status lists before it counts the rest.
const LISTED_IDS: usize = 10;

/// Findings that a test lists before it counts the rest.
const LISTED_FINDINGS: usize = 8;

/// `/botdetect status`.
#[must_use]
pub fn status(settings: &BotDetectSettings) -> String {
    let state = if settings.enabled { "on" } else { "off" };
    let built_in = if settings.use_builtin {
        let phrases: usize = ScamKind::WITH_PHRASES
            .map(|kind| kind.phrases().len())
            .iter()
            .sum();
        format!(
            "on: {phrases} phrases, {} phishing domains",
            phishing_count()
        )
    } else {
        "off".to_owned()
    };
    let roles = settings
        .whitelist_roles()
        .iter()
        .map(|id| format!("<@&{id}>"));
    let users = settings
        .whitelist_users()
        .iter()
        .map(|id| format!("<@{id}>"));
    let log = settings.log_channel.map_or_else(
        || "not set, nothing is posted".to_owned(),
        |channel| format!("<#{channel}>"),
    );
    clip(&format!(
        "Bot detection is **{state}**.\n\
         What happens: {}\n\
         Keywords of this server: {}\n\
         Built-in lists: {built_in}\n\
         Exempt roles: {}\n\
         Exempt users: {}\n\
         Log channel: {log}",
        consequence(settings.action, settings.timeout()),
        settings.keywords().len(),
        some_of(roles.collect()),
        some_of(users.collect()),
    ))
}

/// `/botdetect enable`; `changed` is false if it was so before.
#[must_use]
pub fn enabled(on: bool, changed: bool) -> String {
    let state = if on { "on" } else { "off" };
    if changed {
        format!("Bot detection is now {state}. The next message is judged accordingly.")
    } else {
        format!("Bot detection was {state} already; nothing has changed.")
    }
}

/// `/botdetect action`.
#[must_use]
pub fn action_set(action: BotAction, timeout: Duration) -> String {
    format!("From now on: {}.", consequence(action, timeout))
}

/// `/botdetect keywords add` and `remove`; `keyword` is what the administrator typed.
#[must_use]
pub fn keyword_change(change: &ListChange, keyword: &str) -> String {
    match change {
        ListChange::Added(keyword) => format!(
            "Added {}. It counts from the next message on.",
            code(keyword)
        ),
        ListChange::AlreadyThere(entry) if entry == keyword.trim() => {
            format!("{} is in the list already.", code(entry))
        }
        ListChange::AlreadyThere(entry) => format!(
            "{} is in the list already and matches the same texts as {}.",
            code(entry),
            code(keyword)
        ),
        ListChange::Removed(entry) => format!("Removed {}.", code(entry)),
        ListChange::NotThere => format!(
            "{} is not in the list; `/botdetect keywords list` shows what is.",
            code(keyword)
        ),
    }
}

/// A keyword that cannot be added.
#[must_use]
pub fn keyword_refused(error: &KeywordError) -> String {
    format!("The keyword was not added: {error}.")
}

/// `/botdetect keywords list`, pages from 1; a page beyond the end shows the last one.
#[must_use]
pub fn keyword_list(keywords: &[String], number: usize) -> String {
    if keywords.is_empty() {
        return "This server has no keywords of its own; `/botdetect keywords add` adds one."
            .to_owned();
    }
    let lines: Vec<String> = keywords
        .iter()
        .map(|keyword| format!("- {}", code(keyword)))
        .collect();
    let head = match keywords.len() {
        1 => "1 keyword of this server".to_owned(),
        count => format!("{count} keywords of this server"),
    };
    page(&head, &pages(&lines), number)
}

/// `/botdetect keywords defaults`: the built-in phrases by kind, and where the domains come from.
#[must_use]
pub fn defaults(number: usize) -> String {
    let mut lines = Vec::new();
    for kind in ScamKind::WITH_PHRASES {
        lines.push(format!("**{}**", kind.label()));
        lines.extend(
            kind.phrases()
                .iter()
                .map(|phrase| format!("- {}", code(phrase))),
        );
    }
    let head = format!(
        "Built-in phrases, besides {} domains of {DOMAIN_SOURCE}",
        phishing_count()
    );
    page(&head, &pages(&lines), number)
}

/// `/botdetect whitelist add` and `remove`; `who` is the mention of the role or user.
#[must_use]
pub fn whitelist_change(change: &ListChange, who: &str) -> String {
    match change {
        ListChange::Added(_) => format!("{who} is exempt from bot detection now."),
        ListChange::AlreadyThere(_) => format!("{who} is exempt already."),
        ListChange::Removed(_) => format!("{who} is no longer exempt from bot detection."),
        ListChange::NotThere => format!("{who} was not exempt; nothing has changed."),
    }
}

/// `/botdetect test`: what a text would bring, and why.
#[must_use]
pub fn test_result(settings: &BotDetectSettings, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "This text would pass: it holds no phrase or link domain of the lists.".to_owned();
    }
    let head = if settings.enabled {
        "This text would bring"
    } else {
        "Bot detection is off. If it were on, this text would bring"
    };
    let mut text = format!(
        "{head}: {}.",
        consequence(settings.action, settings.timeout())
    );
    for (number, finding) in findings.iter().take(LISTED_FINDINGS).enumerate() {
        text.push_str(&format!("\n{}. {}", number + 1, explained(finding)));
    }
    if let Some(more) = findings.len().checked_sub(LISTED_FINDINGS + 1) {
        text.push_str(&format!("\nand {} more", more + 1));
    }
    clip(&text)
}

/// The rule that was broken, as infractions and cases record it. Holds no text of the member.
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
pub fn member_notice(notice: &MemberNotice<'_>) -> String {
    let guild = code(notice.guild);
    let happened = match notice.action {
        BotAction::Warn => format!("Your message in {guild} was deleted, and this is a warning."),
        BotAction::Timeout => format!(
            "Your message in {guild} was deleted, and you are timed out for {}.",
            duration::format(notice.timeout)
        ),
        BotAction::Kick => format!("Your message in {guild} was deleted, and you were kicked."),
        BotAction::Ban => format!("Your message in {guild} was deleted, and you were banned."),
        BotAction::Delete => format!("Your message in {guild} was deleted."),
    };
    let reason = match (notice.finding.origin, notice.finding.kind) {
        (Origin::BuiltIn(kind), _) => kind.label(),
        (Origin::Guild, FindingKind::Phrase) => "a phrase that this server does not allow",
        (Origin::Guild, FindingKind::Domain) => "a link that this server does not allow",
    };
    clip(&format!(
        "{happened}\nReason: {reason}\nCase: #{CASE_NUMBER_MARK}\n\
         If you did not write it, your account may be in other hands: change your password."
    ))
}

/// What the card in the log channel tells.
pub struct CardFacts<'a> {
    /// Who wrote the message.
    pub user: UserId,
    /// That user's name.
    pub user_name: &'a str,
    /// Where.
    pub channel: ChannelId,
    /// What was done.
    pub action: BotAction,
    /// How long, for a timeout.
    pub timeout: Duration,
    /// Why.
    pub finding: &'a Finding,
}

/// A card within Discord's limits: title 256, 25 fields, values 1,024 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCard {
    /// Its title.
    pub title: String,
    /// Names and values in order.
    pub fields: Vec<(String, String)>,
}

/// The card in the log channel.
#[must_use]
pub fn log_card(facts: &CardFacts<'_>) -> LogCard {
    let title = format!("Bot detection · case #{CASE_NUMBER_MARK}");
    let fields = [
        (
            "Member",
            format!("<@{}> {}", facts.user, code(facts.user_name)),
        ),
        ("Channel", format!("<#{}>", facts.channel)),
        ("Action", consequence(facts.action, facts.timeout)),
        ("Reason", explained(facts.finding)),
    ];
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    LogCard {
        title,
        fields: fields.collect(),
    }
}

fn consequence(action: BotAction, timeout: Duration) -> String {
    match action {
        BotAction::Warn => "the message is deleted, its author warned".to_owned(),
        BotAction::Timeout => format!(
            "the message is deleted, its author timed out for {}",
            duration::format(timeout)
        ),
        BotAction::Kick => "the message is deleted, its author kicked".to_owned(),
        BotAction::Ban => "the message is deleted, its author banned".to_owned(),
        BotAction::Delete => "the message is deleted, nothing else".to_owned(),
    }
}

/// One finding for staff: the rule, whose it is, and what stood there if it was disguised.
fn explained(finding: &Finding) -> String {
    let rule = code(&finding.matched);
    let what = match (finding.origin, finding.kind) {
        (Origin::Guild, FindingKind::Phrase) => format!("keyword {rule} of this server"),
        (Origin::Guild, FindingKind::Domain) => format!("link domain {rule} of this server"),
        (Origin::BuiltIn(kind), FindingKind::Phrase) => format!("{}: phrase {rule}", kind.label()),
        (Origin::BuiltIn(kind), FindingKind::Domain) => format!("{}: domain {rule}", kind.label()),
    };
    let how = match finding.manner {
        Manner::Plain => "",
        Manner::Leet => ", digits or signs for letters",
        Manner::Spaced => ", letters set apart",
    };
    if finding.excerpt == finding.matched.to_lowercase() {
        format!("{what}{how}")
    } else {
        format!("{what}{how}, found as {}", code(&finding.excerpt))
    }
}

fn some_of(mut items: Vec<String>) -> String {
    if items.is_empty() {
        return "none".to_owned();
    }
    let more = items.len().saturating_sub(LISTED_IDS);
    items.truncate(LISTED_IDS);
    let listed = items.join(" ");
    if more == 0 {
        listed
    } else {
        format!("{listed} and {more} more")
    }
}
