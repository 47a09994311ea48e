//! The demo's reckoning: what the database holds against what was acknowledged and what happened in the world.

use super::stage::{Doings, Place};
use crate::simulator::Simulator;
use crate::store::tables::ledger::Ledger;

/// What the world shows after the run.
struct World {
    banned: i64,
    timed_out: i64,
    gone: i64,
    standing: i64,
    told: i64,
    cards: i64,
}

/// Every difference between the three accounts, in words. None means that they agree.
pub(super) fn compare(
    sim: &Simulator,
    places: &[Place],
    doings: &[Doings],
    ledger: &Ledger,
) -> Vec<String> {
    let world = look(sim, places, doings);
    [acknowledged(places, doings, ledger), done(&world, ledger)]
        .into_iter()
        .flatten()
        .filter(|(_, database, others)| database != others)
        .map(|(what, database, others)| {
            format!("{what}: the database says {database}, the others {others}")
        })
        .collect()
}

/// What is compared, what the database says, what the others say.
type Entry = (&'static str, i64, i64);

/// The database against what people did and were told.
fn acknowledged(places: &[Place], doings: &[Doings], ledger: &Ledger) -> Vec<Entry> {
    let total = |of: fn(&Doings) -> u64| as_i64(doings.iter().map(of).sum::<u64>());
    let scams = total(|doings| doings.scams.len() as u64);
    let kept = |name: &str| ledger.rows.get(name).copied().unwrap_or_default();
    vec![
        ("cases and scams", kept("moderation_logs"), scams),
        ("infractions and scams", kept("user_infractions"), scams),
        (
            "counted infractions and scams",
            ledger.infractions_counted,
            scams,
        ),
        (
            "counted messages and posted ones",
            ledger.messages,
            total(|doings| doings.messages),
        ),
        (
            "logged commands and those run",
            kept("command_logs"),
            total(|doings| doings.commands),
        ),
        (
            "revisions and acknowledged changes",
            kept("guild_config_revisions"),
            total(|doings| doings.changes),
        ),
        (
            "rows of guild_settings and guilds",
            kept("guild_settings"),
            as_i64(places.len() as u64),
        ),
        (
            "guilds with gaps in case numbers or versions",
            ledger.gaps,
            0,
        ),
    ]
}

/// The database against what the world shows.
fn done(world: &World, ledger: &Ledger) -> Vec<Entry> {
    let case = |name: &str| ledger.cases.get(name).copied().unwrap_or_default();
    let step = |name: &str| ledger.steps.get(name).copied().unwrap_or_default();
    let unsettled = |(name, count): (&String, &i64)| name.ends_with(" INTENDED").then_some(*count);
    vec![
        (
            "BAN cases and banned members",
            case("BAN DONE"),
            world.banned,
        ),
        (
            "TIMEOUT cases and timed-out members",
            case("TIMEOUT DONE"),
            world.timed_out,
        ),
        (
            "KICK cases and members gone without a ban",
            case("KICK DONE"),
            world.gone - world.banned,
        ),
        ("scams still standing", 0, world.standing),
        (
            "sent notices and direct messages",
            step("NOTICE DONE"),
            world.told,
        ),
        (
            "posted cards and those in the log channels",
            step("CARD DONE"),
            world.cards,
        ),
        (
            "side effects without outcome",
            ledger.steps.iter().filter_map(unsettled).sum(),
            0,
        ),
    ]
}

fn as_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn look(sim: &Simulator, places: &[Place], doings: &[Doings]) -> World {
    sim.look(|world| {
        let mut seen = World {
            banned: 0,
            timed_out: 0,
            gone: 0,
            standing: 0,
            told: 0,
            cards: 0,
        };
        for (place, doings) in places.iter().zip(doings) {
            let guild = place.id();
            for (user, channel, message) in &doings.scams {
                seen.banned += i64::from(world.is_banned(guild, *user));
                seen.timed_out += i64::from(world.timeout_until(guild, *user).is_some());
                seen.gone += i64::from(!world.is_member(guild, *user));
                seen.standing += i64::from(world.message(*channel, *message).is_some());
                seen.told += as_i64(world.dms(*user).len() as u64);
            }
            seen.cards += as_i64(world.bot_messages(place.log).len() as u64);
        }
        seen
    })
}
