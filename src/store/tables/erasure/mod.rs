//! Erasing on request and after a departure: all of a guild, or what may go of a person.

mod export;
mod guild;
mod person;

pub use self::export::{Export, document, load_export};
pub use self::guild::{Purge, Purged, count_guild};
pub use self::person::{ForgetAgain, ForgetUser, Forgotten, Kept, count_person};

use super::deeds::LastingDeed;
use crate::domain::duration::MAX_TIMEOUT;

/// How many rows of what; names are metric labels.
pub type Counts = Vec<(&'static str, i64)>;

/// The channel on which erasures are announced, at their commit: `user 1` or `guild 1`; and `errands 1`
/// for a guild in which something is to be done about it.
pub const CHANNEL: &str = "aimod_erased";

/// Whether the punishment of a case under the name `m` holds at the moment `$2`: a ban that nobody has taken back, a
/// timeout that has not run out, or anything that is still under way. Such a case must be found by the person. A timeout
/// of unknown length may be as long as Discord takes.
pub(super) fn in_force() -> String {
    let longest = MAX_TIMEOUT.as_secs();
    let [ban, timeout] =
        [LastingDeed::Ban, LastingDeed::Timeout].map(|deed| deed.holds("m.action_type"));
    let unban = LastingDeed::Unban.holds("later.action_type");
    format!(
        "(m.outcome = 'PENDING' OR (m.outcome = 'DONE' AND m.lifted_at IS NULL AND \
         (({ban} AND NOT EXISTS (SELECT FROM moderation_logs later \
         WHERE later.guild_id = m.guild_id AND later.target_user_id = m.target_user_id \
         AND later.case_number > m.case_number AND {unban} AND later.outcome = 'DONE')) \
         OR ({timeout} AND m.created_at + make_interval(secs => COALESCE(m.duration_seconds, {longest})) > $2))))"
    )
}
