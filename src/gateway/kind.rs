//! Names for serenity's events: a closed set of metric labels.

use ::metrics::Counter;
use serenity::model::event::Event;

use super::metrics::EVENTS;

macro_rules! kinds {
    ($($kind:ident => $label:literal),* $(,)?) => {
        /// The kinds that are told apart. Their discriminants are indices of [`ALL`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Kind {
            $($kind,)*
            /// Known to serenity, of no use here.
            Other,
        }

        const ALL: &[Kind] = &[$(Kind::$kind,)* Kind::Other];

        impl Kind {
            pub(super) const fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)*
                    Self::Other => "other",
                }
            }

            pub(super) const fn of(event: &Event) -> Self {
                match event {
                    $(Event::$kind(_) => Self::$kind,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

kinds! {
    Ready => "ready",
    Resumed => "resumed",
    GuildCreate => "guild_create",
    GuildUpdate => "guild_update",
    GuildDelete => "guild_delete",
    GuildRoleCreate => "guild_role_create",
    GuildRoleUpdate => "guild_role_update",
    GuildRoleDelete => "guild_role_delete",
    ChannelCreate => "channel_create",
    ChannelUpdate => "channel_update",
    ChannelDelete => "channel_delete",
    ThreadCreate => "thread_create",
    ThreadUpdate => "thread_update",
    ThreadDelete => "thread_delete",
    ThreadListSync => "thread_list_sync",
    GuildMemberAdd => "guild_member_add",
    GuildMemberUpdate => "guild_member_update",
    GuildMemberRemove => "guild_member_remove",
    GuildBanAdd => "guild_ban_add",
    GuildBanRemove => "guild_ban_remove",
    GuildAuditLogEntryCreate => "guild_audit_log_entry_create",
    MessageCreate => "message_create",
    MessageUpdate => "message_update",
    MessageDelete => "message_delete",
    MessageDeleteBulk => "message_delete_bulk",
    InteractionCreate => "interaction_create",
    Unknown => "unknown",
}

/// One counter per kind, looked up once.
pub(super) struct KindCounters(Vec<Counter>);

impl KindCounters {
    /// Only good after telemetry is installed.
    pub(super) fn new() -> Self {
        Self(
            ALL.iter()
                .map(|kind| EVENTS.handle([kind.label()]))
                .collect(),
        )
    }

    pub(super) fn count(&self, kind: Kind) {
        self.0[kind as usize].increment(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_own_counter() {
        assert!(
            ALL.iter()
                .enumerate()
                .all(|(at, kind)| *kind as usize == at)
        );
        let mut labels: Vec<_> = ALL.iter().map(|kind| kind.label()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), ALL.len());
    }
}
