//! Permission computation against a second, slower reading of Discord's page, with random guilds.

use proptest::prelude::*;

use super::*;
use crate::domain::clock::Clock;
use crate::domain::ids::RoleId;
use crate::simulator::world::acts::NewRole;
use crate::simulator::world::channel::Overwrite;

/// One random guild: what each role gives, which roles the member has, which overwrites the channel has.
#[derive(Clone, Debug)]
struct Plan {
    everyone: u64,
    roles: Vec<(u64, bool)>,
    /// Role number (`None` is `@everyone`, past the end is the member), allow, deny.
    overwrites: Vec<(Option<usize>, u64, u64)>,
}

/// Permissions that matter here, so that random sets often meet.
const MET: [Permissions; 6] = [
    Permissions::VIEW_CHANNEL,
    Permissions::SEND_MESSAGES,
    Permissions::EMBED_LINKS,
    Permissions::MANAGE_MESSAGES,
    Permissions::BAN_MEMBERS,
    Permissions::MENTION_EVERYONE,
];

fn bits() -> impl Strategy<Value = u64> {
    proptest::collection::vec(proptest::bool::ANY, MET.len()).prop_map(|chosen| {
        let held = MET.iter().zip(chosen).filter(|(_, held)| *held);
        held.fold(0, |sum, (one, _)| sum | one.0)
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    let roles = proptest::collection::vec((bits(), proptest::bool::ANY), 0..4);
    let target = proptest::option::of(0_usize..6);
    let overwrites = proptest::collection::vec((target, bits(), bits()), 0..5);
    (bits(), roles, overwrites).prop_map(|(everyone, roles, overwrites)| Plan {
        everyone,
        roles,
        overwrites,
    })
}

/// What the page says, step by step, for an ordinary member.
fn expected(plan: &Plan, overwrites: &[(Option<usize>, u64, u64)]) -> u64 {
    let held = |number: usize| plan.roles.get(number).is_some_and(|(_, held)| *held);
    let mut sum = plan.everyone;
    for (number, (permissions, _)) in plan.roles.iter().enumerate() {
        if held(number) {
            sum |= permissions;
        }
    }
    for (_, allow, deny) in overwrites.iter().filter(|(target, ..)| target.is_none()) {
        sum = (sum & !deny) | allow;
    }
    let (mut denied, mut allowed) = (0, 0);
    for (target, allow, deny) in overwrites {
        if target.is_some_and(held) {
            denied |= deny;
            allowed |= allow;
        }
    }
    sum = (sum & !denied) | allowed;
    let own = |target: &Option<usize>| target.is_some_and(|number| number >= plan.roles.len());
    for (_, allow, deny) in overwrites.iter().filter(|(target, ..)| own(target)) {
        sum = (sum & !deny) | allow;
    }
    if sum & Permissions::VIEW_CHANNEL.0 == 0 {
        return 0;
    }
    if sum & Permissions::SEND_MESSAGES.0 == 0 {
        sum &= !(Permissions::EMBED_LINKS.0 | Permissions::MENTION_EVERYONE.0);
    }
    sum
}

struct Built {
    world: World,
    channel: ChannelId,
    guild: GuildId,
    user: UserId,
}

fn built(plan: &Plan, overwrites: &[(Option<usize>, u64, u64)]) -> Built {
    let mut world = World::new(Clock::manual(DateTime::UNIX_EPOCH), 1);
    let owner = world.user_named("owner");
    let guild = world.add_guild("g", owner);
    let user = world.user_named("mallory");
    world.add_member(guild, user, false).expect("a member");
    let channel = world.guilds[&guild].channels[0];
    let found = world.guilds.get_mut(&guild).expect("a guild");
    let everyone = found.roles.get_mut(&guild.everyone_role());
    everyone.expect("@everyone").permissions = Permissions(plan.everyone);
    let mut ids: Vec<RoleId> = Vec::new();
    for (permissions, held) in &plan.roles {
        let role = world.add_role(
            guild,
            NewRole {
                name: "r".to_owned(),
                permissions: Permissions(*permissions),
                position: 1,
                bot: None,
            },
        );
        ids.push(role);
        if *held {
            world
                .change_member(guild, user, |member| member.roles.push(role))
                .expect("a member");
        }
    }
    for (target, allow, deny) in overwrites {
        let target = match target {
            None => OverwriteTarget::Role(guild.everyone_role()),
            Some(number) => ids
                .get(*number)
                .map_or(OverwriteTarget::Member(user), |id| {
                    OverwriteTarget::Role(*id)
                }),
        };
        let overwrite = Overwrite {
            target,
            allow: Permissions(*allow),
            deny: Permissions(*deny),
        };
        world.set_overwrite(channel, overwrite).expect("a channel");
    }
    Built {
        world,
        channel,
        guild,
        user,
    }
}

/// A channel has one overwrite per target; the last one counts.
fn last_per_target(plan: &Plan) -> Vec<(Option<usize>, u64, u64)> {
    let place = |target: &Option<usize>| target.map(|number| number.min(plan.roles.len()));
    let mut kept: Vec<(Option<usize>, u64, u64)> = Vec::new();
    for one in &plan.overwrites {
        kept.retain(|other| place(&other.0) != place(&one.0));
        kept.push(*one);
    }
    kept
}

proptest! {
    #[test]
    fn both_readings_agree(plan in plan()) {
        let overwrites = last_per_target(&plan);
        let case = built(&plan, &plan.overwrites);
        let held = case.world.permissions_in(case.channel, case.user);
        prop_assert_eq!(held.0, expected(&plan, &overwrites));
    }

    #[test]
    fn the_order_of_overwrites_does_not_matter(plan in plan()) {
        let overwrites = last_per_target(&plan);
        let reversed: Vec<_> = overwrites.iter().rev().copied().collect();
        let (one, two) = (built(&plan, &overwrites), built(&plan, &reversed));
        prop_assert_eq!(
            one.world.permissions_in(one.channel, one.user),
            two.world.permissions_in(two.channel, two.user)
        );
    }

    #[test]
    fn a_timeout_only_takes_away(plan in plan()) {
        let mut case = built(&plan, &plan.overwrites);
        let before = case.world.permissions_in(case.channel, case.user);
        let until = case.world.now() + chrono::TimeDelta::hours(1);
        case.world
            .change_member(case.guild, case.user, |member| member.timeout_until = Some(until))
            .expect("a member");
        let after = case.world.permissions_in(case.channel, case.user);
        prop_assert!(before.contains(after));
        prop_assert!(!after.contains(Permissions::SEND_MESSAGES));
    }

    #[test]
    fn what_a_require_grants_is_what_is_held(plan in plan(), wanted in bits()) {
        let case = built(&plan, &plan.overwrites);
        let held = case.world.permissions_in(case.channel, case.user);
        let granted = case.world.require_in(case.user, case.channel, Permissions(wanted));
        let sees = held.contains(Permissions::VIEW_CHANNEL);
        prop_assert_eq!(granted.is_ok(), sees && held.contains(Permissions(wanted)));
    }
}
