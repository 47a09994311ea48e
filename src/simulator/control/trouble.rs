//! Breaking things on purpose: failing requests, torn connections, strange events.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;

use super::fault::Fault;
use super::run::Simulator;
use crate::domain::ids::GuildId;
use crate::simulator::gateway::Outgoing;
use crate::simulator::gateway::ends_session;
use crate::simulator::gateway::socket::{HEARTBEAT, RECONNECT, invalid_session};
use crate::simulator::world::event::Event;

impl Simulator {
    /// Lets the next `times` requests that fit `pattern` run into a fault. A pattern is an optional method and a path
    /// below `/api/v10`, in which `*` and `{name}` stand for one part and a final `**` for the rest:
    /// `PUT /guilds/*/bans/*`, `/channels/**`, `*`.
    pub fn fail_next(&self, pattern: &str, times: u32, fault: Fault) {
        self.shared
            .change(|state| state.faults.add(pattern, times, fault));
    }

    /// Takes back all faults that no request ran into yet.
    pub fn clear_faults(&self) {
        self.shared.change(|state| state.faults.clear());
    }

    /// Tears every gateway connection without a close frame. The bot can resume.
    pub fn drop_connections(&self) {
        self.each_session(|| Outgoing::Drop);
    }

    /// Closes every gateway connection with this code. After 1000, 1001, 4007 and 4009 the session is over; after all
    /// others the bot can resume.
    pub fn close_connections(&self, code: u16) {
        self.each_session(|| Outgoing::Close(code, "Closed on purpose."));
        if ends_session(code) {
            self.shared.change(|state| state.gateway.sessions.clear());
        }
    }

    /// Begins an outage of the whole gateway, which lasts so long on the world's clock, or until
    /// [`Simulator::end_outage`]: every connection breaks, and new ones are refused with 503. Sessions wait for their
    /// clients as after every broken connection.
    pub fn begin_outage(&self, length: Option<TimeDelta>) {
        self.shared.change(|state| {
            let until = length.map(|length| state.world.now() + length);
            state.gateway.outage.begin(until);
        });
        self.drop_connections();
    }

    /// Ends an outage of the whole gateway.
    pub fn end_outage(&self) {
        self.shared.change(|state| state.gateway.outage.lift());
    }

    /// Lets every frame of the gateway arrive so much later than it is said, in the machine's time; zero is at once.
    /// What is on its way when a connection ends is lost with it, and replayed to who resumes.
    pub fn slow_gateway(&self, latency: Duration) {
        self.shared
            .change(|state| state.gateway.latency.set(latency));
    }

    /// Asks the bot to reconnect and resume (op 7).
    pub fn ask_to_reconnect(&self) {
        self.each_session(|| Outgoing::Frame(RECONNECT.into()));
    }

    /// Asks the bot for a heartbeat at once (op 1).
    pub fn ask_for_heartbeat(&self) {
        self.each_session(|| Outgoing::Frame(HEARTBEAT.into()));
    }

    /// Invalidates every session (op 9). If not resumable, what happens until the bot identifies again is lost to it.
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.each_session(|| Outgoing::Frame(invalid_session(resumable).into()));
        if !resumable {
            self.shared.change(|state| state.gateway.sessions.clear());
        }
    }

    fn each_session(&self, outgoing: impl Fn() -> Outgoing) {
        self.shared.change(|state| {
            let drops = matches!(outgoing(), Outgoing::Drop | Outgoing::Close(..));
            state.gateway.each_line(|line| line.send(outgoing()));
            // From now on the session counts as waiting, so that waiting for the bot's return cannot be too early.
            if drops {
                let now = state.world.now();
                for session in &mut state.gateway.sessions {
                    session.hang_up(now);
                }
            }
        });
    }

    /// Sends a dispatch as it is: malformed, unknown, from another guild. It goes to every session of the guild's
    /// shard whatever its intents.
    pub fn send_raw(&self, guild: Option<GuildId>, event: &str, data: &Value) {
        self.shared.change(|state| {
            let event = Event::new(event, guild, 0, data.to_string());
            state.world.emit(event);
        });
    }

    /// Sends the next event twice, as a gateway may after a reconnect.
    pub fn duplicate_next_event(&self) {
        self.shared
            .change(|state| state.gateway.disorder.duplicates += 1);
    }

    /// Lets the next two events change places. The first of them waits until there is a second.
    pub fn swap_next_events(&self) {
        self.shared
            .change(|state| state.gateway.disorder.swaps += 1);
    }

    /// Adds to every event what nobody knows yet: fields in each record, and unknown events between the known ones.
    pub fn add_unknown_things(&self, added: bool) {
        self.shared.change(|state| state.gateway.estrange(added));
    }

    /// Leaves heartbeats of the connections that there are without an acknowledgement, or acknowledges them again. Who
    /// connects anew is heard.
    pub fn ignore_heartbeats(&self, ignored: bool) {
        self.shared
            .change(|state| state.gateway.ignore_heartbeats(ignored));
    }
}
