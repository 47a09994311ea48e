//! The one permission check, the same for slash commands, text commands, context menus and buttons.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use moka::sync::Cache;

use super::{CommandError, Context, Refusal, words};
use crate::cache::count_user_permissions;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::view::GuildView;

/// What a command declares as its `custom_data`: the permission that its caller must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs(pub Permissions);

/// Declares the permission that a command needs, for `#[poise::command(custom_data = "needs(…)")]`.
#[must_use]
pub const fn needs(permissions: Permissions) -> Needs {
    Needs(permissions)
}

/// Permissions of members, computed from roles. An entry is found only by the very roles and the very view of the
/// guild it was computed from, so a changed role is seen at once; the time limit bounds the memory.
pub struct PermissionCache(Cache<(GuildId, UserId, u64), Permissions>);

impl PermissionCache {
    /// An empty cache whose entries live as long as the seed document has it: one minute.
    #[must_use]
    pub fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
        )
    }

    /// What a member with these roles may do in the guild.
    #[must_use]
    pub fn permissions(&self, view: &GuildView, user: UserId, roles: &[RoleId]) -> Permissions {
        let mut origin = DefaultHasher::new();
        (view.revision, view.owner, roles).hash(&mut origin);
        let key = (view.id, user, origin.finish());
        if let Some(permissions) = self.0.get(&key) {
            count_user_permissions(true);
            return permissions;
        }
        count_user_permissions(false);
        let permissions = view.permissions_of(user, roles);
        self.0.insert(key, permissions);
        permissions
    }
}

impl Default for PermissionCache {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs before every command. A command without a declared permission is refused: that is a fault of its room.
///
/// # Errors
/// [`CommandError::Forbidden`] with what is missing, in words.
pub async fn check(ctx: Context<'_>) -> Result<bool, CommandError> {
    let Some(Needs(needed)) = ctx.command().custom_data.downcast_ref::<Needs>() else {
        return Err(anyhow::anyhow!(
            "command {} declares no permission",
            ctx.command().qualified_name
        )
        .into());
    };
    super::guild_of(ctx)?;
    let Some(has) = permissions_of(ctx) else {
        let speech = words::speech(ctx).await;
        return Err(Refusal::new(speech.say("commands-roles-unknown")).into());
    };
    suffices(has, *needed).map(|()| true)
}

/// The comparison that decides, for commands as for buttons.
pub(super) fn suffices(has: Permissions, needed: Permissions) -> Result<(), CommandError> {
    if has.allow(needed) {
        Ok(())
    } else {
        Err(CommandError::Forbidden(needed))
    }
}

/// What the caller may do: Discord computes it for interactions; for text commands it follows from the roles.
fn permissions_of(ctx: Context<'_>) -> Option<Permissions> {
    match ctx {
        poise::Context::Application(call) => {
            let permissions = call.interaction.member.as_ref()?.permissions?;
            Some(Permissions(permissions.bits()))
        }
        poise::Context::Prefix(call) => {
            let services = ctx.data();
            let guild = GuildId(call.msg.guild_id?.get());
            let view = services.guilds.view(guild);
            let member = call.msg.member.as_ref()?;
            let roles: Vec<RoleId> = member.roles.iter().map(|role| RoleId(role.get())).collect();
            let user = UserId(call.msg.author.id.get());
            view.is_known()
                .then(|| services.permissions.permissions(&view, user, &roles))
        }
    }
}
