//! Judges host names by the shipped lists: known phishing sites, look-alikes of trusted ones, disguised links.

use std::sync::LazyLock;

use super::builtin::ScamKind;
use super::fold::letters;
use super::hosts::{Host, list_hosts};

static PHISHING: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| parse_list(include_str!("lists/phishing-domains.txt")));

static TRUSTED: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| parse_list(include_str!("lists/trusted-domains.txt")));

/// What the lists say of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict<'a> {
    /// Which kind of scam.
    pub kind: ScamKind,
    /// The listed domain that decided.
    pub listed: &'a str,
}

/// Judges one host. A trusted domain and its sub-domains are never listed; a listed domain stands for its sub-domains.
#[must_use]
pub fn judge(host: &Host) -> Option<Verdict<'_>> {
    for (suffix, altered) in host.suffixes() {
        if contains(&TRUSTED, suffix) {
            let kind = ScamKind::LookAlikeDomain;
            let verdict = Verdict {
                kind,
                listed: suffix,
            };
            return altered.then_some(verdict);
        }
    }
    if let Some(listed) = find_phishing(host) {
        let kind = ScamKind::PhishingDomain;
        return Some(Verdict { kind, listed });
    }
    let user = host.user.as_deref()?;
    is_trusted(user).then_some(Verdict {
        kind: ScamKind::DisguisedLink,
        listed: user,
    })
}

fn find_phishing(host: &Host) -> Option<&'static str> {
    let folded = host.suffixes().map(|(suffix, _)| suffix);
    let written = host.written.as_deref().into_iter().flat_map(parents);
    folded
        .chain(written)
        .find_map(|suffix| find(&PHISHING, suffix))
}

/// Whether a name is a trusted domain or one of its sub-domains.
#[must_use]
pub fn is_trusted(name: &str) -> bool {
    parents(name).any(|suffix| contains(&TRUSTED, suffix))
}

/// How many domains the phishing list holds.
#[must_use]
pub fn phishing_count() -> usize {
    PHISHING.len()
}

/// Reads a keyword that names a domain: with or without scheme, `www.`, `*.` and a closing slash, nothing else.
#[must_use]
pub fn host_of_keyword(keyword: &str) -> Option<String> {
    let keyword = keyword.trim();
    if keyword.contains(char::is_whitespace) {
        return None;
    }
    let bare = keyword.split_once("://").map_or(keyword, |(_, rest)| rest);
    let bare = bare.strip_prefix("*.").unwrap_or(bare);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    let folded = letters(bare);
    let whole = folded
        .iter()
        .all(|letter| letter.ch == '.' || letter.ch == '-' || letter.ch.is_alphanumeric());
    let mut hosts = list_hosts(bare, &folded);
    let host = hosts.pop().filter(|_| whole && hosts.is_empty())?;
    let name = host.name.strip_prefix("www.").unwrap_or(&host.name);
    let (_, top) = name.rsplit_once('.')?;
    let is_top = top.chars().count() >= 2
        && (top.chars().all(char::is_alphabetic) || top.starts_with("xn--"));
    is_top.then(|| name.to_owned())
}

fn parents(name: &str) -> impl Iterator<Item = &str> {
    let starts = name.match_indices('.').map(|(at, _)| at + 1);
    std::iter::once(0)
        .chain(starts)
        .map(|from| &name[from..])
        .filter(|suffix| suffix.contains('.'))
}

fn parse_list(file: &'static str) -> Vec<&'static str> {
    file.lines().filter(|line| !line.starts_with('#')).collect()
}

/// The lists are shipped sorted (a test holds that), so that looking up needs no table beside them.
fn find(list: &[&'static str], name: &str) -> Option<&'static str> {
    let at = list.binary_search(&name).ok()?;
    Some(list[at])
}

fn contains(list: &[&'static str], name: &str) -> bool {
    find(list, name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str) -> Option<(ScamKind, String)> {
        let folded = letters(text);
        let hosts = list_hosts(text, &folded);
        let verdict = hosts.iter().find_map(judge)?;
        Some((verdict.kind, verdict.listed.to_owned()))
    }

    #[test]
    fn the_lists_are_sorted_names_without_repeats() {
        for list in [&*PHISHING, &*TRUSTED] {
            for pair in list.windows(2) {
                assert!(pair[0] < pair[1], "{pair:?}");
            }
            for name in list {
                let found = list_hosts(name, &letters(name));
                assert_eq!(found.len(), 1, "{name}");
                assert!(found[0].name == **name || name.contains("xn--"), "{name}");
            }
        }
        assert!(phishing_count() > 21_000);
    }

    #[test]
    fn no_trusted_domain_is_listed() {
        for name in &*PHISHING {
            assert!(!is_trusted(name), "{name}");
        }
    }

    #[test]
    fn a_listed_domain_and_its_sub_domains_are_phishing() {
        for text in [
            "101nitro.com",
            "https://www.101nitro.com/claim",
            "a.b.c.101nitro.com",
            "hxxps://101nitro[.]com",
            "https://discord.com.101nitro.com",
            "https://discord.com@101nitro.com/",
            "101NITRO.COM.",
            "101nіtrо.com",
            "[discord.com](http://101nitro.com)",
        ] {
            let expected = (ScamKind::PhishingDomain, "101nitro.com".to_owned());
            assert_eq!(verdict(text), Some(expected), "{text}");
        }
        assert_eq!(verdict("not101nitro.com"), None);
        assert_eq!(verdict("101nitro.com.example"), None);
    }

    #[test]
    fn a_listed_name_in_punycode_is_found_in_both_spellings() {
        let listed = "xn--yno-mqa.com".to_owned();
        let expected = Some((ScamKind::PhishingDomain, listed));
        assert_eq!(verdict("http://xn--yno-mqa.com"), expected);
        assert_eq!(verdict("http://ďyno.com"), expected);
        assert_eq!(verdict("http://dyno.com"), None);
    }

    #[test]
    fn trusted_domains_never_match() {
        for text in [
            "discord.com",
            "https://discord.gg/abc",
            "https://cdn.discordapp.com/attachments/1/2/a.png",
            "https://steamcommunity.com/id/x",
            "https://store.steampowered.com",
            "ｄｉｓｃｏｒｄ.com",
            "dis\u{200b}cord.com",
            "https://me@discord.com",
            "дом.discord.com",
            "https://discord.com/@friend",
        ] {
            assert_eq!(verdict(text), None, "{text}");
        }
    }

    #[test]
    fn a_look_alike_of_a_trusted_domain_is_found() {
        for text in [
            "https://dіscord.com/gift",
            "discörd.com",
            "gift.dıscord.com",
            "https://xn--discrd-zxa.com",
            "ѕtеаmсоmmunіtу.com".trim(),
        ] {
            let found = verdict(text).map(|(kind, _)| kind);
            assert_eq!(found, Some(ScamKind::LookAlikeDomain), "{text}");
        }
    }

    #[test]
    fn a_trusted_name_before_an_at_sign_is_a_disguise() {
        let expected = Some((ScamKind::DisguisedLink, "discord.com".to_owned()));
        assert_eq!(verdict("https://discord.com@new.example/nitro"), expected);
        assert_eq!(verdict("https://discord.com:443@new.example"), expected);
        assert_eq!(verdict("someone@new.example"), None);
    }
}
