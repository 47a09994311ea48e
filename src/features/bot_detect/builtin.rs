//! The built-in scam phrases, in our own words, grouped by kind.
//!
//! They are compared as whole phrases after folding, so each is written once, in plain lower case. Two words that
//! people also use innocently (`nitro giveaway`) are left to the guild's own keywords. The domain lists and their
//! sources are described in `lists/README.md`.

use std::sync::LazyLock;

use super::keyword::Pattern;
use super::phrases::PhraseSet;
use super::words::{Keep, Words};

/// Where the phishing domains come from, for the people who read the list.
pub const DOMAIN_SOURCE: &str = "nikolaischunk/discord-phishing-links (MIT)";

/// What a built-in rule is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScamKind {
    /// Discord Nitro for nothing.
    Nitro,
    /// Gift cards, game items and game money for nothing.
    Gift,
    /// Cryptocurrency and investment promises.
    Crypto,
    /// Bots that advertise pornography.
    Adult,
    /// A scam addressed to everyone at once.
    MassMention,
    /// Attempts to take over an account.
    Account,
    /// A domain of the shipped phishing list.
    PhishingDomain,
    /// A domain that imitates a trusted one with letters of another script.
    LookAlikeDomain,
    /// A link that shows a trusted domain as its user name and leads elsewhere.
    DisguisedLink,
}

impl ScamKind {
    /// The kinds that have phrases, in the order they are listed.
    pub const WITH_PHRASES: [Self; 6] = [
        Self::Nitro,
        Self::Gift,
        Self::Crypto,
        Self::Adult,
        Self::MassMention,
        Self::Account,
    ];

    /// What a person calls it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nitro => "free Nitro scam",
            Self::Gift => "gift or game item scam",
            Self::Crypto => "crypto or investment scam",
            Self::Adult => "adult content spam",
            Self::MassMention => "scam to everyone",
            Self::Account => "account theft attempt",
            Self::PhishingDomain => "known phishing site",
            Self::LookAlikeDomain => "imitation of a trusted site",
            Self::DisguisedLink => "link that hides where it leads",
        }
    }

    /// The phrases of this kind.
    #[must_use]
    pub const fn phrases(self) -> &'static [&'static str] {
        match self {
            Self::Nitro => NITRO,
            Self::Gift => GIFT,
            Self::Crypto => CRYPTO,
            Self::Adult => ADULT,
            Self::MassMention => MASS_MENTION,
            Self::Account => ACCOUNT,
            Self::PhishingDomain | Self::LookAlikeDomain | Self::DisguisedLink => &[],
        }
    }
}

const NITRO: &[&str] = &[
    "free nitro",
    "free discord nitro",
    "discord nitro for free",
    "nitro for free",
    "nitro free for 1 month",
    "nitro free for 3 months",
    "3 months of nitro free",
    "3 months of discord nitro free",
    "claim your nitro",
    "claim your free nitro",
    "claim discord nitro",
    "nitro from steam",
    "nitro code generator",
    "nitro generator",
];

const GIFT: &[&str] = &[
    "free steam gift",
    "free steam gift card",
    "steam gift 50",
    "50 steam gift",
    "gift 50 steam",
    "100 steam gift",
    "free csgo skins",
    "free cs2 skins",
    "free robux",
    "robux generator",
    "free v bucks generator",
    "vbucks generator",
    "claim your free gift card",
];

const CRYPTO: &[&str] = &[
    "double your bitcoin",
    "guaranteed crypto profit",
    "guaranteed daily profit",
    "earn 10k within 72 hours",
    "earn 100k within 72 hours",
    "earn $10k within 72 hours",
    "earn $100k within 72 hours",
    "pay me 10 of your profit",
    "claim your airdrop",
    "claim your free tokens",
    "connect your wallet to claim",
    "validate your wallet to",
    "binary options expert",
    "message me on whatsapp to start earning",
    "message me on telegram to start earning",
    "crypto casino promo code",
];

const ADULT: &[&str] = &[
    "onlyfans leaks",
    "leaked onlyfans",
    "free onlyfans",
    "onlyfans for free",
    "teen leaks",
    "free nudes",
    "nudes in my bio",
    "check my bio for nudes",
    "hot girls near you",
    "free sexcam",
];

const MASS_MENTION: &[&str] = &[
    "@everyone free gift",
    "@everyone free steam",
    "@everyone claim your gift",
    "@everyone steam gift",
    "@everyone gift 50",
    "@everyone onlyfans",
    "@here free gift",
    "@here free steam",
];

const ACCOUNT: &[&str] = &[
    "i accidentally reported your account",
    "i accidentally reported your steam account",
    "i accidentally reported your discord account",
    "i accidently reported your account",
    "reported your account by mistake",
    "scan this qr code to claim",
    "scan the qr code to claim",
    "scan this qr code to get nitro",
    "paste this code into the console",
];

/// The compiled phrases, and the kind and wording of each.
pub struct BuiltIn {
    /// All phrases as one set.
    pub set: PhraseSet,
    /// What stands behind each pattern of the set.
    pub rules: Vec<(ScamKind, &'static str)>,
}

/// The built-in phrases, compiled once for the process.
pub static BUILT_IN: LazyLock<BuiltIn> = LazyLock::new(|| {
    let rules = ScamKind::WITH_PHRASES
        .into_iter()
        .flat_map(|kind| kind.phrases().iter().map(move |phrase| (kind, *phrase)));
    let compiled = rules.filter_map(|(kind, phrase)| {
        let pattern = Pattern::new(&Words::fold(phrase, Keep::Words))?;
        Some((pattern, (kind, phrase)))
    });
    let (patterns, rules) = compiled.unzip();
    BuiltIn {
        set: PhraseSet::new(patterns),
        rules,
    }
});

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::words::fold;
    use super::*;

    #[test]
    fn every_phrase_is_plain_folded_and_unique() {
        let mut seen = HashSet::new();
        for kind in ScamKind::WITH_PHRASES {
            assert!(kind.phrases().len() >= 8, "{kind:?}");
            for phrase in kind.phrases() {
                assert_eq!(fold(phrase), *phrase);
                assert!(phrase.contains(' ') && phrase.len() >= 9, "{phrase}");
                assert!(seen.insert(*phrase), "{phrase} stands twice");
            }
        }
        assert!(seen.len() >= 60, "{}", seen.len());
        assert_eq!(BUILT_IN.rules.len(), seen.len());
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let kinds = [
            ScamKind::PhishingDomain,
            ScamKind::LookAlikeDomain,
            ScamKind::DisguisedLink,
        ];
        let labels: HashSet<_> = kinds
            .into_iter()
            .chain(ScamKind::WITH_PHRASES)
            .map(ScamKind::label)
            .collect();
        assert_eq!(labels.len(), 9);
    }
}
