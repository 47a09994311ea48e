//! The picture as SVG: title, stacked bars over days, axes, legend. Pure; holds no word that a member has written.

use super::super::group::Group;
use super::super::replies::{date, range_of, title, weekday, word};
use super::super::report::{Report, Stretch};
use super::theme::Theme;
use super::{HEIGHT, WIDTH};
use crate::guild::language::Speech;

/// Where the bars stand.
const LEFT: f64 = 76.0;
const RIGHT: f64 = 776.0;
const TOP: f64 = 150.0;
const BOTTOM: f64 = 462.0;

/// Up to so many days have a bar each; more would be thinner than a hair, and have one a week.
const BARS_OF_DAYS: usize = 120;

/// Up to so many bars have a label each, and their sums above them.
const FEW: usize = 8;

/// Labels below many bars.
const LABELS: usize = 5;

/// Entries of the legend in a row.
const LEGEND_COLUMNS: usize = 4;

/// Draws a report.
pub(in super::super) fn svg(speech: Speech, report: &Report, theme: Theme) -> String {
    let mut sheet = Sheet::new(theme);
    if report.total() == 0 {
        quiet(&mut sheet, speech, report);
    } else {
        Chart::of(report).draw(&mut sheet, speech, report);
    }
    sheet.finish()
}

/// An SVG while it is written.
struct Sheet {
    svg: String,
    theme: Theme,
}

/// How a text stands.
#[derive(Clone, Copy)]
struct Font {
    size: f64,
    bold: bool,
    faint: bool,
    anchor: &'static str,
}

const TITLE: Font = Font {
    size: 34.0,
    bold: true,
    faint: false,
    anchor: "start",
};
const LABEL: Font = Font {
    size: 22.0,
    bold: false,
    faint: true,
    anchor: "start",
};
const CENTRED: Font = Font {
    anchor: "middle",
    ..LABEL
};
const NUMBER: Font = Font {
    anchor: "end",
    ..LABEL
};
const SUM: Font = Font {
    bold: true,
    faint: false,
    ..CENTRED
};
const ENTRY: Font = Font {
    faint: false,
    ..LABEL
};

impl Sheet {
    fn new(theme: Theme) -> Self {
        let mut sheet = Self {
            svg: format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="Inter">"#
            ),
            theme,
        };
        let whole = (f64::from(WIDTH), f64::from(HEIGHT));
        sheet.bar((0.0, 0.0), whole, theme.background());
        sheet
    }

    fn bar(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str) {
        self.svg.push_str(&format!(
            r#"<rect x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}" fill="{colour}"/>"#
        ));
    }

    fn text(&mut self, (x, y): (f64, f64), font: Font, text: &str) {
        let colour = if font.faint {
            self.theme.faint()
        } else {
            self.theme.text()
        };
        let weight = if font.bold { 600 } else { 400 };
        let (size, anchor) = (font.size, font.anchor);
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        // A rim of the background keeps lines of the scale from crossing it.
        let rim = self.theme.background();
        self.svg.push_str(&format!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{colour}" stroke="{rim}" stroke-width="6" stroke-linejoin="round" paint-order="stroke">{text}</text>"#
        ));
    }

    fn finish(mut self) -> String {
        self.svg.push_str("</svg>");
        self.svg
    }
}

/// Nothing to count is good news.
fn quiet(sheet: &mut Sheet, speech: Speech, report: &Report) {
    let middle = f64::from(WIDTH) / 2.0;
    let colour = sheet.theme.of(Group::Notify);
    sheet.svg.push_str(&format!(
        r#"<circle cx="{middle}" cy="210" r="84" fill="none" stroke="{colour}" stroke-width="10"/><path d="M{} 212 l27 28 l52 -58" fill="none" stroke="{colour}" stroke-width="12" stroke-linecap="round" stroke-linejoin="round"/>"#,
        middle - 40.0
    ));
    let font = Font {
        anchor: "middle",
        size: 44.0,
        ..TITLE
    };
    sheet.text((middle, 376.0), font, &speech.say("stats-quiet-title"));
    let days = [("days", report.days.len().into())];
    let big = Font {
        size: 28.0,
        ..CENTRED
    };
    sheet.text(
        (middle, 428.0),
        big,
        &speech.with("stats-quiet-text", &days),
    );
    sheet.text((middle, 566.0), CENTRED, &range_of(speech, &report.span));
    let zone = [("zone", report.span.zone.name().into())];
    sheet.text(
        (middle, 596.0),
        CENTRED,
        &speech.with("stats-axis-days", &zone),
    );
}

/// Bars and the scale they are drawn to.
struct Chart {
    bars: Vec<Stretch>,
    weekly: bool,
    step: i64,
    most: i64,
}

impl Chart {
    fn of(report: &Report) -> Self {
        let weekly = report.days.len() > BARS_OF_DAYS;
        let bars = report.stretches(if weekly { 7 } else { 1 });
        let highest = bars.iter().map(Stretch::total).max().unwrap_or_default();
        let step = step(highest);
        Self {
            bars,
            weekly,
            step,
            // Room for the sum above the highest bar.
            most: (highest / step + 1) * step,
        }
    }

    fn draw(&self, sheet: &mut Sheet, speech: Speech, report: &Report) {
        sheet.text((28.0, 54.0), TITLE, &title(speech, report));
        sheet.text((28.0, 88.0), LABEL, &range_of(speech, &report.span));
        let per = if self.weekly {
            "stats-axis-per-week"
        } else {
            "stats-axis-per-day"
        };
        sheet.text((28.0, 128.0), LABEL, &speech.say(per));
        self.scale(sheet);
        for (place, bar) in self.bars.iter().enumerate() {
            self.stack(sheet, place, bar);
        }
        sheet.bar((LEFT, BOTTOM), (RIGHT - LEFT, 2.0), sheet.theme.faint());
        self.sums(sheet);
        self.labels(sheet, speech);
        let axis = if self.weekly {
            "stats-axis-weeks"
        } else {
            "stats-axis-days"
        };
        let zone = [("zone", report.span.zone.name().into())];
        let middle = f64::midpoint(LEFT, RIGHT);
        sheet.text((middle, BOTTOM + 62.0), CENTRED, &speech.with(axis, &zone));
        legend(sheet, speech, report);
    }

    fn scale(&self, sheet: &mut Sheet) {
        let mut value = 0;
        while value <= self.most {
            let y = self.height_of(value);
            if value > 0 {
                sheet.bar((LEFT, y - 0.5), (RIGHT - LEFT, 1.0), sheet.theme.line());
            }
            sheet.text((LEFT - 10.0, y + 8.0), NUMBER, &short(value));
            value += self.step;
        }
    }

    fn height_of(&self, value: i64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * as_f64(value) / as_f64(self.most.max(1))
    }

    /// The width that each bar has with the space beside it.
    fn slot(&self) -> f64 {
        (RIGHT - LEFT) / self.bars.len().max(1) as f64
    }

    fn middle_of(&self, place: usize) -> f64 {
        LEFT + self.slot() * (place as f64 + 0.5)
    }

    fn stack(&self, sheet: &mut Sheet, place: usize, bar: &Stretch) {
        let width = (self.slot() * 0.78).min(56.0);
        let x = self.middle_of(place) - width / 2.0;
        let mut below = 0;
        for (group, count) in Group::ALL.into_iter().zip(bar.counts) {
            if count == 0 {
                continue;
            }
            let (from, to) = (self.height_of(below), self.height_of(below + count));
            // A thin line of the background parts what is stacked.
            let gap = if below > 0 && from - to > 3.0 {
                1.0
            } else {
                0.0
            };
            let colour = sheet.theme.of(group);
            sheet.bar((x, to), (width, from - to - gap), colour);
            below += count;
        }
    }

    /// The sum above each of few bars, else above the highest one.
    fn sums(&self, sheet: &mut Sheet) {
        let highest = self.bars.iter().map(Stretch::total).max();
        let of_many = self
            .bars
            .iter()
            .position(|bar| Some(bar.total()) == highest);
        for (place, bar) in self.bars.iter().enumerate() {
            let is_shown = self.bars.len() <= FEW || Some(place) == of_many;
            if is_shown && bar.total() > 0 {
                let at = (self.middle_of(place), self.height_of(bar.total()) - 8.0);
                sheet.text(at, SUM, &short(bar.total()));
            }
        }
    }

    fn labels(&self, sheet: &mut Sheet, speech: Speech) {
        let last = self.bars.len().saturating_sub(1);
        let many = self.bars.len() > FEW;
        // From today backwards, so that today always has one.
        let every = if many { last.div_ceil(LABELS) } else { 1 };
        for (place, bar) in self.bars.iter().enumerate() {
            if !(last - place).is_multiple_of(every.max(1)) {
                continue;
            }
            let x = self.middle_of(place);
            sheet.bar((x - 1.0, BOTTOM), (2.0, 8.0), sheet.theme.faint());
            let label = if many || self.weekly {
                date(speech, bar.first)
            } else {
                format!("{} {}", weekday(speech, bar.first), bar.first.format("%-d"))
            };
            // Half of a label is wider than half of a thin bar.
            let x = x.clamp(LEFT + 6.0, RIGHT - 32.0);
            sheet.text((x, BOTTOM + 32.0), CENTRED, &label);
        }
    }
}

fn legend(sheet: &mut Sheet, speech: Speech, report: &Report) {
    let all = report.stretches(report.days.len());
    let Some(all) = all.first() else {
        return;
    };
    let entries = Group::ALL.into_iter().zip(all.counts);
    for (place, (group, count)) in entries.filter(|(_, count)| *count > 0).enumerate() {
        let (column, row) = (place % LEGEND_COLUMNS, place / LEGEND_COLUMNS);
        let (x, y) = (28.0 + column as f64 * 190.0, 566.0 + row as f64 * 34.0);
        let colour = sheet.theme.of(group);
        sheet.bar((x, y - 17.0), (20.0, 20.0), colour);
        let text = format!("{} {count}", word(speech, group));
        sheet.text((x + 30.0, y), ENTRY, &text);
    }
}

/// A number in at most five characters: the scale has no room for more.
fn short(number: i64) -> String {
    match number {
        ..10_000 => number.to_string(),
        10_000..1_000_000 => format!("{}k", number / 1_000),
        _ => format!("{}M", number / 1_000_000),
    }
}

/// The distance between lines of the scale: 1, 2 or 5 and zeros, so that there are few lines.
fn step(highest: i64) -> i64 {
    let steps = (0..=18).flat_map(|zeros| [1, 2, 5].map(|first| first * 10_i64.pow(zeros)));
    let mut fitting = steps.filter(|step| highest / 5 < *step);
    fitting.next().unwrap_or(i64::MAX)
}

/// Counts are far from where numbers lose their digits.
#[expect(clippy::cast_precision_loss, reason = "a place on the sheet")]
const fn as_f64(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_beside_the_scale() {
        for (number, shown) in [
            (0, "0"),
            (9_999, "9999"),
            (10_000, "10k"),
            (999_999, "999k"),
            (2_000_000, "2M"),
        ] {
            assert_eq!(short(number), shown);
        }
    }
}
