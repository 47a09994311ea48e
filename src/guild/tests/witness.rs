//! A room that writes down the whole configuration that each message is judged by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{LIST, MARK};
use crate::domain::event::Event;
use crate::domain::ids::{ConfigVersion, GuildId};
use crate::domain::verdict::Decision;
use crate::guild::config::key::KeySpec;
use crate::guild::config::snapshot::Values;
use crate::guild::rule::{Judge, Matter, Rule};

/// What an event was judged by: version, mark and list.
pub(super) type Sight = (ConfigVersion, String, Vec<String>);

/// A room that writes down the whole configuration that it is asked to judge by.
#[derive(Default)]
pub(super) struct Witness(Mutex<HashMap<GuildId, Vec<(String, Sight)>>>);

impl Judge for Arc<Witness> {
    fn room(&self) -> &'static str {
        "witness"
    }

    fn keys(&self) -> &'static [&'static KeySpec] {
        static KEYS: [&KeySpec; 2] = [&MARK, &LIST];
        &KEYS
    }

    fn compile(&self, values: &Values) -> Arc<dyn Rule> {
        Arc::new(WitnessRule {
            witness: Arc::clone(self),
            mark: told(values).0,
        })
    }
}

/// Mark and list as the values have them.
fn told(values: &Values) -> (String, Vec<String>) {
    let list = values.texts(&LIST).iter().map(ToString::to_string);
    let mark = values.text(&MARK).unwrap_or_default().to_owned();
    (mark, list.collect())
}

/// The mark is compiled in, the list is read at the time: a mix of two versions would show.
struct WitnessRule {
    witness: Arc<Witness>,
    mark: String,
}

impl Rule for WitnessRule {
    fn judge(&self, matter: &Matter<'_>) -> Option<Decision> {
        let Event::MessagePosted(message) = matter.event else {
            return None;
        };
        let (_, list) = told(matter.values);
        let sight = (matter.version, self.mark.clone(), list);
        let mut seen = self
            .witness
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_guild = seen.entry(matter.guild.id).or_default();
        of_guild.push((message.content.clone(), sight));
        None
    }
}

impl Witness {
    /// All that was judged in a guild, in that order: the message's text, and by what.
    pub(super) fn seen(&self, guild: u64) -> Vec<(String, Sight)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(&GuildId(guild)).cloned().unwrap_or_default()
    }
}
