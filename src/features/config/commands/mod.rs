//! `/config`: one file per group of subcommands.

mod change;
mod check;
mod complete;
mod past;
mod show;
mod transfer;

use self::change::{add, remove, reset, set};
use self::check::check;
use self::past::{diff, history, rollback};
use self::show::show;
use self::transfer::{export, import};
use crate::commands::components::{Component, Place, Reaction};
use crate::commands::permission::{Needs, needs};
use crate::commands::{CommandResult, Context};
use crate::domain::permissions::Permissions;

/// Who may do all of this.
const NEEDED: Needs = needs(Permissions::MANAGE_GUILD);

/// Looks at and changes this server's settings.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands(
        "show", "set", "add", "remove", "reset", "history", "diff", "rollback", "check", "export",
        "import"
    ),
    subcommand_required,
    custom_data = "NEEDED"
)]
pub(in crate::features) async fn config(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    let one = |name, prefix, handle| Component {
        name,
        prefix,
        needs: NEEDED,
        place: Place::Guild,
        reaction: Reaction::Answer(handle),
    };
    vec![
        one("config show page", "config/show", |press| {
            Box::pin(show::turn(press))
        }),
        one("config history page", "config/history", |press| {
            Box::pin(past::turn(press))
        }),
        one("config rollback button", "config/rollback", |press| {
            Box::pin(past::roll_back(press))
        }),
        one("config import button", "config/import", |press| {
            Box::pin(transfer::apply(press))
        }),
        one("config cancel button", "config/cancel", |press| {
            Box::pin(transfer::cancel(press))
        }),
    ]
}
