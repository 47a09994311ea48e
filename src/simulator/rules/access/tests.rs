//! Permission computation against the cases of Discord's page on permissions.

use chrono::TimeDelta;

use super::*;
use crate::domain::clock::Clock;
use crate::domain::ids::RoleId;
use crate::simulator::world::acts::{NewChannel, NewRole};
use crate::simulator::world::channel::Overwrite;

struct Case {
    world: World,
    guild: GuildId,
    channel: ChannelId,
    user: UserId,
    role: RoleId,
}

/// A member with one role in #general.
fn case() -> Case {
    let mut world = World::new(Clock::manual(DateTime::UNIX_EPOCH), 1);
    let owner = world.user_named("owner");
    let guild = world.add_guild("g", owner);
    let user = world.user_named("mallory");
    world.add_member(guild, user, false).expect("a member");
    let channel = world.guilds[&guild].channels[0];
    let new = NewRole {
        name: "r".to_owned(),
        permissions: Permissions::NONE,
        position: 3,
        bot: None,
    };
    let role = world.add_role(guild, new);
    world
        .change_member(guild, user, |member| member.roles.push(role))
        .expect("a member");
    Case {
        world,
        guild,
        channel,
        user,
        role,
    }
}

impl Case {
    fn overwrite(&mut self, target: OverwriteTarget, allow: Permissions, deny: Permissions) {
        let overwrite = Overwrite {
            target,
            allow,
            deny,
        };
        self.world
            .set_overwrite(self.channel, overwrite)
            .expect("a channel");
    }

    fn held(&self) -> Permissions {
        self.world.permissions_in(self.channel, self.user)
    }

    fn grant(&mut self, permissions: Permissions) {
        let guild = self.world.guilds.get_mut(&self.guild).expect("a guild");
        guild.roles.get_mut(&self.role).expect("a role").permissions = permissions;
    }

    fn time_out(&mut self) {
        let until = self.world.now() + TimeDelta::hours(1);
        self.world
            .change_member(self.guild, self.user, |member| {
                member.timeout_until = Some(until);
            })
            .expect("a member");
    }
}

const SEND: Permissions = Permissions::SEND_MESSAGES;

#[test]
fn without_overwrites_the_roles_decide() {
    let mut case = case();
    assert_eq!(case.held(), Permissions::EVERYONE);
    case.grant(Permissions::MANAGE_MESSAGES);
    assert!(case.held().contains(Permissions::MANAGE_MESSAGES));
}

#[test]
fn a_role_overwrite_beats_everyones_and_the_members_own_beats_both() {
    let mut case = case();
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    case.overwrite(everyone, Permissions::NONE, SEND);
    assert!(!case.held().contains(SEND));
    case.overwrite(OverwriteTarget::Role(case.role), SEND, Permissions::NONE);
    assert!(case.held().contains(SEND));
    case.overwrite(OverwriteTarget::Member(case.user), Permissions::NONE, SEND);
    assert!(!case.held().contains(SEND));
}

#[test]
fn among_roles_an_allowance_beats_a_denial() {
    let mut case = case();
    let new = NewRole {
        name: "second".to_owned(),
        permissions: Permissions::NONE,
        position: 4,
        bot: None,
    };
    let second = case.world.add_role(case.guild, new);
    case.world
        .change_member(case.guild, case.user, |member| member.roles.push(second))
        .expect("a member");
    case.overwrite(OverwriteTarget::Role(case.role), SEND, Permissions::NONE);
    case.overwrite(OverwriteTarget::Role(second), Permissions::NONE, SEND);
    assert!(case.held().contains(SEND));
}

#[test]
fn who_does_not_see_a_channel_can_do_nothing_in_it() {
    let mut case = case();
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    case.overwrite(everyone, Permissions::NONE, Permissions::VIEW_CHANNEL);
    assert_eq!(case.held(), Permissions::NONE);
}

#[test]
fn who_cannot_speak_can_neither_embed_nor_attach() {
    let mut case = case();
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    case.overwrite(everyone, Permissions::NONE, SEND);
    assert!(
        !case
            .held()
            .intersects(Permissions::EMBED_LINKS | Permissions::ATTACH_FILES)
    );
}

#[test]
fn administrators_and_the_owner_pass_every_overwrite() {
    let mut case = case();
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    case.overwrite(everyone, Permissions::NONE, Permissions::ALL);
    case.grant(Permissions::ADMINISTRATOR);
    assert_eq!(case.held(), Permissions::ALL);
    let owner = case.world.guilds[&case.guild].owner;
    assert_eq!(
        case.world.permissions_in(case.channel, owner),
        Permissions::ALL
    );
}

#[test]
fn a_timed_out_member_only_reads() {
    let mut case = case();
    case.grant(Permissions::BAN_MEMBERS);
    case.time_out();
    let reads = Permissions::VIEW_CHANNEL | Permissions::READ_MESSAGE_HISTORY;
    assert_eq!(case.held(), reads);
    let ban = case
        .world
        .require(case.user, case.guild, Permissions::BAN_MEMBERS);
    assert_eq!(
        ban.map(|guild| guild.id),
        Err(ApiError::MISSING_PERMISSIONS)
    );
    case.world.clock.advance(TimeDelta::hours(2));
    assert!(case.held().contains(SEND));
}

#[test]
fn an_administrator_speaks_in_spite_of_a_timeout() {
    let mut case = case();
    case.grant(Permissions::ADMINISTRATOR);
    case.time_out();
    assert_eq!(case.held(), Permissions::ALL);
}

#[test]
fn a_thread_follows_its_channel_and_has_its_own_right_to_speak() {
    let mut case = case();
    let new = NewChannel {
        kind: ChannelKind::Thread,
        parent: Some(case.channel),
        ..NewChannel::text("thread")
    };
    let thread = case.world.add_channel(case.guild, new);
    assert!(case.world.permissions_in(thread, case.user).contains(SEND));
    let everyone = OverwriteTarget::Role(case.guild.everyone_role());
    let speech = Permissions::SEND_MESSAGES_IN_THREADS;
    case.overwrite(everyone, Permissions::NONE, speech);
    assert!(!case.world.permissions_in(thread, case.user).contains(SEND));
    assert!(case.held().contains(SEND));
}

#[test]
fn a_direct_message_belongs_to_its_two_sides() {
    let mut case = case();
    let direct = case.world.direct_with(case.user);
    let held = |user| case.world.permissions_in(direct, user);
    assert_eq!(held(case.user), IN_DIRECT_MESSAGES);
    assert_eq!(held(case.world.bot.user), IN_DIRECT_MESSAGES);
    let owner = case.world.guilds[&case.guild].owner;
    assert_eq!(held(owner), Permissions::NONE);
}

#[test]
fn role_order_counts_positions_and_spares_the_owner() {
    let case = case();
    let guild = &case.world.guilds[&case.guild];
    let bot = case.world.bot.user;
    assert_eq!(require_above(guild, bot, case.user), Ok(()));
    assert!(require_above(guild, case.user, bot).is_err());
    assert!(require_above(guild, bot, bot).is_err());
    assert!(require_above(guild, bot, guild.owner).is_err());
    assert_eq!(require_above(guild, guild.owner, bot), Ok(()));
}

#[test]
fn a_stranger_has_no_guild() {
    let mut case = case();
    let stranger = case.world.user_named("stranger");
    let asked = case.world.guild_for(stranger, case.guild);
    assert_eq!(asked.map(|guild| guild.id), Err(ApiError::UNKNOWN_GUILD));
    assert_eq!(
        case.world.permissions_in(case.channel, stranger),
        Permissions::NONE
    );
}
