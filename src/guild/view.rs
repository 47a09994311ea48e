//! What a guild looks like right now: roles, channels and the bot's place in it, as the gateway told.

use std::collections::HashMap;

use crate::domain::event::{Author, Channel, Event, GuildFacts, Role};
use crate::domain::ids::{ChannelId, GuildId, RoleId, UserId};
use crate::domain::permissions::Permissions;
use crate::domain::verdict::Standing;

/// A guild as far as judging needs it. Plain data: it changes only by [`GuildView::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildView {
    /// The guild.
    pub id: GuildId,
    /// Its name; empty until the gateway has told it.
    pub name: String,
    /// Its owner.
    pub owner: UserId,
    /// The bot's own user.
    pub bot: UserId,
    /// How many members Discord counted when it described the guild.
    pub member_count: u64,
    /// Grows with every change, so that what was computed from an older view can be told.
    pub revision: u64,
    /// How often the gateway has described the guild: anew after each time in which nobody listened to it.
    pub descriptions: u64,
    /// Whether the gateway has described the guild and AIMod is in it.
    described: bool,
    bot_roles: Vec<RoleId>,
    roles: HashMap<RoleId, Role>,
    channels: HashMap<ChannelId, Channel>,
}

impl GuildView {
    /// A guild of which nothing is known yet.
    #[must_use]
    pub fn unknown(id: GuildId) -> Self {
        Self {
            id,
            name: String::new(),
            owner: UserId::default(),
            bot: UserId::default(),
            member_count: 0,
            revision: 0,
            descriptions: 0,
            described: false,
            bot_roles: Vec::new(),
            roles: HashMap::new(),
            channels: HashMap::new(),
        }
    }

    /// Takes in what an event says about roles, channels and the bot. Returns whether anything changed.
    pub fn apply(&mut self, event: &Event) -> bool {
        match event {
            Event::GuildAvailable(facts) => self.replace(facts),
            // Nothing is remembered of a guild that AIMod is not in.
            Event::GuildLeft => {
                *self = Self {
                    revision: self.revision,
                    descriptions: self.descriptions,
                    ..Self::unknown(self.id)
                };
            }
            Event::GuildRenamed { name, owner } => {
                self.name.clone_from(name);
                self.owner = *owner;
            }
            Event::RoleChanged(role) => drop(self.roles.insert(role.id, role.clone())),
            Event::RoleDeleted(role) => drop(self.roles.remove(role)),
            Event::ChannelChanged(channel) => {
                drop(self.channels.insert(channel.id, channel.clone()))
            }
            Event::ChannelDeleted(channel) => drop(self.channels.remove(channel)),
            Event::BotRolesChanged(roles) => self.bot_roles.clone_from(roles),
            _ => return false,
        }
        self.revision += 1;
        true
    }

    fn replace(&mut self, facts: &GuildFacts) {
        self.described = true;
        self.descriptions += 1;
        self.name.clone_from(&facts.name);
        self.owner = facts.owner;
        self.bot = facts.bot;
        self.member_count = facts.member_count;
        self.bot_roles.clone_from(&facts.bot_roles);
        self.roles = facts
            .roles
            .iter()
            .map(|role| (role.id, role.clone()))
            .collect();
        self.channels = facts
            .channels
            .iter()
            .map(|channel| (channel.id, channel.clone()))
            .collect();
    }

    /// Whether the gateway has described the guild.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.described
    }

    /// The role, if the guild has it.
    #[must_use]
    pub fn find_role(&self, id: RoleId) -> Option<&Role> {
        self.roles.get(&id)
    }

    /// The channel, category or thread, if the guild has it.
    #[must_use]
    pub fn find_channel(&self, id: ChannelId) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// All roles, the highest first.
    #[must_use]
    pub fn list_roles(&self) -> Vec<&Role> {
        let mut roles: Vec<_> = self.roles.values().collect();
        roles.sort_unstable_by_key(|role| (std::cmp::Reverse(role.position), role.id));
        roles
    }

    /// All channels in which messages can be posted, by name.
    #[must_use]
    pub fn list_text_channels(&self) -> Vec<&Channel> {
        let texts = self.channels.values().filter(|channel| channel.text);
        let mut channels: Vec<_> = texts.collect();
        channels.sort_unstable_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        channels
    }

    /// The bot's own roles, without `@everyone`.
    #[must_use]
    pub fn bot_roles(&self) -> &[RoleId] {
        &self.bot_roles
    }

    /// The only channel of this name; none where there are several.
    #[must_use]
    pub fn find_channel_named(&self, name: &str) -> Option<&Channel> {
        only(
            self.channels
                .values()
                .filter(|channel| channel.text && channel.name == name),
        )
    }

    /// The only role of this name; none where there are several.
    #[must_use]
    pub fn find_role_named(&self, name: &str) -> Option<&Role> {
        only(self.roles.values().filter(|role| role.name == name))
    }

    /// What a member may do in the whole guild, before channel overwrites; the owner may do everything.
    #[must_use]
    pub fn permissions_of(&self, user: UserId, roles: &[RoleId]) -> Permissions {
        if user == self.owner {
            return Permissions::ADMINISTRATOR;
        }
        let everyone = self
            .roles
            .get(&self.id.everyone_role())
            .map_or(Permissions::NONE, |role| role.permissions);
        roles
            .iter()
            .filter_map(|role| self.roles.get(role))
            .fold(everyone, |sum, role| sum | role.permissions)
    }

    /// The height of the highest of these roles; `@everyone` has 0.
    #[must_use]
    pub fn top_position(&self, roles: &[RoleId]) -> u16 {
        roles
            .iter()
            .filter_map(|role| self.roles.get(role))
            .map(|role| role.position)
            .max()
            .unwrap_or(0)
    }

    /// Whether a member is the owner, an administrator, bears the moderator role, or stands above the bot.
    #[must_use]
    pub fn is_staff(&self, author: &Author, moderator_role: Option<RoleId>) -> bool {
        author.id == self.owner
            || self
                .permissions_of(author.id, &author.roles)
                .allow(Permissions::ADMINISTRATOR)
            || moderator_role.is_some_and(|role| author.roles.contains(&role))
            || self.top_position(&author.roles) > self.top_position(&self.bot_roles)
    }

    /// What the bot may do to a member.
    #[must_use]
    pub fn standing_towards(&self, author: &Author) -> Standing {
        Standing {
            permissions: self.permissions_of(self.bot, &self.bot_roles).0,
            above_target: author.id != self.owner
                && self.top_position(&author.roles) < self.top_position(&self.bot_roles),
        }
    }
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODERATOR: RoleId = RoleId(20);
    const BOT_ROLE: RoleId = RoleId(30);
    const ADMIN_ROLE: RoleId = RoleId(40);

    fn role(id: RoleId, position: u16, permissions: Permissions) -> Role {
        Role {
            id,
            name: format!("role {id}"),
            permissions,
            position,
        }
    }

    fn guild() -> GuildView {
        let mut view = GuildView::unknown(GuildId(1));
        view.apply(&Event::GuildAvailable(Box::new(GuildFacts {
            newest_messages: Vec::new(),
            name: "a guild".into(),
            owner: UserId(100),
            member_count: 3,
            bot: UserId(200),
            bot_roles: vec![BOT_ROLE],
            roles: vec![
                role(RoleId(1), 0, Permissions::SEND_MESSAGES),
                role(MODERATOR, 1, Permissions::KICK_MEMBERS),
                role(BOT_ROLE, 2, Permissions::BAN_MEMBERS),
                role(ADMIN_ROLE, 3, Permissions::ADMINISTRATOR),
            ],
            channels: vec![],
        })));
        view
    }

    fn member(id: u64, roles: &[RoleId]) -> Author {
        Author {
            id: UserId(id),
            name: format!("member {id}"),
            bot: false,
            roles: roles.to_vec(),
            ..Author::default()
        }
    }

    #[test]
    fn permissions_add_up_over_roles() {
        let sum = guild().permissions_of(UserId(7), &[MODERATOR]);
        assert!(sum.allow(Permissions::SEND_MESSAGES | Permissions::KICK_MEMBERS));
        assert!(!sum.allow(Permissions::BAN_MEMBERS));
        assert!(
            guild()
                .permissions_of(UserId(100), &[])
                .allow(Permissions::BAN_MEMBERS),
            "the owner"
        );
    }

    #[test]
    fn staff_is_told_from_members() {
        let view = guild();
        assert!(view.is_staff(&member(100, &[]), None), "the owner");
        assert!(
            view.is_staff(&member(7, &[ADMIN_ROLE]), None),
            "an administrator, above the bot"
        );
        assert!(
            !view.is_staff(&member(7, &[MODERATOR]), None),
            "a role that is not named"
        );
        assert!(
            view.is_staff(&member(7, &[MODERATOR]), Some(MODERATOR)),
            "the moderator role"
        );
        assert!(
            !view.is_staff(&member(7, &[]), Some(MODERATOR)),
            "an ordinary member"
        );
    }

    #[test]
    fn the_bot_acts_only_below_its_highest_role() {
        let view = guild();
        assert!(view.standing_towards(&member(7, &[MODERATOR])).above_target);
        assert!(
            !view.standing_towards(&member(7, &[BOT_ROLE])).above_target,
            "the same height"
        );
        assert!(
            !view.standing_towards(&member(100, &[])).above_target,
            "the owner"
        );
    }

    #[test]
    fn a_name_finds_what_bears_it_alone() {
        let mut view = guild();
        assert_eq!(
            view.find_role_named("role 20").map(|role| role.id),
            Some(MODERATOR)
        );
        assert_eq!(view.find_role_named("role 21"), None);
        view.apply(&Event::RoleChanged(role(RoleId(21), 1, Permissions::NONE)));
        let twin = Role {
            name: "role 20".into(),
            ..role(RoleId(22), 1, Permissions::NONE)
        };
        view.apply(&Event::RoleChanged(twin));
        assert_eq!(view.find_role_named("role 20"), None, "two bear it");
    }

    #[test]
    fn changes_are_taken_in_and_counted() {
        let mut view = guild();
        assert_eq!(view.revision, 1);
        assert!(view.apply(&Event::RoleDeleted(MODERATOR)));
        assert!(view.find_role(MODERATOR).is_none());
        assert!(!view.apply(&Event::MemberLeft(UserId(7))));
        assert_eq!(view.revision, 2);
    }
}
