//! What a moderator reads about infractions, and what a warned member reads.

mod removed;

use std::sync::LazyLock;

use serenity::all::{ButtonStyle, CreateButton};

pub(super) use self::removed::removed;
use crate::commands::components::custom_id;
use crate::commands::reply::{Message, page_buttons};
use crate::domain::ids::{CaseNumber, UserId};
use crate::domain::verdict::CASE_NUMBER_MARK;
use crate::features::cases;
use crate::guild::language::{Arg, Language, Speech, Texts};
use crate::store::tables::infractions::Infraction;

/// What of a rule is shown in a line, where a page holds few lines.
const MOST_RULE: usize = 150;

/// The lines of a page share so many characters.
const ROOM: usize = 1_700;

/// The texts of the room.
pub(in crate::features) static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::new(
        "infractions",
        &[
            (Language::En, include_str!("../texts/en.ftl")),
            (Language::De, include_str!("../texts/de.ftl")),
        ],
    )
});

/// Which part of whose history is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) user: UserId,
    pub(super) per_page: i64,
    /// The page, from 1.
    pub(super) page: i64,
}

impl Place {
    /// Reads the rest of a custom id.
    pub(super) fn read(rest: &str) -> Option<Self> {
        let mut parts = rest.split('/');
        let user = parts.next()?.parse().ok()?;
        let per_page = parts.next()?.parse().ok()?;
        let page = parts.next()?.parse().ok()?;
        (1..=25).contains(&per_page).then_some(Self {
            user,
            per_page,
            page,
        })
    }

    fn id(self, page: i64) -> String {
        custom_id("infractions/view", &[&self.user, &self.per_page, &page])
    }

    fn pages(self, count: i64) -> i64 {
        (count.saturating_add(self.per_page - 1) / self.per_page).max(1)
    }

    /// Turns to a page that is there, of so many infractions.
    pub(super) fn turned(mut self, count: i64) -> Self {
        self.page = self.page.clamp(1, self.pages(count));
        self
    }

    /// How many come before the page, and how many it holds.
    pub(super) const fn piece(self) -> (i64, i64) {
        ((self.page - 1) * self.per_page, self.per_page)
    }
}

/// A page of a member's history.
pub(super) fn history(speech: Speech, place: Place, rows: &[Infraction], total: i64) -> Message {
    if rows.is_empty() {
        return Message::new(none(speech, place.user));
    }
    let pages = place.pages(total);
    let mut args = vec![("count", total.into()), member(place.user)];
    let mut text = if pages == 1 {
        speech.with("infractions-title", &args)
    } else {
        args.extend([("page", place.page.into()), ("pages", pages.into())]);
        speech.with("infractions-title-page", &args)
    };
    let most = (ROOM / rows.len()).saturating_sub(70).clamp(10, MOST_RULE);
    for row in rows {
        text.push_str(&format!("\n- {}", line(speech, row, most)));
    }
    Message::new(text).with_buttons(page_buttons(place.page, pages, |page| place.id(page)))
}

fn line(speech: Speech, row: &Infraction, most: usize) -> String {
    let rule = match row.rule_violated.as_deref() {
        Some(rule) => cut(rule, most),
        None => speech.say("infractions-no-rule"),
    };
    let action = action(speech, row.action_taken.as_deref());
    let mut args = vec![
        ("id", row.id.to_string().into()),
        (
            "when",
            format!("<t:{}:d>", row.timestamp.timestamp()).into(),
        ),
        ("action", action.into()),
        ("rule", rule.into()),
    ];
    match row.case_number {
        Some(number) => {
            args.push(("case", number.to_string().into()));
            speech.with("infractions-line-case", &args)
        }
        None => speech.with("infractions-line", &args),
    }
}

fn action(speech: Speech, action: Option<&str>) -> String {
    match action {
        Some(action) => cases::action_word(speech.language(), action),
        None => speech.say("infractions-no-action"),
    }
}

fn cut(text: &str, most: usize) -> String {
    let flat = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    match flat.clone().nth(most) {
        Some(_) => flat.take(most - 1).chain(['…']).collect(),
        None => flat.collect(),
    }
}

fn member(user: UserId) -> (&'static str, Arg<'static>) {
    ("member", format!("<@{user}>").into())
}

/// A member without infractions.
pub(super) fn none(speech: Speech, user: UserId) -> String {
    speech.with("infractions-none", &[member(user)])
}

/// A number that no infraction of the server has.
pub(super) fn no_such(speech: Speech, id: i64) -> String {
    speech.with("infractions-no-such", &[("id", id.to_string().into())])
}

/// The question before a history is wiped.
pub(super) fn clear(speech: Speech, user: UserId, count: i64, last: i64) -> Message {
    let yes = CreateButton::new(custom_id("infractions/clear", &[&user, &last]))
        .label(speech.say("infractions-clear-button"))
        .style(ButtonStyle::Danger);
    let no = CreateButton::new(custom_id("infractions/cancel", &[]))
        .label(speech.say("infractions-cancel-button"))
        .style(ButtonStyle::Secondary);
    let args = [("count", count.into()), member(user)];
    Message::new(speech.with("infractions-clear", &args)).with_buttons(vec![yes, no])
}

/// A history that is wiped.
pub(super) fn cleared(speech: Speech, user: UserId, count: i64, by: UserId) -> String {
    let who = ("who", format!("<@{by}>").into());
    speech.with(
        "infractions-cleared",
        &[("count", count.into()), member(user), who],
    )
}

/// A history that somebody else has wiped since.
pub(super) fn nothing_left(speech: Speech, user: UserId) -> String {
    speech.with("infractions-nothing-left", &[member(user)])
}

/// A text that is too long.
pub(super) fn too_long(speech: Speech, what: Part, (most, characters): (usize, usize)) -> String {
    let args = [("most", most.into()), ("characters", characters.into())];
    match what {
        Part::Rule => speech.with("infractions-rule-too-long", &args),
        Part::Reasoning => speech.with("infractions-reasoning-too-long", &args),
    }
}

/// A part of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Rule,
    Reasoning,
}

/// A warning without a rule.
pub(super) fn rule_missing(speech: Speech) -> String {
    speech.say("infractions-rule-missing")
}

/// What a warned member reads.
pub(super) fn notice(speech: Speech, guild: &str, reason: &str) -> String {
    // A name or reason cannot pretend to be more than one line of the notice.
    let args = [
        ("guild", cut(guild, 100).replace('`', "ˋ").into()),
        ("reason", cut(reason, 900).into()),
        ("number", CASE_NUMBER_MARK.into()),
    ];
    speech.with("infractions-notice", &args)
}

/// Whether a warned member was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The direct message has arrived.
    Yes,
    /// The member takes none.
    Closed,
    /// They are not on the server, where nobody can write to them.
    Away,
    /// Discord did not take it.
    No,
    /// Discord does not answer; it is tried on.
    NotYet,
}

/// A warning that was given.
pub(super) fn warned(speech: Speech, user: UserId, case: Option<CaseNumber>, told: Told) -> String {
    let warned = match case {
        Some(case) => {
            let number = ("number", case.to_string().into());
            speech.with("infractions-warned", &[member(user), number])
        }
        None => speech.with("infractions-warned-unnumbered", &[member(user)]),
    };
    let told = match told {
        Told::Yes => speech.say("infractions-told"),
        Told::Closed => speech.say("infractions-not-told-closed"),
        Told::Away => speech.say("infractions-not-told-away"),
        Told::No => speech.say("infractions-not-told"),
        Told::NotYet => speech.say("infractions-told-later"),
    };
    format!("{warned}\n{told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_custom_id() {
        let place = Place {
            user: UserId(u64::MAX),
            per_page: 25,
            page: 7,
        };
        let id = place.id(7);
        let rest = id.strip_prefix("infractions/view/").expect("the prefix");
        assert_eq!(Place::read(rest), Some(place));
        for rest in ["", "5", "5/10", "5/0/1", "5/26/1", "x/10/1", "5/10/x"] {
            assert_eq!(Place::read(rest), None, "{rest}");
        }
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let turned = |page, count| {
            let place = Place {
                user: UserId(5),
                per_page: 10,
                page,
            };
            let place = place.turned(count);
            (place.page, place.piece())
        };
        assert_eq!(turned(9, 0), (1, (0, 10)));
        assert_eq!(turned(9, 20), (2, (10, 10)));
        assert_eq!(turned(-1, 21), (1, (0, 10)));
    }

    #[test]
    fn the_fullest_page_fits_into_a_message() {
        let row = |id| Infraction {
            id,
            timestamp: chrono::DateTime::UNIX_EPOCH,
            rule_violated: Some("long ".repeat(100)),
            action_taken: Some("TIMEOUT_MEDIUM".into()),
            reasoning: None,
            case_number: Some(i64::from(i32::MAX)),
        };
        for language in Language::COMPLETE {
            for count in [1, 10, 25] {
                let rows: Vec<_> = (0..count).map(|n| row(9_000_000_000 + n)).collect();
                let place = Place {
                    user: UserId(u64::MAX),
                    per_page: count,
                    page: 1,
                };
                let page = history(TEXTS.speech(language), place, &rows, 10_000);
                let lines = i64::try_from(page.text.lines().count());
                assert_eq!(lines, Ok(count + 1), "{}", page.text);
            }
        }
    }
}
