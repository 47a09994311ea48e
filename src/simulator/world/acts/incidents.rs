//! Incident actions: pausing invites and direct messages of a guild for up to a day.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Entry, audit};
use crate::simulator::rules::error::Ruling;
use crate::simulator::rules::form::Form;
use crate::simulator::world::World;
use crate::simulator::world::event::intents;
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;
use crate::simulator::world::wire::{self, time};

/// How long both may be paused (Discord's page on guilds).
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// What is paused until when; `None` stays as it is, and `Some(None)` ends the pause.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct IncidentChange {
    pub(crate) invites: Option<Option<DateTime<Utc>>>,
    pub(crate) dms: Option<Option<DateTime<Utc>>>,
}

impl IncidentChange {
    fn parts(self) -> [(&'static str, Option<Option<DateTime<Utc>>>); 2] {
        [
            ("invites_disabled_until", self.invites),
            ("dms_disabled_until", self.dms),
        ]
    }

    fn check(self, now: DateTime<Utc>) -> Ruling {
        let mut form = Form::default();
        for (name, until) in self.parts() {
            if until.flatten().is_some_and(|until| until > now + LONGEST) {
                let message = "Must be at most 24 hours in the future.";
                form.wrong(name, "GUILD_INCIDENT_ACTIONS_TOO_LONG", message);
            }
        }
        form.finish()
    }
}

impl World {
    /// Pauses invites or direct messages, or ends that, with Manage Server.
    pub(crate) fn set_incidents(&mut self, deed: &Deed, change: IncidentChange) -> Ruling<Value> {
        let guild = self.require(deed.actor, deed.guild, Permissions::MANAGE_GUILD)?;
        change.check(self.now())?;
        let old = guild.incidents.clone();
        let mut new = json!({});
        for (name, until) in change.parts() {
            new[name] = match until {
                Some(until) => json!(until.map(time)),
                None => old[name].clone(),
            };
        }
        let Some(found) = self.guilds.get_mut(&deed.guild) else {
            return Ok(new);
        };
        found.incidents = new.clone();
        let wire = wire::guild::guild(found);
        if new != old {
            self.tell("GUILD_UPDATE", deed.guild, intents::GUILDS, &wire);
            // Discord names no key under which the log would tell of the pause.
            self.log_audit(deed, Entry::on(audit::GUILD_UPDATE, deed.guild.0));
        }
        Ok(new)
    }
}
