//! Giving and taking in single channels, as members and bots do it, with what the audit log keeps of it.

use serde_json::{Value, json};

use super::{Entry, audit, differences};
use crate::domain::ids::ChannelId;
use crate::simulator::rules::access;
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::world::World;
use crate::simulator::world::channel::{Overwrite, OverwriteTarget};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire;

impl World {
    /// Gives a channel an overwrite with Manage Roles; one for the same role or member is replaced.
    pub(crate) fn put_overwrite(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        overwrite: Overwrite,
    ) -> Ruling {
        let old = self.overwrites_of(deed, channel)?;
        let old = old.into_iter().find(|one| one.target == overwrite.target);
        self.may_overwrite(deed, channel, (old.as_ref(), Some(&overwrite)))?;
        self.set_overwrite(channel, overwrite)?;
        self.log_overwrite(deed, channel, (old.as_ref(), Some(&overwrite)));
        Ok(())
    }

    /// Takes an overwrite away with Manage Roles.
    pub(crate) fn take_overwrite(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        target: u64,
    ) -> Ruling {
        let old = self.overwrites_of(deed, channel)?;
        let old = old.iter().find(|one| one.target.parts().0 == target);
        let old = old.ok_or(ApiError::UNKNOWN_OVERWRITE)?;
        self.may_overwrite(deed, channel, (Some(old), None))?;
        self.remove_overwrite(channel, target)?;
        self.log_overwrite(deed, channel, (Some(old), None));
        Ok(())
    }

    /// The overwrites, for who may change them.
    fn overwrites_of(&self, deed: &Deed, channel: ChannelId) -> Ruling<Vec<Overwrite>> {
        let place = self.require_in(deed.actor, channel, Permissions::MANAGE_ROLES)?;
        if place.kind.is_thread() {
            return Err(ApiError::WRONG_CHANNEL_KIND);
        }
        Ok(place.overwrites.clone())
    }

    /// Nobody gives or takes in a channel what they have not themselves.
    pub(super) fn may_overwrite(
        &self,
        deed: &Deed,
        channel: ChannelId,
        (old, new): (Option<&Overwrite>, Option<&Overwrite>),
    ) -> Ruling {
        let guild = self.guild_for(deed.actor, deed.guild)?;
        let held = access::in_guild(guild, deed.actor, self.now())
            | self.permissions_in(channel, deed.actor);
        let both = |one: Option<&Overwrite>| {
            one.map_or((0, 0), |overwrite| (overwrite.allow.0, overwrite.deny.0))
        };
        let ((allowed, denied), (allows, denies)) = (both(old), both(new));
        let changed = Permissions((allowed ^ allows) | (denied ^ denies));
        if held.contains(changed) {
            Ok(())
        } else {
            Err(ApiError::MISSING_PERMISSIONS)
        }
    }

    /// Writes down how a list of overwrites became another.
    pub(super) fn log_overwrites(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        (old, new): (&[Overwrite], &[Overwrite]),
    ) {
        let of = |list: &[Overwrite], target: OverwriteTarget| {
            list.iter().find(|one| one.target == target).copied()
        };
        for one in old {
            let now = of(new, one.target);
            self.log_overwrite(deed, channel, (Some(one), now.as_ref()));
        }
        for one in new.iter().filter(|one| of(old, one.target).is_none()) {
            self.log_overwrite(deed, channel, (None, Some(one)));
        }
    }

    fn log_overwrite(
        &mut self,
        deed: &Deed,
        channel: ChannelId,
        (old, new): (Option<&Overwrite>, Option<&Overwrite>),
    ) {
        let action = match (old, new) {
            (None, _) => audit::OVERWRITE_CREATE,
            (_, None) => audit::OVERWRITE_DELETE,
            _ => audit::OVERWRITE_UPDATE,
        };
        let Some(target) = old.or(new).map(|one| one.target) else {
            return;
        };
        let rendered = |one: Option<&Overwrite>| one.map_or(Value::Null, wire::overwrite);
        let keys = ["id", "type", "allow", "deny"];
        let changes = differences(&rendered(old), &rendered(new), &keys);
        if changes.is_empty() {
            return;
        }
        let (id, kind) = target.parts();
        let mut options = json!({"id": id.to_string(), "type": kind.to_string()});
        if let OverwriteTarget::Role(role) = target {
            let guild = self.guilds.get(&deed.guild);
            let role = guild.and_then(|guild| guild.roles.get(&role));
            options["role_name"] = json!(role.map_or("", |role| role.name.as_str()));
        }
        let entry = Entry {
            changes: Value::Array(changes),
            options,
            ..Entry::on(action, channel.0)
        };
        self.log_audit(deed, entry);
    }
}
