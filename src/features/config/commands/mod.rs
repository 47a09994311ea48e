//! `/config`: one file per group of subcommands.

mod change;
mod complete;
mod show;

use self::change::{add, remove, reset, set};
use self::show::show;
use crate::commands::components::Component;
use crate::commands::permission::{Needs, needs};
use crate::commands::{CommandResult, Context};
use crate::domain::permissions::Permissions;

/// Who may do all of this.
const NEEDED: Needs = needs(Permissions::MANAGE_GUILD);

/// Looks at and changes this server's settings.
#[poise::command(
    slash_command,
    prefix_command,
    subcommands("show", "set", "add", "remove", "reset"),
    subcommand_required,
    custom_data = "NEEDED"
)]
pub(in crate::features) async fn config(_ctx: Context<'_>) -> CommandResult {
    Ok(())
}

/// What may be pressed below the answers.
pub(in crate::features) fn components() -> Vec<Component> {
    vec![Component {
        name: "config show page",
        prefix: "config/show",
        needs: NEEDED,
        handle: |press| Box::pin(show::turn(press)),
    }]
}
