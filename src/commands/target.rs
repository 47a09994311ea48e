//! Whom a moderation command is about: checked before anything is done to them, the same for every such command.

use super::{CommandError, Context, Refusal, Services, caller_of, guild_of, words};
use crate::domain::event::Author;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::verdict::Standing;
use crate::guild::language::Language;
use crate::guild::view::GuildView;

/// Somebody whom the caller may act on. Only [`Target::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::manual_non_exhaustive,
    reason = "only the check makes one, in this crate too"
)]
pub struct Target {
    /// Who.
    pub user: UserId,
    /// The user name.
    pub name: String,
    /// What the bot may do to them.
    pub standing: Standing,
    /// Whether they are on the server.
    pub is_member: bool,
    _checked: (),
}

/// Somebody with roles, `@everyone` not among them; a user who is no member has none.
#[derive(Clone, Copy)]
struct Bearer<'a> {
    user: UserId,
    roles: Option<&'a [RoleId]>,
}

impl Target {
    /// Checks that the target is neither the caller, nor the bot, nor the owner, and that the highest roles of the
    /// caller and of the bot are above theirs (`REFERENCE.md`, "Moderation commands").
    ///
    /// # Errors
    /// A refusal in words.
    pub async fn check(ctx: Context<'_>, user: &serenity::all::User) -> Result<Self, CommandError> {
        let (services, guild) = (ctx.data(), guild_of(ctx)?);
        let speech = words::speech(ctx).await;
        // A change of roles that came before the command may still wait to be taken in.
        let view = services.guilds.view_now(guild).await?;
        if !view.is_known() {
            return Err(Refusal::new(speech.say("commands-roles-unknown")).into());
        }
        let id = UserId(user.id.get());
        let member = services.discord.find_member(guild, id).await;
        let member = member.map_err(|error| {
            tracing::warn!(guild.id = %guild, user.id = %id, %error, "a target's roles cannot be read");
            Refusal::new(speech.say("commands-target-unread"))
        })?;
        let roles = member.map(|member| member.roles);
        let caller_roles = roles_of_caller(ctx);
        let caller = Bearer {
            user: caller_of(ctx),
            roles: Some(&caller_roles),
        };
        let target = Bearer {
            user: id,
            roles: roles.as_deref(),
        };
        if let Some(obstacle) = obstacle(&view, caller, target) {
            return Err(Refusal::new(speech.say(obstacle)).into());
        }
        let is_member = roles.is_some();
        let author = Author {
            id,
            name: user.name.clone(),
            bot: user.bot,
            roles: roles.unwrap_or_default(),
            ..Author::default()
        };
        Ok(Self {
            user: id,
            standing: view.standing_towards(&author),
            name: author.name,
            is_member,
            _checked: (),
        })
    }
}

/// Checks that what a guild keeps about somebody may be changed by the caller: nobody but the owner judges themselves.
///
/// # Errors
/// A refusal in words.
pub async fn check_record(
    services: &Services,
    (guild, about): (GuildId, UserId),
    caller: UserId,
    language: Language,
) -> Result<(), CommandError> {
    if about != caller || services.guilds.view_now(guild).await?.owner == caller {
        return Ok(());
    }
    let speech = words::TEXTS.speech(language);
    Err(Refusal::new(speech.say("commands-target-own-record")).into())
}

/// The caller's roles, which Discord sends with every call.
fn roles_of_caller(ctx: Context<'_>) -> Vec<RoleId> {
    let roles = match ctx {
        poise::Context::Application(call) => {
            let member = call.interaction.member.as_ref();
            member.map(|member| member.roles.as_slice())
        }
        poise::Context::Prefix(call) => {
            let member = call.msg.member.as_ref();
            member.map(|member| member.roles.as_slice())
        }
    };
    let roles = roles.unwrap_or_default().iter();
    roles.map(|role| RoleId(role.get())).collect()
}

/// The text that says why not, if so.
fn obstacle(view: &GuildView, caller: Bearer<'_>, target: Bearer<'_>) -> Option<&'static str> {
    if target.user == caller.user {
        return Some("commands-target-self");
    }
    if target.user == view.bot {
        return Some("commands-target-bot");
    }
    if target.user == view.owner {
        return Some("commands-target-owner");
    }
    // Who is no member has no place among the roles.
    let height = view.top_position(target.roles?);
    let callers = view.top_position(caller.roles.unwrap_or_default());
    if caller.user != view.owner && callers <= height {
        return Some("commands-target-above-you");
    }
    (view.top_position(view.bot_roles()) <= height).then_some("commands-target-above-bot")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{Event, GuildFacts, Role};
    use crate::domain::ids::GuildId;
    use crate::domain::permissions::Permissions;

    const MEMBER: UserId = UserId(5);
    const MODERATOR: UserId = UserId(6);
    const OWNER: UserId = UserId(7);
    const BOT: UserId = UserId(8);

    fn guild() -> GuildView {
        let mut view = GuildView::unknown(GuildId(1));
        let role = |id, position| Role {
            id: RoleId(id),
            name: format!("role {id}"),
            permissions: Permissions::NONE,
            position,
        };
        view.apply(&Event::GuildAvailable(Box::new(GuildFacts {
            owner: OWNER,
            bot: BOT,
            bot_roles: vec![RoleId(30)],
            roles: vec![role(1, 0), role(20, 2), role(30, 3), role(40, 4)],
            ..GuildFacts::default()
        })));
        view
    }

    fn asked(caller: UserId, roles: &[u64], target: UserId, its: Option<&[u64]>) -> &'static str {
        let roles: Vec<RoleId> = roles.iter().copied().map(RoleId).collect();
        let its: Option<Vec<RoleId>> = its.map(|its| its.iter().copied().map(RoleId).collect());
        let caller = Bearer {
            user: caller,
            roles: Some(&roles),
        };
        let target = Bearer {
            user: target,
            roles: its.as_deref(),
        };
        obstacle(&guild(), caller, target).unwrap_or("fine")
    }

    #[test]
    fn nobody_acts_on_themselves_the_bot_or_the_owner() {
        let high: &[u64] = &[40];
        assert_eq!(
            asked(MODERATOR, high, MODERATOR, Some(high)),
            "commands-target-self"
        );
        assert_eq!(
            asked(MODERATOR, high, BOT, Some(&[30])),
            "commands-target-bot"
        );
        assert_eq!(
            asked(MODERATOR, high, OWNER, Some(&[])),
            "commands-target-owner"
        );
    }

    #[test]
    fn the_caller_and_the_bot_stand_above_the_target() {
        assert_eq!(asked(MODERATOR, &[20], MEMBER, Some(&[])), "fine");
        let equal = asked(MODERATOR, &[20], MEMBER, Some(&[20]));
        assert_eq!(equal, "commands-target-above-you", "the same height");
        let higher = asked(MODERATOR, &[40], MEMBER, Some(&[30]));
        assert_eq!(higher, "commands-target-above-bot", "the bot's own height");
        assert_eq!(asked(OWNER, &[], MEMBER, Some(&[20])), "fine", "the owner");
        let highest = asked(OWNER, &[], MEMBER, Some(&[40]));
        assert_eq!(highest, "commands-target-above-bot", "also for the owner");
    }

    #[test]
    fn who_has_left_stands_below_everybody() {
        assert_eq!(asked(MODERATOR, &[], MEMBER, None), "fine");
    }
}
