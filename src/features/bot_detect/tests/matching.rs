//! The matcher on scams, on their disguises, on ordinary talk in seven languages and on hostile input.

use proptest::prelude::*;

use super::with_keywords;
use crate::features::bot_detect::builtin::{BUILT_IN, ScamKind};
use crate::features::bot_detect::fold::look_alikes;
use crate::features::bot_detect::matcher::{Finding, FindingKind, Matcher, Origin};
use crate::features::bot_detect::phrases::Manner;
use crate::features::bot_detect::settings::BotDetectSettings;

const NAUGHTY: &str = include_str!("../../../../tests/data/naughty-strings.json");

fn defaults() -> Matcher {
    Matcher::compile(&BotDetectSettings::default())
}

fn guild(keywords: &[&str]) -> Matcher {
    Matcher::compile(&with_keywords(keywords))
}

fn summary(finding: &Finding) -> (Origin, &str, &str) {
    (finding.origin, &finding.matched, &finding.excerpt)
}

#[test]
fn scams_of_every_kind_are_found() {
    for (text, kind) in [
        ("Hey! FREE Discord NITRO here", ScamKind::Nitro),
        ("сlаim уоur frее nitrо", ScamKind::Nitro),
        ("𝙵𝚁𝙴𝙴 𝙽𝙸𝚃𝚁𝙾", ScamKind::Nitro),
        ("fr33 n1tr0 for all", ScamKind::Nitro),
        ("f r e e  n i t r o", ScamKind::Nitro),
        ("50$ steam gift, first come first served", ScamKind::Gift),
        ("Get free R.o.b.u.x? no: free robux!!", ScamKind::Gift),
        (
            "I'll help 10 people earn $100k within 72 hours",
            ScamKind::Crypto,
        ),
        ("Hot teen leaks 🍑 free", ScamKind::Adult),
        ("@everyone **free gift** for you", ScamKind::MassMention),
        (
            "sorry, I accidentally reported your Steam account",
            ScamKind::Account,
        ),
        ("look https://www.101nitro.com/x", ScamKind::PhishingDomain),
        ("https://dіscord.com/nitro", ScamKind::LookAlikeDomain),
        (
            "https://discord.com@new.example/nitro",
            ScamKind::DisguisedLink,
        ),
    ] {
        let found = defaults().find(text).map(|finding| finding.origin);
        assert_eq!(found, Some(Origin::BuiltIn(kind)), "{text}");
    }
}

/// Ordinary talk: near misses of the built-in phrases among it.
const CLEAN: &[&str] = &[
    "Carefree nitrogen is not a scam.",
    "Is the beta free? Nitro is not needed, I think.",
    "I boosted the server with my nitro yesterday, it was worth it",
    "We do a nitro giveaway on Friday, no links needed!",
    "my free time is over, steam sale starts at 7pm: https://store.steampowered.com/sale",
    "Join us at https://discord.gg/rust-lang and read https://discord.com/terms",
    "He reported the bug in your account settings by himself",
    "See https://github.com/rust-lang/rust/pull/1234?tab=files#diff and docs.rs/serde, e.g. v1.0.219...",
    "The price is $50, 100% sure; c++ or c#? a/b testing, user@mail.example",
    "I earn 10 dollars an hour, 72 hours a week",
    "everyone is free to go; gift cards are at the desk",
    "Hell is other people, all ill at ease, oil and soil",
    "a b c d e f g, 1 2 3 4 5, x.y.z, T H E  E N D",
    "Wir treffen uns um 19 Uhr im Sprachkanal, es ist hell draußen und kostenlos.",
    "Die Straße war frei, niemand hat etwas verschenkt. Größe 42, übrigens.",
    "Ça a coûté 50 euros à Noël, c’était gratuit l’année dernière !",
    "Les élèves de l'école ont reçu un cadeau d'anniversaire, naturellement.",
    "¿Quién viene mañana? El niño pidió un regalo gratis en la tienda, señor.",
    "La canción número 3 está en https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "Привет, кто сегодня играет? Сервер бесплатный, заходите вечером.",
    "Я купил подписку на месяц, всё работает. Ёлка уже стоит, подарки под ней.",
    "Το δώρο ήταν δωρεάν, ευχαριστώ πολύ. ΚΑΛΗΜΕΡΑ ΣΕ ΟΛΟΥΣ",
    "今日は無料のイベントがあります。ニトログリセリンの話をしましょう。",
    "明日の会議は三時からです。よろしくお願いします！",
    "오늘 저녁에 같이 게임할 사람? 무료 체험은 끝났어요.",
    "선물 고마워요, 내일 봐요 ㅋㅋㅋ",
    "免费的午餐不存在,明天见!",
    "مرحبا كيف حالك اليوم؟ الهدية مجانية",
    "नमस्ते, आज का खेल मुफ़्त है",
    "สวัสดีครับ วันนี้ฟรีไหม",
    "🎁🎁🎁 happy birthday!! 🎉 :) ^^ <3 <:nitro:123456789012345678> <@123456789012345678>",
    "```rust\nfn main() { println!(\"free\"); }\n```",
    "||spoiler|| __underlined__ ~~gone~~ **bold** *it* `code`",
];

#[test]
fn ordinary_talk_passes() {
    let matcher = guild(&["scammer", "buy followers", "evil.example", "ニトロ", "🍆"]);
    for text in CLEAN {
        let found = matcher.find(text);
        assert_eq!(found.as_ref().map(summary), None, "{text}");
    }
}

#[test]
fn every_naughty_string_passes() {
    let strings: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of strings");
    assert!(strings.len() > 500);
    let matcher = guild(&["free nitro", "evil.example", "c++"]);
    for text in &strings {
        assert_eq!(matcher.find(text).as_ref().map(summary), None, "{text:?}");
        assert!(
            matcher.find(&format!("{text} free nitro {text}")).is_some(),
            "{text:?}"
        );
    }
}

#[test]
fn a_naughty_string_as_keyword_is_refused_or_finds_itself() {
    let strings: Vec<String> = serde_json::from_str(NAUGHTY).expect("a list of strings");
    for keyword in &strings {
        let mut settings = BotDetectSettings::default();
        if settings.add_keyword(keyword).is_ok() {
            let found = Matcher::compile(&settings).explain(keyword);
            let own = found.iter().any(|finding| finding.origin == Origin::Guild);
            assert!(own, "{keyword:?}");
        }
    }
}

#[test]
fn a_guild_may_forbid_what_is_trusted() {
    let matcher = guild(&["discord.gg", "c++", "🍆", "免费"]);
    for (text, rule, kind) in [
        (
            "come to https://discord.gg/abc",
            "discord.gg",
            FindingKind::Domain,
        ),
        ("I like C++!", "c++", FindingKind::Phrase),
        ("want 🍆?", "🍆", FindingKind::Phrase),
        ("点击领取免费礼物", "免费", FindingKind::Phrase),
    ] {
        let found = matcher.find(text).expect(text);
        assert_eq!((found.matched.as_str(), found.kind), (rule, kind));
        assert_eq!(found.origin, Origin::Guild);
        assert_eq!(defaults().find(text).as_ref().map(summary), None);
    }
}

#[test]
fn the_built_in_lists_can_be_left_out() {
    let mut settings = with_keywords(&["own words"]);
    settings.use_builtin = false;
    let matcher = Matcher::compile(&settings);
    assert!(matcher.find("free nitro at 101nitro.com").is_none());
    assert!(matcher.find("my own words").is_some());
}

#[test]
fn everything_found_is_explained_in_order() {
    let matcher = guild(&["nitro", "101nitro.com"]);
    let text = "Frее nitro: www.101nitro.com, free nitro again";
    let found = matcher.explain(text);
    let listed: Vec<_> = found.iter().map(summary).collect();
    let nitro = Origin::BuiltIn(ScamKind::Nitro);
    let phishing = Origin::BuiltIn(ScamKind::PhishingDomain);
    assert_eq!(
        listed,
        [
            (nitro, "free nitro", "free nitro"),
            (Origin::Guild, "nitro", "nitro"),
            (Origin::Guild, "101nitro.com", "www.101nitro.com"),
            (phishing, "101nitro.com", "www.101nitro.com"),
        ]
    );
    assert_eq!(&text[found[0].at.clone()], "Frее nitro");
    assert_eq!(&text[found[2].at.clone()], "www.101nitro.com");
    assert_eq!(matcher.find(text), found.first().cloned());
}

#[test]
fn no_message_content_is_printed() {
    let found = defaults().find("FREE nitro").expect("a scam");
    assert_eq!(
        format!("{found:?}"),
        "Finding { kind: Phrase, origin: BuiltIn(Nitro), manner: Plain, .. }"
    );
    assert_eq!(found.manner, Manner::Plain);
}

/// Searching twice the text must not take much more than twice the work; a quadratic step would take minutes here.
#[test]
fn long_hostile_texts_end() {
    let mut settings = BotDetectSettings::default();
    for n in 1..=200 {
        settings.add_keyword(&"a".repeat(n)).expect("a keyword");
    }
    for n in 1..=100 {
        settings.add_keyword(&"a ".repeat(n)).expect("a keyword");
    }
    let matcher = Matcher::compile(&settings);
    for piece in [
        "a",
        "a ",
        "aa ",
        "a.",
        "a.a:",
        "a@",
        "//a@",
        "(",
        "[.",
        "[ dot ",
        "dot ",
        "*",
        "||",
        "é",
        "Η",
        "\u{a0}é",
        "\u{200b}",
        "e\u{301}",
        "free nitro",
        "free nitr",
        "f r e e n i t r ",
        "xn--a.",
        "가\u{11a8}",
        "🎁",
        "1l!",
        "a\u{3000}",
        "https://a:b@",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        assert!(matcher.explain(&text).len() <= 50, "{piece}");
    }
}

#[test]
fn a_guild_with_many_keywords_stays_small() {
    let mut settings = BotDetectSettings::default();
    let keywords: Vec<String> = (0..1_000)
        .map(|n| format!("offer number {n} today"))
        .collect();
    let value = serde_json::json!(keywords);
    settings
        .set_field("keywords", &value)
        .expect("1,000 keywords");
    let matcher = Matcher::compile(&settings);
    assert!(
        matcher.memory_bytes() < 512 * 1024,
        "{}",
        matcher.memory_bytes()
    );
    assert!(defaults().memory_bytes() < 1_024);
    assert!(matcher.find("see offer number 999 today").is_some());
}

/// A built-in phrase with some letters swapped for look-alikes and zero-width characters put in.
fn disguised() -> impl Strategy<Value = (String, String)> {
    let rule = (0..BUILT_IN.rules.len()).prop_map(|at| BUILT_IN.rules[at].1);
    let choices = prop::collection::vec((any::<u16>(), 0_u8..10), 64);
    (rule, choices).prop_map(|(phrase, choices)| {
        let text = phrase.chars().zip(choices.into_iter().cycle());
        let text = text.map(|(c, (pick, how))| disguise(c, usize::from(pick), how));
        (phrase.to_owned(), text.collect())
    })
}

fn disguise(c: char, pick: usize, how: u8) -> String {
    const ZERO_WIDTH: [char; 6] = [
        '\u{200b}', '\u{200d}', '\u{2060}', '\u{feff}', '\u{ad}', '\u{fe0f}',
    ];
    let swaps: Vec<char> = look_alikes()
        .iter()
        .filter(|(_, latin)| *latin == c)
        .map(|(from, _)| *from)
        .collect();
    match how {
        0..=2 if !swaps.is_empty() => swaps[pick % swaps.len()].to_string(),
        3 => c.to_uppercase().to_string(),
        4 => format!("{}{c}", ZERO_WIDTH[pick % ZERO_WIDTH.len()]),
        5 if c.is_ascii_alphabetic() => format!("{c}\u{336}"),
        6 if c.is_ascii_alphabetic() => {
            char::from_u32(u32::from(c) - 0x61 + 0x1D41A).map_or_else(String::new, String::from)
        }
        _ => c.to_string(),
    }
}

proptest! {
    #[test]
    fn a_disguise_does_not_hide_a_scam((phrase, text) in disguised()) {
        let found = defaults().explain(&format!("hey, {text} !"));
        prop_assert!(found.iter().any(|finding| finding.matched == phrase), "{text}");
    }

    #[test]
    fn no_text_panics_and_places_are_sound(text in any::<String>(), keyword in "\\PC{1,8}") {
        let mut settings = BotDetectSettings::default();
        let added = settings.add_keyword(&keyword).is_ok();
        let matcher = Matcher::compile(&settings);
        for finding in matcher.explain(&format!("{text} {keyword} {text}")) {
            prop_assert!(!finding.excerpt.is_empty() || !added);
        }
        let found = matcher.explain(&text);
        for finding in &found {
            prop_assert!(text.get(finding.at.clone()).is_some());
        }
        prop_assert_eq!(matcher.find(&text), found.first().cloned());
    }

    #[test]
    fn a_keyword_is_found_in_any_case(word in "([a-zäöüé]{1,12}|[а-яё]{1,12}|[α-ω]{1,12})", before in "[a-z]{0,5}") {
        let matcher = guild(&[&word]);
        for text in [word.clone(), word.to_uppercase(), format!("{before} {word}."), format!("«{word}»")] {
            prop_assert!(matcher.find(&text).is_some(), "{text}");
        }
    }
}
