//! stub
use super::TO_WARN;
use crate::commands::{CommandResult, Context};
/// Warns a member.
#[poise::command(slash_command, prefix_command, custom_data = "TO_WARN")]
pub(super) async fn add(_ctx: Context<'_>) -> CommandResult { Ok(()) }
