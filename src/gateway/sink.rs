//! Where translated events go: into the mailboxes of the guilds.

use super::EventSink;
use crate::domain::event::GuildEvent;
use crate::guild::Guilds;

impl EventSink for Guilds {
    fn deliver(&self, event: GuildEvent) {
        Guilds::deliver(self, event);
    }
}
