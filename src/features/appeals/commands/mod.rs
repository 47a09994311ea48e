//! `/appeal` for members, `/appeals` for the staff, and what is pressed and filled in.

mod member;
mod staff;

use crate::commands::Command;
use crate::commands::components::{Component, Place, Reaction};
use crate::commands::forms::FormKind;
use crate::commands::permission::{Needs, anyone, needs};
use crate::domain::permissions::Permissions;

use super::filing::{OPEN, PICK, SEND};
use super::replies::card::{APPROVE, DENY, REVIEW};

/// Who decides.
const STAFF: Needs = needs(Permissions::MODERATE_MEMBERS);

/// The room's commands.
pub(in crate::features) fn commands() -> Vec<Command> {
    vec![member::appeal(), staff::appeals()]
}

/// What may be pressed under notices, cards and answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, needs, place, reaction| Component {
        name,
        prefix,
        needs,
        place,
        reaction,
    };
    let opens = Reaction::Form;
    let answers = Reaction::Answer;
    vec![
        one(
            "appeal button",
            OPEN,
            anyone(),
            Place::Direct,
            opens(|press| Box::pin(member::open(press))),
        ),
        one(
            "appeal select",
            PICK,
            anyone(),
            Place::Direct,
            opens(|press| Box::pin(member::pick(press))),
        ),
        one(
            "appeals approve button",
            APPROVE,
            STAFF,
            Place::Guild,
            opens(|press| Box::pin(staff::approve(press))),
        ),
        one(
            "appeals deny button",
            DENY,
            STAFF,
            Place::Guild,
            opens(|press| Box::pin(staff::deny(press))),
        ),
        one(
            "appeals review button",
            REVIEW,
            STAFF,
            Place::Guild,
            answers(|press| Box::pin(staff::review(press))),
        ),
        one(
            "appeals list page",
            staff::LIST,
            STAFF,
            Place::Guild,
            answers(|press| Box::pin(staff::turn(press))),
        ),
    ]
}

/// What may be filled in.
pub(in crate::features) fn forms() -> Vec<FormKind> {
    vec![
        FormKind {
            name: "appeal form",
            prefix: SEND,
            needs: anyone(),
            place: Place::Direct,
            handle: |form| Box::pin(member::send(form)),
        },
        FormKind {
            name: "appeals approve form",
            prefix: staff::APPROVED,
            needs: STAFF,
            place: Place::Guild,
            handle: |form| Box::pin(staff::approved(form)),
        },
        FormKind {
            name: "appeals deny form",
            prefix: staff::DENIED,
            needs: STAFF,
            place: Place::Guild,
            handle: |form| Box::pin(staff::denied(form)),
        },
    ]
}
