//! What people read, as snapshots.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::with_keywords;
use crate::domain::ids::{CaseNumber, ChannelId, RoleId, UserId};
use crate::domain::verdict::with_case_number;
use crate::features::bot_detect::TEXTS;
use crate::features::bot_detect::matcher::{Finding, Matcher};
use crate::features::bot_detect::replies::{
    MemberNotice, action_set, defaults, enabled, explained, keyword_change, keyword_list,
    keyword_refused, member_notice, rule_violated, status, test_result, whitelist_change,
};
use crate::features::bot_detect::settings::{
    BotAction, BotDetectSettings, KeywordError, ListChange,
};
use crate::guild::language::{Language, Speech};

/// English, the language of these texts.
fn en() -> Speech {
    TEXTS.speech(Language::En)
}

const HOUR: Duration = Duration::from_secs(3_600);

fn finding(settings: &BotDetectSettings, text: &str) -> Finding {
    Matcher::compile(settings).find(text).expect("a finding")
}

#[test]
fn a_fresh_guild_reads_its_status() {
    assert_snapshot!(status(en(), &BotDetectSettings::default()), @r"
    Bot detection is **off**.
    What happens: the message is deleted, its author timed out for 1h
    Keywords of this server: 0
    Built-in lists: on: 70 phrases, 21813 phishing domains
    Exempt roles: none
    Exempt users: none
    Log channel: not set, nothing is posted
    ");
}

#[test]
fn a_configured_guild_reads_its_status() {
    let mut settings = with_keywords(&["a", "b"]);
    settings.enabled = true;
    settings.use_builtin = false;
    settings.action = BotAction::Ban;
    settings.log_channel = Some(ChannelId(7));
    for id in 1..=12 {
        settings.add_role(RoleId(id)).expect("room");
    }
    settings.add_user(UserId(99)).expect("room");
    assert_snapshot!(status(en(), &settings), @r"
    Bot detection is **on**.
    What happens: the message is deleted, its author banned
    Keywords of this server: 2
    Built-in lists: off
    Exempt roles: <@&1> <@&2> <@&3> <@&4> <@&5> <@&6> <@&7> <@&8> <@&9> <@&10> and 2 more
    Exempt users: <@99>
    Log channel: <#7>
    ");
}

#[test]
fn switching_says_what_changed() {
    let said = [
        enabled(en(), true, true),
        enabled(en(), false, true),
        enabled(en(), false, false),
    ]
    .join("\n");
    assert_snapshot!(said, @r"
    Bot detection is now on. The next message is judged accordingly.
    Bot detection is now off. The next message is judged accordingly.
    Bot detection was off already; nothing has changed.
    ");
}

#[test]
fn every_action_is_told_in_words() {
    let said = BotAction::ALL
        .map(|action| action_set(en(), action, HOUR))
        .join("\n");
    assert_snapshot!(said, @r"
    From now on: the message is deleted, its author warned.
    From now on: the message is deleted, its author timed out for 1h.
    From now on: the message is deleted, its author kicked.
    From now on: the message is deleted, its author banned.
    From now on: the message is deleted, nothing else.
    ");
}

#[test]
fn a_keyword_change_tells_what_became_of_it() {
    let mut settings = BotDetectSettings::default();
    let mut said = Vec::new();
    for keyword in ["Free Nitro", "Free Nitro", "frее-nіtrо", "`@everyone`\nx"] {
        let change = settings.add_keyword(keyword).expect("a keyword");
        said.push(keyword_change(en(), &change, keyword));
    }
    for keyword in ["free nitro", "gone"] {
        said.push(keyword_change(
            en(),
            &settings.remove_keyword(keyword),
            keyword,
        ));
    }
    said.push(keyword_refused(en(), &KeywordError::Empty));
    said.push(keyword_refused(en(), &KeywordError::TooLong(201)));
    said.push(keyword_refused(en(), &KeywordError::TooMany));
    assert_snapshot!(said.join("\n").replace('\u{200b}', "<zw>"), @r"
    Added `Free Nitro`. It counts from the next message on.
    `Free Nitro` is in the list already.
    `Free Nitro` is in the list already and matches the same texts as `frее-nіtrо`.
    Added `ˋ@<zw>everyoneˋ x`. It counts from the next message on.
    Removed `Free Nitro`.
    `gone` is not in the list; `/botdetect keywords list` shows what is.
    The keyword was not added: a keyword needs at least one letter, digit or symbol.
    The keyword was not added: a keyword has at most 200 characters; this one has 201.
    The keyword was not added: a server has at most 1000 keywords; remove one first.
    ");
}

#[test]
fn keywords_are_listed() {
    assert_snapshot!(keyword_list(en(), &[], 1), @"This server has no keywords of its own; `/botdetect keywords add` adds one.");
    let settings = with_keywords(&["free nitro", "evil.example", "c++"]);
    assert_snapshot!(keyword_list(en(), settings.keywords(), 1), @r"
    3 keywords of this server:
    - `free nitro`
    - `evil.example`
    - `c++`
    ");
}

#[test]
fn many_keywords_come_in_pages() {
    let keywords: Vec<String> = (1..=400).map(|n| format!("scam number {n}")).collect();
    let page = keyword_list(en(), &keywords, 2);
    let ends: Vec<&str> = page.lines().take(2).chain(page.lines().last()).collect();
    assert_snapshot!(ends.join("\n"), @r"
    400 keywords of this server (2/5):
    - `scam number 90`
    - `scam number 174`
    ");
    let last = keyword_list(en(), &keywords, 99);
    assert!(last.ends_with("- `scam number 400`"), "{last}");
    assert_eq!(
        keyword_list(en(), &keywords, 0),
        keyword_list(en(), &keywords, 1)
    );
}

#[test]
fn the_defaults_are_shown_with_their_source() {
    let page = defaults(en(), 1);
    let head: Vec<&str> = page.lines().take(4).collect();
    assert_snapshot!(head.join("\n"), @r"
    Built-in phrases, besides 21813 domains of nikolaischunk/discord-phishing-links (MIT) (1/2):
    **free Nitro scam**
    - `free nitro`
    - `free discord nitro`
    ");
}

#[test]
fn a_whitelist_change_tells_what_became_of_it() {
    let said = [
        whitelist_change(en(), &ListChange::Added("7".to_owned()), "<@&7>"),
        whitelist_change(en(), &ListChange::AlreadyThere("7".to_owned()), "<@&7>"),
        whitelist_change(en(), &ListChange::Removed("8".to_owned()), "<@8>"),
        whitelist_change(en(), &ListChange::NotThere, "<@8>"),
    ]
    .join("\n");
    assert_snapshot!(said, @r"
    <@&7> is exempt from bot detection now.
    <@&7> is exempt already.
    <@8> is no longer exempt from bot detection.
    <@8> was not exempt; nothing has changed.
    ");
}

#[test]
fn a_test_tells_what_a_text_would_bring() {
    let mut settings = with_keywords(&["Buy Followers", "evil.example"]);
    let matcher = Matcher::compile(&settings);
    let clean = matcher.explain("hello there");
    assert_snapshot!(test_result(en(), &settings, &clean), @"This text would pass: it holds no phrase or link domain of the lists.");
    let text = "frее nіtrо, fr33 n1tro, buy followers on go.evil.example or 101nitro.com; f r e e r o b u x";
    let found = matcher.explain(text);
    assert_snapshot!(test_result(en(), &settings, &found), @r"
    Bot detection is off. If it were on, this text would bring: the message is deleted, its author timed out for 1h.
    1. free Nitro scam: phrase `free nitro`
    2. keyword `Buy Followers` of this server
    3. link domain `evil.example` of this server, found as `go.evil.example`
    4. known phishing site: domain `101nitro.com`
    5. gift or game item scam: phrase `free robux`, letters set apart, found as `f r e e r o b u x`
    ");
    settings.enabled = true;
    settings.action = BotAction::Delete;
    assert_snapshot!(test_result(en(), &settings, &found[..1]), @r"
    This text would bring: the message is deleted, nothing else.
    1. free Nitro scam: phrase `free nitro`
    ");
}

#[test]
fn the_rule_is_recorded_without_the_members_text() {
    let settings = with_keywords(&["Buy Followers", "evil.example"]);
    let said = [
        "buy  FOLLOWERS",
        "x.evil.example",
        "frее nіtrо",
        "www.101nitro.com",
    ]
    .map(|text| rule_violated(&finding(&settings, text)))
    .join("\n");
    assert_snapshot!(said, @r"
    Bot detection: phrase “Buy Followers” of this server
    Bot detection: link domain “evil.example” of this server
    Bot detection: free Nitro scam, phrase “free nitro”
    Bot detection: known phishing site, link domain “101nitro.com”
    ");
}

#[test]
fn a_member_is_told_what_happened() {
    let settings = with_keywords(&["Buy Followers", "evil.example"]);
    let notice = |text: &str, action| {
        let finding = finding(&settings, text);
        let text = member_notice(
            en(),
            &MemberNotice {
                guild: "Rust `fans` @everyone",
                action,
                timeout: HOUR,
                finding: &finding,
            },
        );
        with_case_number(&text, CaseNumber(12))
    };
    assert_snapshot!(notice("free nitro", BotAction::Timeout).replace('\u{200b}', "<zw>"), @r"
    Your message in `Rust ˋfansˋ @<zw>everyone` was deleted, and you are timed out for 1h.
    Reason: free Nitro scam
    Case: #12
    If you did not write it, your account may be in other hands: change your password.
    ");
    let firsts = [
        notice("free nitro", BotAction::Warn),
        notice("buy followers", BotAction::Kick),
        notice("evil.example", BotAction::Ban),
        notice("101nitro.com", BotAction::Delete),
    ]
    .map(|text| text.lines().take(2).collect::<Vec<_>>().join(" | "));
    assert_snapshot!(firsts.join("\n").replace('\u{200b}', "<zw>"), @r"
    Your message in `Rust ˋfansˋ @<zw>everyone` was deleted, and this is a warning. | Reason: free Nitro scam
    Your message in `Rust ˋfansˋ @<zw>everyone` was deleted, and you were kicked. | Reason: a phrase that this server does not allow
    Your message in `Rust ˋfansˋ @<zw>everyone` was deleted, and you were banned. | Reason: a link that this server does not allow
    Your message in `Rust ˋfansˋ @<zw>everyone` was deleted. | Reason: known phishing site
    ");
}

#[test]
fn a_card_tells_the_staff_what_was_found() {
    let settings = BotDetectSettings::default();
    let finding = finding(&settings, "get fr33 n1tro now");
    assert_snapshot!(
        explained(en(), &finding),
        @"free Nitro scam: phrase `free nitro`, digits or signs for letters, found as `fr33 n1tro`"
    );
}

proptest! {
    #[test]
    fn every_reply_fits_into_a_message(keyword in "\\PC{1,200}", text in any::<String>(), page in 0_usize..50) {
        let mut settings = BotDetectSettings::default();
        if let Ok(change) = settings.add_keyword(&keyword) {
            prop_assert!(fits(&keyword_change(en(), &change, &keyword)));
        }
        let found = Matcher::compile(&settings).explain(&format!("{keyword} {text} free nitro"));
        prop_assert!(fits(&test_result(en(), &settings, &found)));
        prop_assert!(fits(&status(en(), &settings)) && fits(&defaults(en(), page)));
        let keywords = vec![keyword; 60];
        prop_assert!(fits(&keyword_list(en(), &keywords, page)));
        for finding in &found {
            let (action, timeout) = (BotAction::Ban, HOUR);
            let notice = MemberNotice { guild: &text, action, timeout, finding };
            prop_assert!(fits(&member_notice(en(), &notice)));
            prop_assert!(explained(en(), finding).chars().count() <= 1_024);
        }
    }
}

fn fits(reply: &str) -> bool {
    reply.encode_utf16().count() <= 2_000
}
