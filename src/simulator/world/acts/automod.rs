//! AutoMod: keeping rules, and judging what members write before anybody sees it.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Entry, audit};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::simulator::rules::automod::{Match, find, most};
use crate::simulator::rules::error::{ApiError, Ruling};
use crate::simulator::rules::form::wrong;
use crate::simulator::rules::{access, automod};
use crate::simulator::world::World;
use crate::simulator::world::automod::{Action, AutoRule, action};
use crate::simulator::world::event::{Body, Event, intents};
use crate::simulator::world::message::{AUTOMOD_ALERT, Draft};
use crate::simulator::world::people::Deed;
use crate::simulator::world::permission::Permissions;

impl World {
    /// Keeps a new rule, or a changed one of the same id, with Manage Server.
    pub(crate) fn keep_rule(&mut self, deed: &Deed, mut rule: AutoRule) -> Ruling<u64> {
        let silences = rule.actions.iter().any(|one| one.kind == action::TIMEOUT);
        let needed = if silences {
            Permissions::MANAGE_GUILD | Permissions::MODERATE_MEMBERS
        } else {
            Permissions::MANAGE_GUILD
        };
        let guild = self.require(deed.actor, deed.guild, needed)?;
        automod::check(&rule)?;
        let same = |one: &&AutoRule| one.trigger == rule.trigger && one.id != rule.id;
        if guild.automod.values().filter(same).count() >= most(rule.trigger) {
            let code = "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED";
            let message = "Maximum number of rules of this type exceeded";
            return Err(wrong("trigger_type", code, message));
        }
        let new = rule.id == 0;
        if new {
            rule.id = self.next_id();
        }
        let (id, wire) = (rule.id, rule.wire(deed.guild));
        let found = self.guilds.get_mut(&deed.guild);
        found
            .ok_or(ApiError::UNKNOWN_GUILD)?
            .automod
            .insert(id, rule);
        let (action, event) = if new {
            (audit::AUTOMOD_RULE_CREATE, "AUTO_MODERATION_RULE_CREATE")
        } else {
            (audit::AUTOMOD_RULE_UPDATE, "AUTO_MODERATION_RULE_UPDATE")
        };
        self.tell_of_rule(event, deed.guild, &wire);
        self.log_audit(deed, Entry::on(action, id));
        Ok(id)
    }

    pub(crate) fn delete_rule(&mut self, deed: &Deed, rule: u64) -> Ruling {
        self.require(deed.actor, deed.guild, Permissions::MANAGE_GUILD)?;
        let found = self.guilds.get_mut(&deed.guild);
        let gone = found.ok_or(ApiError::UNKNOWN_GUILD)?.automod.remove(&rule);
        let wire = gone.ok_or(ApiError::NO_SUCH_ROUTE)?.wire(deed.guild);
        self.tell_of_rule("AUTO_MODERATION_RULE_DELETE", deed.guild, &wire);
        self.log_audit(deed, Entry::on(audit::AUTOMOD_RULE_DELETE, rule));
        Ok(())
    }

    fn tell_of_rule(&mut self, event: &str, guild: GuildId, wire: &Value) {
        if self.bot_may(guild, Permissions::MANAGE_GUILD) {
            self.tell(event, guild, intents::AUTO_MODERATION_CONFIGURATION, wire);
        }
    }

    /// Judges a text before it is posted: rules act, and those that block refuse it. Bots, administrators and who
    /// manages the server are exempt.
    pub(super) fn automod(&mut self, author: UserId, channel: ChannelId, text: &str) -> Ruling {
        let Some((guild, hits)) = self.rules_hit(author, channel, text) else {
            return Ok(());
        };
        let mut blocked = false;
        for (rule, found) in hits {
            for action in &rule.actions {
                blocked |= action.kind == action::BLOCK;
                self.carry_out(guild, (author, channel), &rule, (&found, action, text));
            }
        }
        if blocked {
            return Err(ApiError::BLOCKED_BY_AUTOMOD);
        }
        Ok(())
    }

    fn rules_hit(
        &self,
        author: UserId,
        channel: ChannelId,
        text: &str,
    ) -> Option<(GuildId, Vec<(AutoRule, Match)>)> {
        let place = self.channels.get(&channel)?;
        let guild = self.guilds.get(&place.guild?)?;
        // Most guilds have no rules, and floods pay for this line.
        if guild.automod.is_empty() || self.users.get(&author)?.bot {
            return None;
        }
        let held = access::in_guild(guild, author, self.now());
        if held.contains(Permissions::MANAGE_GUILD) {
            return None;
        }
        let member = guild.members.get(&author)?;
        let mentions = text.matches("<@").count();
        let exempt = |rule: &AutoRule| {
            rule.exempt_channels.contains(&channel)
                || place
                    .parent
                    .is_some_and(|parent| rule.exempt_channels.contains(&parent))
                || rule
                    .exempt_roles
                    .iter()
                    .any(|role| member.roles.contains(role))
        };
        let judging = guild.automod.values();
        let hits = judging
            .filter(|rule| rule.enabled && !exempt(rule))
            .filter_map(|rule| Some((rule.clone(), find(rule, text, mentions)?)));
        Some((guild.id, hits.collect()))
    }

    fn carry_out(
        &mut self,
        guild: GuildId,
        (author, channel): (UserId, ChannelId),
        rule: &AutoRule,
        (found, action, text): (&Match, &Action, &str),
    ) {
        if action.kind == action::TIMEOUT {
            let seconds = i64::from(action.metadata.duration_seconds.unwrap_or(60));
            let until = self.now() + TimeDelta::seconds(seconds);
            let silenced =
                self.change_member(guild, author, |member| member.timeout_until = Some(until));
            if let Err(problem) = silenced {
                tracing::debug!(error = %problem, "nobody there to silence");
            }
        }
        self.log_execution(guild, (author, channel), rule, action);
        let mut wire = json!({
            "guild_id": guild, "action": action, "rule_id": rule.id.to_string(), "rule_trigger_type": rule.trigger,
            "user_id": author, "channel_id": channel, "content": text, "matched_keyword": found.keyword,
            "matched_content": found.content,
        });
        let alert = action
            .metadata
            .channel_id
            .filter(|_| action.kind == action::ALERT);
        if let Some(alert) = alert {
            let posted: MessageId = self.alert((author, channel), alert, rule, (found, text));
            wire["alert_system_message_id"] = json!(posted);
        }
        self.tell_execution(guild, wire);
    }

    /// Without the content intent the event keeps what was written to itself.
    fn tell_execution(&mut self, guild: GuildId, mut wire: Value) {
        if !(self.bot_hears(guild) && self.bot_may(guild, Permissions::MANAGE_GUILD)) {
            return;
        }
        let full = wire.to_string();
        for field in ["content", "matched_content"] {
            wire[field] = json!("");
        }
        self.emit(Event {
            name: "AUTO_MODERATION_ACTION_EXECUTION".to_owned(),
            guild: Some(guild),
            intents: intents::AUTO_MODERATION_EXECUTION,
            body: Body::Message {
                full,
                stripped: Some(wire.to_string()),
            },
        });
    }

    /// The audit log names the member as who did it and whom it was done to.
    fn log_execution(
        &mut self,
        guild: GuildId,
        (author, channel): (UserId, ChannelId),
        rule: &AutoRule,
        action: &Action,
    ) {
        let kind = match action.kind {
            action::BLOCK => audit::AUTOMOD_BLOCK_MESSAGE,
            action::ALERT => audit::AUTOMOD_FLAG_TO_CHANNEL,
            action::TIMEOUT => audit::AUTOMOD_TIMEOUT,
            _ => return,
        };
        let deed = Deed {
            actor: author,
            guild,
            reason: None,
        };
        let entry = Entry {
            options: json!({
                "channel_id": channel, "auto_moderation_rule_name": rule.name,
                "auto_moderation_rule_trigger_type": rule.trigger.to_string(),
            }),
            ..Entry::about(kind, author)
        };
        self.log_audit(&deed, entry);
    }

    /// Posts the alert as Discord does: a message of its own kind, with an embed whose text is that of the message.
    fn alert(
        &mut self,
        (author, channel): (UserId, ChannelId),
        alert: ChannelId,
        rule: &AutoRule,
        (found, text): (&Match, &str),
    ) -> MessageId {
        let facts = [
            ("rule_name", rule.name.clone()),
            ("channel_id", channel.to_string()),
            ("keyword", found.keyword.clone().unwrap_or_default()),
            (
                "keyword_matched_content",
                found.content.clone().unwrap_or_default(),
            ),
        ];
        let fields = facts.map(|(name, value)| json!({"name": name, "value": value}));
        let embed =
            json!({"type": "auto_moderation_message", "description": text, "fields": fields});
        let draft = Draft {
            system: Some(AUTOMOD_ALERT),
            ..Draft::default().embed(embed)
        };
        self.place_message(author, alert, draft)
    }
}
