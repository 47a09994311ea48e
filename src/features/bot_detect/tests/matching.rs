//! The matcher on scams, on their disguises, and on ordinary talk in many languages.

use super::{defaults, guild, summary, with_keywords};
use crate::features::bot_detect::builtin::ScamKind;
use crate::features::bot_detect::matcher::{FindingKind, Matcher, Origin};
use crate::features::bot_detect::phrases::Manner;
use crate::features::bot_detect::settings::BotDetectSettings;

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

#[test]
fn the_manner_of_writing_is_told() {
    for (text, manner) in [
        ("free nitro", Manner::Plain),
        ("FrEe NiTrO", Manner::Plain),
        ("ｆｒｅｅ　ｎｉｔｒｏ", Manner::Plain),
        ("free n1tro", Manner::Leet),
        ("fr33 n!tr0", Manner::Leet),
        ("f_r_e_e_n_i_t_r_o", Manner::Spaced),
        ("f r e e  n 1 t r 0", Manner::Spaced),
    ] {
        let found = guild(&["free nitro", "nitro"]).find(text).expect(text);
        assert_eq!(found.manner, manner, "{text}");
    }
}

#[test]
fn a_keyword_in_any_language_is_found_in_a_sentence() {
    for (keyword, text) in [
        (
            "kostenlose Geschenke",
            "Hier gibt es KOSTENLOSE GESCHENKE für alle",
        ),
        ("große Gewinne", "jetzt GROSSE GEWINNE machen"),
        ("cadeau gratuit", "Clique ici : « cadeau gratuit » !"),
        ("regálo gratis", "¡regalo gratis aquí!"),
        ("бесплатные подарки", "Лови БЕСПЛАТНЫЕ ПОДАРКИ тут"),
        ("бесплатные подарки", "лoви беcплaтныe пoдaрки тут"),
        ("δωρεάν δώρα", "ΔΩΡΕΑΝ ΔΩΡΑ για όλους"),
        ("プレゼント", "無料プレゼントです"),
        ("무료 선물", "지금 무료 선물을 받으세요"),
        ("免费礼物", "快来领取免费礼物吧"),
        ("هدية مجانية", "احصل على هَدِيَّة مجانية الآن"),
        ("मुफ़्त उपहार", "यहाँ मुफ़्त उपहार है"),
        ("ของฟรี", "รับของฟรีที่นี่"),
        ("מתנה", "קבלו מַתָּנָה עכשיו"),
    ] {
        let found = guild(&[keyword]).find(text);
        assert_eq!(
            found.map(|finding| finding.matched).as_deref(),
            Some(keyword),
            "{text}"
        );
    }
}

#[test]
fn a_keyword_is_not_found_inside_other_words() {
    for (keyword, text) in [
        ("ass", "a class about grass"),
        ("frei", "Freitag ist befreiend"),
        ("gratuit", "gratuitement"),
        ("рай", "край района"),
        ("ニトロ", "ニトログリセリン"),
        ("선물", "깜짝선물"),
        ("evil.example", "notevil.example or evil.example.org"),
        ("c++", "c and d"),
        ("100%", "100 people"),
        ("1337", "13370"),
        ("lol", "101 1o1x"),
    ] {
        let found = guild(&[keyword]).find(text);
        assert_eq!(found.as_ref().map(summary), None, "{text}");
    }
}

#[test]
fn a_guild_domain_is_found_in_every_kind_of_link() {
    let matcher = guild(&[
        "https://www.evil.example/",
        "böse.example",
        "xn--bse-sna.test",
    ]);
    for text in [
        "evil.example",
        "HTTPS://EVIL.EXAMPLE/x",
        "hxxp://evil[.]example",
        "evil (dot) example",
        "[site](https://a.evil.example)",
        "https://discord.com@evil.example",
        "еvіl.ехаmрlе",
        "https://böse.example",
        "https://xn--bse-sna.example",
        "https://böse.test",
    ] {
        let found = matcher.explain(text);
        let own = found.iter().find(|finding| finding.origin == Origin::Guild);
        assert_eq!(
            own.map(|finding| finding.kind),
            Some(FindingKind::Domain),
            "{text}"
        );
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
