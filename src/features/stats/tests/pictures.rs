//! Pictures, looked at point by point: size, colours, that nothing is blank, and what colour-blind eyes see.

use std::collections::BTreeMap;
use std::path::PathBuf;

use resvg::tiny_skia::Pixmap;

use super::{colourful, lively, quiet};
use crate::features::stats::group::Group;
use crate::features::stats::picture::{self, Theme};
use crate::features::stats::replies::TEXTS;
use crate::features::stats::report::Report;
use crate::guild::language::Language;

type Colour = [u8; 3];

async fn drawn(report: &Report, theme: Theme, language: Language) -> Vec<u8> {
    let drawn = picture::png(TEXTS.speech(language), report, theme).await;
    drawn.expect("a picture")
}

/// How many points have which colour.
fn points(png: &[u8]) -> BTreeMap<Colour, usize> {
    let picture = Pixmap::decode_png(png).expect("a PNG");
    assert_eq!((picture.width(), picture.height()), (1_600, 1_240));
    let mut counts = BTreeMap::new();
    for point in picture.pixels() {
        let colour = [point.red(), point.green(), point.blue()];
        assert_eq!(point.alpha(), 255, "nothing shines through");
        *counts.entry(colour).or_default() += 1;
    }
    counts
}

fn colour(text: &str) -> Colour {
    let part = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
    [part(1), part(3), part(5)]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_group_that_occurs_has_its_colour_in_bars_and_legend() {
    for theme in [Theme::Dark, Theme::Light] {
        for days in [7, 30, 90, 365] {
            for report in [lively(days), colourful(days)] {
                let png = drawn(&report, theme, Language::En).await;
                assert!(png.len() < 400_000, "{} bytes", png.len());
                let counts = points(&png);
                let there = report.groups();
                for group in Group::ALL {
                    let of_colour = counts.get(&colour(theme.of(group))).copied();
                    let of_colour = of_colour.unwrap_or_default();
                    if there.contains(&group) {
                        // The square of the legend alone has 1,600.
                        assert!(of_colour > 1_600, "{theme:?} {days} {group:?}: {of_colour}");
                    } else {
                        assert_eq!(of_colour, 0, "{theme:?} {days} {group:?}");
                    }
                }
                let background = counts[&colour(theme.background())];
                assert!(background > 1_600 * 1_240 / 3, "{background}");
                assert!(counts[&colour(theme.text())] > 1_000, "words stand there");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_data_is_a_friendly_picture() {
    for theme in [Theme::Dark, Theme::Light] {
        let counts = points(&drawn(&quiet(30), theme, Language::De).await);
        assert!(counts[&colour(theme.of(Group::Notify))] > 4_000, "the mark");
        assert!(counts[&colour(theme.text())] > 1_000, "words stand there");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn languages_and_numbers_of_any_size_can_be_drawn() {
    let mut large = colourful(90);
    for count in large.days.iter_mut().flat_map(BTreeMap::values_mut) {
        *count *= 100_000;
    }
    let english = drawn(&lively(7), Theme::Dark, Language::En).await;
    let german = drawn(&lively(7), Theme::Dark, Language::De).await;
    assert_ne!(english, german);
    points(&drawn(&large, Theme::Light, Language::De).await);
    assert_eq!(english, drawn(&lively(7), Theme::Dark, Language::En).await);
}

/// What is looked at by people: `AIMOD_PICTURES=DIR` keeps the pictures there.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_can_be_kept_to_be_looked_at() {
    let folder = option_env!("AIMOD_PICTURES").map(PathBuf::from);
    for (theme, look) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        for (name, report) in [
            ("1", lively(2)),
            ("7", lively(7)),
            ("30", lively(30)),
            ("90", lively(90)),
            ("90-all-groups", colourful(90)),
            ("365", lively(365)),
            ("none", quiet(30)),
        ] {
            for language in [Language::En, Language::De] {
                let png = drawn(&report, theme, language).await;
                assert!(png.starts_with(b"\x89PNG"));
                if let Some(folder) = &folder {
                    let name = format!("{look}-{name}-{}.png", language.code());
                    std::fs::write(folder.join(name), png).expect("a place for pictures");
                }
            }
        }
    }
}

/// Colours as eyes with a kind of colour blindness see them (Machado, Oliveira and Fernandes, 2009), in linear light.
const EYES: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
    [
        [1.255_528, -0.076_749, -0.178_779],
        [-0.078_411, 0.930_809, 0.147_602],
        [0.004_733, 0.691_367, 0.303_900],
    ],
];

fn linear(colour: Colour) -> [f64; 3] {
    colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn times(matrix: [[f64; 3]; 3], vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// Björn Ottosson's Oklab: equal distances look equally far apart.
fn oklab(linear: [f64; 3]) -> [f64; 3] {
    let cones = times(
        [
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        linear.map(|part| part.clamp(0.0, 1.0)),
    );
    times(
        [
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    )
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = linear(colour);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[test]
fn colours_stay_apart_for_every_kind_of_eyes_and_stand_out() {
    for theme in [Theme::Dark, Theme::Light] {
        let background = luminance(colour(theme.background()));
        for (place, one) in Group::ALL.into_iter().enumerate() {
            let light = luminance(colour(theme.of(one)));
            let contrast = (light.max(background) + 0.05) / (light.min(background) + 0.05);
            // WCAG 2.2 asks for 3:1 between a graphic and what it stands on.
            assert!(contrast >= 3.0, "{theme:?} {one:?}: {contrast:.2}");
            for other in &Group::ALL[place + 1..] {
                for eyes in EYES {
                    let seen = |group| oklab(times(eyes, linear(colour(theme.of(group)))));
                    let (a, b) = (seen(one), seen(*other));
                    let apart = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
                    let apart = apart.sqrt();
                    assert!(apart > 0.12, "{theme:?} {one:?} {other:?}: {apart:.3}");
                }
            }
        }
    }
}

#[test]
fn letters_are_large_enough_for_a_phone() {
    for report in [lively(7), colourful(90), colourful(365), quiet(30)] {
        let svg = picture::svg(TEXTS.speech(Language::De), &report, Theme::Dark);
        let sizes = svg.split("font-size=\"").skip(1);
        let sizes = sizes.filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
        let smallest = sizes.fold(f64::INFINITY, f64::min);
        // A phone shows the picture some 370 points wide, where text is read from 10 points on.
        let shown = smallest * 370.0 / f64::from(picture::WIDTH);
        assert!(shown >= 10.0, "{shown}");
    }
}
