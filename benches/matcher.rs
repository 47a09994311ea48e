//! What a clean message of 200 characters costs the scam matcher, against a plain scan for one phrase.

#[path = "support/table.rs"]
mod table;
#[path = "support/timing.rs"]
mod timing;

use std::hint::black_box;

use aimod::features::bot_detect::matcher::Matcher;
use aimod::features::bot_detect::settings::BotDetectSettings;

use table::Line;
use timing::{batch, medians};

const ROUNDS: usize = 4_000;
const CALLS: u32 = 20;

/// Everyday talk of exactly 200 characters, without anything that a rule knows.
fn messages() -> Vec<(&'static str, String)> {
    let talk = "did anybody see the match last night? the second half was so good, I could not \
                sit still. we should watch the next one together at my place, bring snacks and \
                your friends, it will be fun for all of us!!";
    let disguised = "ＤＩＤ anybody see the mаtch last nіght? 🎉🎉 the sеcond half was so gооd — I could not \
                     sit still… we should watch thе next one together at my place, bring snacks and \
                     yоur friends, it will be fun for all!!";
    let link = "the photos of yesterday are at https://photos.example.org/album/4711?view=all and the rest \
                at www.example.com/holidays, tell me which ones you like best, I will print them for \
                your mother tomorrow morning";
    [
        ("plain letters", talk),
        ("look-alikes and emoji", disguised),
        ("two links", link),
    ]
    .map(|(what, text)| {
        (
            what,
            text.chars().chain("…".chars().cycle()).take(200).collect(),
        )
    })
    .into()
}

fn matcher(keywords: usize) -> Matcher {
    let mut settings = BotDetectSettings::default();
    for number in 0..keywords {
        settings
            .add_keyword(&format!("forbidden phrase number {number}"))
            .expect("below the limit");
    }
    Matcher::compile(&settings)
}

fn main() {
    let mut lines = Vec::new();
    for keywords in [0, 1_000] {
        let matcher = &matcher(keywords);
        for (what, text) in &messages() {
            assert!(matcher.find(text).is_none(), "{what} is clean");
            let times = medians(
                ROUNDS,
                &mut [
                    batch(CALLS, || matcher.find(black_box(text))),
                    batch(CALLS, || black_box(text).contains("free nitro")),
                ],
            );
            lines.push(Line {
                what: format!("find, {what}, {keywords} own keywords"),
                figure: times[0],
                reference: times[1],
                against: "str::contains of one phrase".to_owned(),
                target: "≤ 20 µs",
            });
        }
    }
    table::print("cargo bench --bench matcher", "ns p50", &lines);
}
