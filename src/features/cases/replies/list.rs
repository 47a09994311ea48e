//! `/case list`: cases in pages, newest first.

use super::super::card::length;
use super::super::table::Filter;
use super::super::text::line;
use super::{action_in_words, moderator, target};
use crate::commands::components::custom_id;
use crate::commands::reply::{Message, page_buttons};
use crate::domain::ids::{CaseNumber, UserId};
use crate::guild::language::Speech;
use crate::store::tables::cases::Case;

/// Cases on one page.
const PER_PAGE: i64 = 10;

/// What of a reason is shown in a line.
const MOST_REASON: usize = 70;

/// Stands in a custom id where nothing is filtered.
const ALL: &str = "-";

/// Which part of which list is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Place {
    pub(in super::super) filter: Filter,
    /// The newest case that counts: later ones would shift the pages.
    pub(in super::super) newest: CaseNumber,
    /// The page, from 1.
    pub(in super::super) page: i64,
}

impl Place {
    /// The first page of a list as it is now.
    pub(in super::super) const fn first(filter: Filter) -> Self {
        Self {
            filter,
            newest: CaseNumber(i64::MAX),
            page: 1,
        }
    }

    /// Reads the rest of a custom id.
    pub(in super::super) fn read(rest: &str) -> Option<Self> {
        let mut parts = rest.splitn(5, '/');
        let newest = CaseNumber(parts.next()?.parse().ok()?);
        let page = parts.next()?.parse().ok()?;
        let filter = Filter {
            user: read_user(parts.next()?)?,
            moderator: read_user(parts.next()?)?,
            action: Some(parts.next()?)
                .filter(|action| *action != ALL)
                .map(str::to_owned),
        };
        Some(Self {
            filter,
            newest,
            page,
        })
    }

    fn id(&self, page: i64) -> String {
        let user = |user: Option<UserId>| user.map_or(ALL.to_owned(), |user| user.to_string());
        let (member, moderator) = (user(self.filter.user), user(self.filter.moderator));
        let action = self.filter.action.as_deref().unwrap_or(ALL);
        custom_id(
            "cases/list",
            &[&self.newest, &page, &member, &moderator, &action],
        )
    }

    /// Turns to a page that is there, of so many cases.
    pub(in super::super) fn turned(mut self, count: i64) -> Self {
        self.page = self.page.clamp(1, pages(count));
        self
    }

    /// How many cases come before the page, and how many it holds.
    pub(in super::super) const fn piece(&self) -> (i64, i64) {
        ((self.page - 1) * PER_PAGE, PER_PAGE)
    }
}

/// A user of a filter, or that there is none; `None` for what is neither.
fn read_user(part: &str) -> Option<Option<UserId>> {
    match part {
        ALL => Some(None),
        id => id.parse().ok().map(Some),
    }
}

const fn pages(count: i64) -> i64 {
    match count / PER_PAGE + (count % PER_PAGE > 0) as i64 {
        0 => 1,
        pages => pages,
    }
}

/// An action that no case has and no button could carry.
pub(in super::super) fn no_such_action(speech: Speech, actions: &[&str]) -> String {
    let names: Vec<String> = actions.iter().map(|action| format!("`{action}`")).collect();
    speech.with(
        "cases-no-such-action",
        &[("actions", names.join(", ").into())],
    )
}

/// A page of cases.
pub(in super::super) fn list(speech: Speech, place: &Place, rows: &[Case], count: i64) -> Message {
    if rows.is_empty() {
        return Message::new(speech.say("cases-list-none"));
    }
    let pages = pages(count);
    let mut text = if pages == 1 {
        speech.with("cases-list", &[("count", count.into())])
    } else {
        let args = [
            ("count", count.into()),
            ("page", place.page.into()),
            ("pages", pages.into()),
        ];
        speech.with("cases-list-page", &args)
    };
    for case in rows {
        text.push_str(&format!("\n{}", entry(speech, case)));
    }
    Message::new(text).with_buttons(page_buttons(place.page, pages, |page| place.id(page)))
}

fn entry(speech: Speech, case: &Case) -> String {
    let action = action_in_words(speech, &case.action_type, length(case));
    let reason = case.reason.as_deref().filter(|reason| !reason.is_empty());
    let reason = reason.map_or_else(
        || speech.say("cases-no-reason"),
        |reason| line(reason, MOST_REASON),
    );
    let args = [
        ("number", case.case_number.to_string().into()),
        ("action", action.into()),
        ("member", target(speech, case.target_user_id).into()),
        ("who", moderator(case.moderator_id).into()),
        (
            "when",
            format!("<t:{}:d>", case.created_at.timestamp()).into(),
        ),
        ("reason", reason.into()),
    ];
    match (case.outcome.as_str(), case.lifted_at) {
        ("FAILED", _) => speech.with("cases-entry-failed", &args),
        (_, Some(_)) => speech.with("cases-entry-lifted", &args),
        _ => speech.with("cases-entry", &args),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(filter: Filter) -> Place {
        Place {
            filter,
            newest: CaseNumber(31),
            page: 2,
        }
    }

    #[test]
    fn a_place_survives_its_custom_id() {
        let full = Filter {
            user: Some(UserId(u64::MAX)),
            moderator: Some(UserId(0)),
            action: Some("A/B".into()),
        };
        for filter in [Filter::default(), full] {
            let place = place(filter);
            let id = place.id(2);
            let rest = id.strip_prefix("cases/list/").expect("the prefix");
            assert_eq!(Place::read(rest), Some(place));
        }
    }

    #[test]
    fn the_longest_custom_id_is_one_that_discord_takes() {
        let longest = Place {
            filter: Filter {
                user: Some(UserId(u64::MAX)),
                moderator: Some(UserId(u64::MAX)),
                action: Some("END_TIMEOUT".into()),
            },
            newest: CaseNumber(i64::from(u32::MAX)),
            page: 100_000_000,
        };
        assert!(longest.id(longest.page).len() <= 100);
    }

    #[test]
    fn what_is_no_place_is_not_read() {
        for rest in [
            "",
            "1",
            "1/2",
            "1/2/-",
            "1/2/-/-",
            "x/2/-/-/-",
            "1/x/-/-/-",
            "1/2/x/-/-",
        ] {
            assert_eq!(Place::read(rest), None, "{rest}");
        }
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        for (page, count, turned) in [(1, 0, 1), (9, 10, 1), (9, 11, 2), (-3, 40, 1), (4, 40, 4)] {
            let place = Place {
                page,
                ..place(Filter::default())
            };
            assert_eq!(place.turned(count).page, turned, "{page} of {count}");
        }
    }
}
