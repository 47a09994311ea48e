//! The walk through each class of rows that have a time limit, window by window.

use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, Utc};

use super::{Upkeep, days_before};
use crate::store::tables::retention::{Class, ForgetProgress, Sweep};

/// Rows that are looked at in one step. A look is cheap; few of them are too old at any one time.
const WINDOW: i64 = 2_000;
/// The pause between two steps, so that others come first.
const PAUSE: Duration = Duration::from_millis(5);

impl Upkeep {
    /// Walks through every class that has a limit.
    pub(super) async fn walk_through(
        &self,
        now: DateTime<Utc>,
    ) -> Vec<(&'static str, anyhow::Result<i64>)> {
        let mut outcomes = Vec::new();
        for class in Class::ALL {
            let rows = match days_before(now, self.days(class)) {
                Some(before) => self.walk(class, before, now).await,
                None => Ok(0),
            };
            outcomes.push((class.label(), rows));
        }
        if let Some(before) = days_before(now, self.settings.drafts_days) {
            outcomes.push(("progress", self.forget_progress(before).await));
        }
        outcomes
    }

    const fn days(&self, class: Class) -> u32 {
        match class {
            Class::Appeals => self.settings.appeals_days,
            Class::Infractions => self.settings.infractions_days,
            Class::Cases => self.settings.cases_days,
            Class::UserData => self.settings.user_data_days,
            Class::Notes => self.settings.notes_days,
            Class::RemovedNotes => self.settings.removed_notes_days,
            Class::Journal => self.settings.journal_days,
            Class::Drafts => self.settings.drafts_days,
        }
    }

    async fn walk(
        &self,
        class: Class,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<i64> {
        let mut gone = 0;
        let mut after = None;
        loop {
            let step = Sweep {
                class,
                before,
                now,
                after,
                most: WINDOW,
            };
            let swept = self.writer.keep_now(step).await?;
            gone += swept.removed;
            if swept.last.is_none() {
                return Ok(gone);
            }
            after = swept.last;
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn forget_progress(&self, before: DateTime<Utc>) -> anyhow::Result<i64> {
        let gone = self.writer.keep_now(ForgetProgress { before }).await?;
        i64::try_from(gone).context("no table has so many rows")
    }
}
