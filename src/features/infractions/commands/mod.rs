//! `/infractions`: one file per subcommand.

mod add;
mod clear;
mod remove;
mod view;

use self::add::add;
use self::clear::clear;
use self::remove::remove;
use self::view::view;
use crate::commands::components::{Component, Handler, Place, Reaction};
use crate::commands::permission::{Needs, needs};
use crate::commands::{CommandResult, Context};
use crate::domain::permissions::Permissions;

/// Who may look.
const TO_LOOK: Needs = needs(Permissions::MODERATE_MEMBERS);

/// Who may warn, and take a warning back.
const TO_WARN: Needs = needs(Permissions::KICK_MEMBERS);

/// The same, for the text command that warns.
const TO_ADD: Needs = TO_WARN.typed("<user> <rule>");

/// Who may wipe a whole history: what is gone then cannot be brought back.
const TO_CLEAR: Needs = needs(Permissions::MANAGE_GUILD);

/// Looks up, adds and removes what members did against the rules.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("view", "add", "remove", "clear"),
    subcommand_required,
    custom_data = "TO_LOOK"
)]
pub(in crate::features) async fn infractions(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, needs, handle: Handler| Component {
        name,
        prefix,
        needs,
        place: Place::Guild,
        reaction: Reaction::Answer(handle),
    };
    vec![
        one(
            "infractions view page",
            "infractions/view",
            TO_LOOK,
            |press| Box::pin(view::turn(press)),
        ),
        one(
            "infractions clear button",
            "infractions/clear",
            TO_CLEAR,
            |press| Box::pin(clear::confirmed(press)),
        ),
        one(
            "infractions cancel button",
            "infractions/cancel",
            TO_CLEAR,
            |press| Box::pin(clear::cancelled(press)),
        ),
    ]
}
