//! `/case`: one file per group of subcommands.

mod edit;
mod list;
mod view;

use self::edit::{edit, note, reason};
use self::list::list;
use self::view::view;
use crate::commands::components::{Component, Place, Reaction};
use crate::commands::forms::FormKind;
use crate::commands::permission::{Needs, needs};
use crate::commands::{CommandResult, Context};
use crate::domain::permissions::Permissions;

/// Who may do all of this.
const NEEDED: Needs = needs(Permissions::MODERATE_MEMBERS);

/// The same, for the text command that notes something.
const TO_NOTE: Needs = NEEDED.typed("<number> <text>");

/// Looks up the cases of this server and corrects what they say.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("view", "list", "reason", "note", "edit"),
    subcommand_required,
    custom_data = "NEEDED"
)]
pub(in crate::features) async fn case(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, reaction| Component {
        name,
        prefix,
        needs: NEEDED,
        place: Place::Guild,
        reaction,
    };
    vec![
        one(
            "case list page",
            "cases/list",
            Reaction::Answer(|press| Box::pin(list::turn(press))),
        ),
        one(
            "case edit button",
            "cases/open",
            Reaction::Form(|press| Box::pin(edit::opened(press))),
        ),
    ]
}

/// What may be filled in.
pub(in crate::features) fn forms() -> Vec<FormKind> {
    vec![FormKind {
        name: "case edit form",
        prefix: "cases/edit",
        needs: NEEDED,
        place: Place::Guild,
        handle: |form| Box::pin(edit::sent(form)),
    }]
}
