//! `/config check`.

use super::super::check::{Facts, check as look};
use super::super::desk::Desk;
use super::super::members::{self, Members};
use super::super::replies;
use super::NEEDED;
use crate::commands::{CommandResult, Context, reply};
use crate::domain::ids::ChannelId;
use crate::domain::permissions::Permissions;
use crate::guild::view::GuildView;

/// Looks for settings that cannot work: what is gone, missing permissions, contradictions.
#[poise::command(slash_command, prefix_command, custom_data = "NEEDED")]
pub(super) async fn check(ctx: Context<'_>) -> CommandResult {
    let desk = Desk::of(ctx).await?;
    let named = (desk.words.registry, &*desk.snapshot);
    let members = members::ask(&desk.services.discord, desk.guild, named).await;
    let view = desk.services.guilds.view_now(desk.guild).await?;
    let text = checked(ctx, &desk, (&view, &members));
    reply::say(ctx, text).await
}

fn checked(ctx: Context<'_>, desk: &Desk<'_>, (view, members): (&GuildView, &Members)) -> String {
    let facts = Facts {
        registry: desk.words.registry,
        snapshot: &desk.snapshot,
        view,
        allowed_in: &|channel| allowed_in(ctx, channel),
        members,
    };
    replies::checked(desk.words, desk.snapshot.version(), &look(&facts))
}

/// What the bot may do in a channel, as the gateway's memory has it: only that knows the channels' overwrites. A thread
/// has those of its channel.
fn allowed_in(ctx: Context<'_>, channel: ChannelId) -> Option<(Permissions, bool)> {
    let guild = ctx.guild()?;
    let id = channel.0.into();
    let thread = guild.threads.iter().find(|thread| thread.id == id);
    let place = match thread {
        Some(thread) => guild.channels.get(&thread.parent_id?)?,
        None => guild.channels.get(&id)?,
    };
    let bot = guild.members.get(&ctx.framework().bot_id())?;
    let has = guild.user_permissions_in(place, bot);
    Some((Permissions(has.bits()), thread.is_some()))
}
