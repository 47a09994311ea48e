//! Changing what a case says: the row with its trace first, in one transaction, then its card.

use super::desk::Desk;
use super::replies::{self};
use super::table::{EditCase, Edited, Field, NewText};
use super::text::{self, MOST_WRITTEN};
use crate::commands::{CommandError, Refusal};
use crate::domain::ids::CaseNumber;

/// What somebody wants a case to say.
pub(super) struct Asked<'a> {
    number: i64,
    texts: Vec<(Field, &'a str)>,
    seen: Option<i64>,
}

impl<'a> Asked<'a> {
    /// Nothing yet.
    pub(super) const fn new(number: i64) -> Self {
        Self {
            number,
            texts: Vec::new(),
            seen: None,
        }
    }

    /// And this.
    pub(super) fn with(mut self, field: Field, text: &'a str) -> Self {
        self.texts.push((field, text));
        self
    }

    /// Provided that nobody has changed the case after its change `seen`, 0 for none.
    pub(super) const fn based_on(mut self, seen: i64) -> Self {
        self.seen = Some(seen);
        self
    }

    fn read(&self, desk: &Desk<'_>) -> Result<EditCase, Refusal> {
        let read = self.texts.iter().map(|(field, text)| {
            let text = text::read(text)
                .map_err(|long| Refusal::new(replies::too_long(desk.speech, *field, long)))?;
            if text.is_none() && *field == Field::Reason {
                return Err(Refusal::new(replies::reason_missing(desk.speech)));
            }
            Ok(NewText {
                field: *field,
                text,
            })
        });
        Ok(EditCase {
            guild: desk.guild,
            number: CaseNumber(self.number),
            by: desk.user,
            texts: read.collect::<Result<_, _>>()?,
            seen: self.seen,
        })
    }
}

/// Whether a form came back with another text than it was opened with, which is cut where it is too long for a form.
pub(super) fn unlike(sent: &str, old: Option<&str>) -> bool {
    let shown: String = old.unwrap_or_default().chars().take(MOST_WRITTEN).collect();
    shown.trim() != sent
}

/// Makes the change; what somebody reads of it.
pub(super) async fn change(desk: &Desk<'_>, asked: Asked<'_>) -> Result<String, CommandError> {
    let number = asked.number;
    let audience = desk.audience(&desk.case_to_change(number).await?);
    let refused = match desk.services.write(asked.read(desk)?).await? {
        Edited::Changed(changed) => {
            let card = super::republish::show(desk, &changed).await;
            return Ok(replies::changed(
                desk.speech,
                audience,
                &changed,
                card.as_ref(),
            ));
        }
        Edited::NoSuchCase => desk.no_such_case(number),
        Edited::Same => Refusal::new(replies::same(desk.speech, number)),
        Edited::Outdated(by) => Refusal::new(replies::outdated(desk.speech, number, by)),
    };
    Err(refused.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_sent_as_it_was_opened_changes_nothing() {
        assert!(!unlike("spam", Some("spam ")));
        assert!(!unlike("", None));
        let long = "ä".repeat(2 * MOST_WRITTEN);
        let shown = "ä".repeat(MOST_WRITTEN);
        assert!(!unlike(&shown, Some(&long)), "it is not cut by its form");
        assert!(unlike("spam!", Some("spam")));
        assert!(unlike("", Some("spam")));
    }
}
