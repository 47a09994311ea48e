//! The one permission check, the same for slash commands, text commands, context menus and buttons.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache as Memory;

use super::{CommandError, Context, Refusal, Services, words};
use crate::cache::{Cache, count_user_permissions};
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::guild::view::GuildView;

/// What a command declares as its `custom_data`: who may run it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Who may.
    pub who: Who,
    /// Whether a slash command opens a form, which Discord takes as a first answer only: it is not deferred then.
    pub(super) opens_form: bool,
    /// What follows the name of a text command, where that differs from the slash command.
    pub(super) typed: Option<&'static str>,
}

/// Who may run a command or press a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, also in direct messages.
    Anyone,
    /// Members with these permissions.
    Member(Permissions),
    /// The operators of the bot (`discord.operators`), also in direct messages.
    Operator,
}

/// Declares the permission that a command needs, for `#[poise::command(custom_data = "needs(…)")]`.
#[must_use]
pub const fn needs(permissions: Permissions) -> Needs {
    Needs::of(Who::Member(permissions))
}

/// Declares a command that everybody may run, in a server and in direct messages.
#[must_use]
pub const fn anyone() -> Needs {
    Needs::of(Who::Anyone)
}

/// Declares a command of the bot's operators, for a server and for direct messages.
#[must_use]
pub const fn operator() -> Needs {
    Needs::of(Who::Operator)
}

impl Needs {
    const fn of(who: Who) -> Self {
        Self {
            who,
            opens_form: false,
            typed: None,
        }
    }

    /// The same, of a command that opens a form (see [`super::forms::open`]).
    #[must_use]
    pub const fn opening_form(self) -> Self {
        Self {
            opens_form: true,
            ..self
        }
    }

    /// The same, of a command whose text form takes these parameters (see [`super::with_text_form`]).
    #[must_use]
    pub const fn typed(self, parameters: &'static str) -> Self {
        Self {
            typed: Some(parameters),
            ..self
        }
    }

    /// Whether it works in a server only.
    pub(super) const fn is_of_guilds(self) -> bool {
        matches!(self.who, Who::Member(_))
    }

    /// Whom Discord shows the command to, where no server says otherwise.
    pub(super) const fn shown_to(self) -> Permissions {
        match self.who {
            Who::Anyone => Permissions::NONE,
            Who::Member(permissions) => permissions,
            Who::Operator => Permissions::ADMINISTRATOR,
        }
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Who::Anyone => f.write_str("anyone"),
            Who::Member(permissions) => permissions.fmt(f),
            Who::Operator => f.write_str("operators"),
        }
    }
}

/// Permissions of members, computed from roles: in memory, behind that in Redis, where other processes and a later start
/// find them. An answer is found only by all that it was computed from, so a changed role is seen at once; the time limit
/// bounds what is kept.
pub struct PermissionCache {
    memory: Memory<(GuildId, UserId), Computed>,
    shared: Cache,
}

/// What a member may do, and by which view of the guild and which roles.
#[derive(Clone)]
struct Computed {
    revision: u64,
    roles: Arc<[RoleId]>,
    permissions: Permissions,
}

impl PermissionCache {
    /// An empty cache whose entries live as long as the seed document has it: one minute.
    #[must_use]
    pub fn new(shared: Cache) -> Self {
        Self {
            memory: Memory::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            shared,
        }
    }

    /// What a member with these roles may do in the guild.
    pub async fn permissions(
        &self,
        view: &GuildView,
        user: UserId,
        roles: &[RoleId],
    ) -> Permissions {
        let key = (view.id, user);
        let known = self.memory.get(&key).filter(|known| {
            // Both, since a view may be told of a change of roles before or after the member's own message.
            known.revision == view.revision && *known.roles == *roles
        });
        count_user_permissions(known.is_some());
        if let Some(known) = known {
            return known.permissions;
        }
        let permissions = self.shared(view, user, roles).await;
        let computed = Computed {
            revision: view.revision,
            roles: roles.into(),
            permissions,
        };
        self.memory.insert(key, computed);
        permissions
    }

    async fn shared(&self, view: &GuildView, user: UserId, roles: &[RoleId]) -> Permissions {
        if !self.shared.is_shared() {
            return view.permissions_of(user, roles);
        }
        let origin = origin(view, roles);
        if let Some(found) = self.shared.find_permissions(view.id, user, &origin).await {
            return found;
        }
        let permissions = view.permissions_of(user, roles);
        self.shared
            .store_permissions((view.id, user), &origin, permissions)
            .await;
        permissions
    }
}

/// All that a member's permissions depend on, in words that mean the same in every process: the owner, and each role
/// with what it permits.
fn origin(view: &GuildView, roles: &[RoleId]) -> String {
    let mut roles = roles.to_vec();
    roles.push(view.id.everyone_role());
    roles.sort_unstable();
    roles.dedup();
    let mut text = format!("owner {}", view.owner);
    for role in roles {
        let permissions = view.find_role(role).map(|role| role.permissions.0);
        // A role that is gone gives nothing.
        text.push_str(&format!(" {role}={}", permissions.unwrap_or_default()));
    }
    text
}

/// Runs before every command. A command without a declared permission is refused: that is a fault of its room.
///
/// # Errors
/// [`CommandError::Forbidden`] with what is missing, [`CommandError::OperatorsOnly`], in words.
pub async fn check(ctx: Context<'_>) -> Result<bool, CommandError> {
    let Some(needs) = ctx.command().custom_data.downcast_ref::<Needs>() else {
        return Err(anyhow::anyhow!(
            "command {} declares no permission",
            ctx.command().qualified_name
        )
        .into());
    };
    let has = match needs.who {
        Who::Anyone | Who::Operator => Permissions::NONE,
        Who::Member(_) => {
            super::guild_of(ctx)?;
            let Some(has) = permissions_of(ctx).await else {
                let speech = words::speech(ctx).await;
                return Err(Refusal::new(speech.say("commands-roles-unknown")).into());
            };
            has
        }
    };
    suffices(ctx.data(), *needs, super::caller_of(ctx), has).map(|()| true)
}

/// The comparison that decides, for commands as for buttons and forms.
pub(super) fn suffices(
    services: &Services,
    needs: Needs,
    user: UserId,
    has: Permissions,
) -> Result<(), CommandError> {
    match needs.who {
        Who::Anyone => Ok(()),
        Who::Member(needed) if has.allow(needed) => Ok(()),
        Who::Member(needed) => Err(CommandError::Forbidden(needed)),
        Who::Operator if services.is_operator(user) => Ok(()),
        Who::Operator => Err(CommandError::OperatorsOnly),
    }
}

/// What the caller may do in the server: Discord computes it for interactions; for text commands it follows from the
/// roles. `None` in direct messages, and where the roles are not known yet.
pub async fn permissions_of(ctx: Context<'_>) -> Option<Permissions> {
    match ctx {
        poise::Context::Application(call) => {
            let permissions = call.interaction.member.as_ref()?.permissions?;
            Some(Permissions(permissions.bits()))
        }
        poise::Context::Prefix(call) => {
            let services = ctx.data();
            let guild = GuildId(call.msg.guild_id?.get());
            // A change of roles that came before the command may still wait to be taken in.
            let view = services.guilds.view_now(guild).await.ok()?;
            let member = call.msg.member.as_ref()?;
            let roles: Vec<RoleId> = member.roles.iter().map(|role| RoleId(role.get())).collect();
            let user = UserId(call.msg.author.id.get());
            if !view.is_known() {
                return None;
            }
            Some(services.permissions.permissions(&view, user, &roles).await)
        }
    }
}
