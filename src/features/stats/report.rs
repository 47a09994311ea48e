//! What a guild has punished in some days, with every day in it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value as Json, json};

use super::days::Span;
use super::group::{GROUPS, Group};
use super::table;
use crate::domain::ids::GuildId;

/// What an infraction without an action counts as, as in the seed.
const UNKNOWN: &str = "UNKNOWN";

/// The most characters of an action's word; older programs may have written anything.
const MOST_WORD: usize = 24;

/// Infractions per day and action, days without any included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) span: Span,
    /// For each day of the span, how often which action was taken.
    pub(crate) days: Vec<BTreeMap<String, i64>>,
    /// How many infractions there were in as many days before.
    pub(crate) before: i64,
    /// Cases that moderators have opened, per action. Infractions are what rules were broken by; a punishment by hand
    /// may come without one.
    pub(crate) by_hand: Vec<(String, i64)>,
}

/// Some days in a row, as one row of a table or one bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
    /// By [`Group::ALL`].
    pub(crate) counts: [i64; GROUPS],
}

impl Stretch {
    pub(crate) fn total(&self) -> i64 {
        self.counts.iter().sum()
    }
}

impl Report {
    /// Counts.
    ///
    /// # Errors
    /// Whatever the database gives.
    pub(crate) async fn load(
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        span: Span,
    ) -> QueryResult<Self> {
        let counted = table::list_day_counts(conn, guild, &span).await?;
        let before = table::count_infractions(conn, guild, span.bounds_before()).await?;
        let by_hand = table::list_cases_by_hand(conn, guild, span.bounds()).await?;
        let mut days = vec![BTreeMap::new(); span.len()];
        for row in counted {
            let place = usize::try_from(row.day).unwrap_or_default();
            if let Some(day) = place.checked_sub(1).and_then(|place| days.get_mut(place)) {
                *day.entry(word_of(row.action.as_deref())).or_default() += row.count;
            }
        }
        let by_hand = by_hand
            .into_iter()
            .map(|(action, count)| (word_of(Some(&action)), count))
            .collect();
        Ok(Self {
            span,
            days,
            before,
            by_hand,
        })
    }

    pub(crate) fn total(&self) -> i64 {
        self.days.iter().flat_map(BTreeMap::values).sum()
    }

    /// How often which action was taken in all days, most first.
    pub(crate) fn totals(&self) -> Vec<(&str, i64)> {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for (action, count) in self.days.iter().flatten() {
            *sums.entry(action).or_default() += count;
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(action, count)| (-count, *action));
        sums
    }

    /// The groups that occur.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let occurs = |group: &Group| {
            self.totals()
                .iter()
                .any(|(word, _)| Group::of(word) == *group)
        };
        Group::ALL.into_iter().filter(occurs).collect()
    }

    /// All days in stretches of `size` days, oldest first. The last one ends today, so the first may be shorter.
    pub(crate) fn stretches(&self, size: usize) -> Vec<Stretch> {
        let dated: Vec<_> = self.span.days.iter().zip(&self.days).collect();
        let mut stretches: Vec<Stretch> = dated.rchunks(size.max(1)).filter_map(stretch).collect();
        stretches.reverse();
        stretches
    }

    /// The same for programs.
    pub(crate) fn to_json(&self, guild: GuildId) -> Json {
        let days = self.span.days.iter().zip(&self.days).map(|(day, actions)| {
            let total: i64 = actions.values().sum();
            json!({"day": day, "total": total, "actions": actions})
        });
        let totals: Map<_, _> = self
            .totals()
            .into_iter()
            .map(|(action, count)| (action.to_owned(), count.into()))
            .collect();
        let by_hand: Map<_, _> = self
            .by_hand
            .iter()
            .map(|(action, count)| (action.clone(), (*count).into()))
            .collect();
        json!({
            "guild": guild,
            "time_zone": self.span.zone.name(),
            "total": self.total(),
            "total_before": self.before,
            "actions": totals,
            "days": days.collect::<Vec<_>>(),
            "cases_by_moderators": by_hand,
        })
    }
}

fn stretch(days: &[(&NaiveDate, &BTreeMap<String, i64>)]) -> Option<Stretch> {
    let (first, last) = (*days.first()?.0, *days.last()?.0);
    let mut counts = [0; GROUPS];
    for (action, count) in days.iter().flat_map(|(_, actions)| actions.iter()) {
        let group = Group::of(action);
        if let Some(place) = Group::ALL.iter().position(|one| *one == group) {
            counts[place] += count;
        }
    }
    Some(Stretch {
        first,
        last,
        counts,
    })
}

/// An action as it can be shown anywhere: a short word without signs that mean something to somebody.
fn word_of(action: Option<&str>) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let word: String = action
        .unwrap_or(UNKNOWN)
        .chars()
        .filter(fits)
        .take(MOST_WORD)
        .collect();
    match word.trim() {
        "" => UNKNOWN.to_owned(),
        word => word.to_ascii_uppercase(),
    }
}
