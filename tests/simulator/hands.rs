//! What people may and may not do in the world: the same rules as for the bot.

use aimod::simulator::{
    ApiError, ControlError, Draft, Overwrite, OverwriteTarget, Permissions, SimMember,
};
use chrono::TimeDelta;
use serde_json::json;

use crate::Bench;

/// Discord's code of a refused act.
fn code<T: std::fmt::Debug>(outcome: Result<T, ControlError>) -> u32 {
    match outcome {
        Err(ControlError::Refused(ApiError { code, .. })) => code,
        other => panic!("not refused: {other:?}"),
    }
}

fn member(bench: &Bench, name: &str, permissions: Permissions) -> SimMember {
    let member = bench.guild.add_member(name).expect("a member");
    member.may(permissions).expect("a role");
    member
}

#[tokio::test]
async fn moderators_act_only_downwards_and_with_their_permission() {
    let bench = Bench::start().await;
    let helper = member(&bench, "helper", Permissions::KICK_MEMBERS);
    let chief = member(&bench, "chief", Permissions::BAN_MEMBERS);
    let high = bench
        .guild
        .add_role("chief", Permissions::MODERATE_MEMBERS, 50);
    chief.give_role(high).expect("a role");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let owner = bench.guild.owner().expect("an owner");
    assert_eq!(code(helper.bans(mallory.id(), "")), 50013);
    assert_eq!(code(helper.kicks(chief.id(), "")), 50013);
    assert_eq!(code(chief.bans(owner.id(), "")), 50013);
    assert_eq!(code(mallory.kicks(helper.id(), "")), 50013);
    let minute = TimeDelta::minutes(1);
    assert_eq!(code(helper.times_out(mallory.id(), minute, "")), 50013);
    chief
        .times_out(mallory.id(), minute, "")
        .expect("timed out");
    chief
        .times_out(mallory.id(), TimeDelta::zero(), "")
        .expect("lifted");
    helper.kicks(mallory.id(), "bye").expect("kicked");
    assert_eq!(code(helper.kicks(mallory.id(), "")), 10007);
    chief.bans(mallory.id(), "for good").expect("banned");
    assert_eq!(code(chief.unbans(helper.id(), "")), 10026);
    let log = bench.sim.look(|world| {
        let log = world.audit_log(bench.guild.id()).iter();
        log.map(|entry| (entry.action, entry.by))
            .collect::<Vec<_>>()
    });
    let (helper, chief) = (helper.id(), chief.id());
    assert_eq!(log, [(24, chief), (24, chief), (20, helper), (22, chief)]);
}

#[tokio::test]
async fn who_is_outside_cannot_write() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let stranger = bench.guild.member_by_id(bench.sim.user("stranger"));
    assert_eq!(code(stranger.posts(general, "x")), 50001);
    let mallory = bench.guild.joins("mallory").expect("joins");
    mallory.posts(general, "x").expect("posts");
    mallory.leaves().expect("leaves");
    assert_eq!(code(mallory.posts(general, "x")), 50001);
    assert_eq!(code(mallory.leaves()), 10007);
    bench
        .guild
        .owner()
        .expect("an owner")
        .bans(mallory.id(), "")
        .expect("banned");
    assert_eq!(code(bench.guild.joins("mallory")), 50001);
}

#[tokio::test]
async fn a_muted_member_cannot_write_but_reads() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let muted = bench.guild.add_role("muted", Permissions::NONE, 1);
    let deny = Overwrite {
        target: OverwriteTarget::Role(muted),
        allow: Permissions::NONE,
        deny: Permissions::SEND_MESSAGES,
    };
    bench.guild.overwrite(general, deny).expect("an overwrite");
    mallory.posts(general, "before").expect("posts");
    mallory.give_role(muted).expect("muted");
    assert_eq!(code(mallory.posts(general, "x")), 50013);
    let held = bench
        .sim
        .look(|world| world.permissions_in(general, mallory.id()));
    assert!(held.contains(Permissions::READ_MESSAGE_HISTORY));
    mallory.take_role(muted).expect("free");
    mallory.posts(general, "after").expect("posts");
}

#[tokio::test]
async fn only_the_author_edits_and_only_who_may_deletes() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    let mallory = bench.guild.add_member("mallory").expect("a member");
    let message = alice.posts(general, "mine").expect("posts");
    assert_eq!(code(mallory.edits(message, "yours")), 50005);
    assert_eq!(code(mallory.deletes(message)), 50013);
    alice.edits(message, "still mine").expect("edits");
    let owner = bench.guild.owner().expect("an owner");
    owner.deletes(message).expect("deletes");
    assert_eq!(code(alice.edits(message, "gone")), 10008);
    let entry = bench
        .sim
        .look(|world| world.audit_log(bench.guild.id())[0].clone());
    assert_eq!((entry.action, entry.target), (72, Some(alice.id().0)));
    assert_eq!(entry.options["channel_id"], json!(general));
}

#[tokio::test]
async fn people_obey_the_limits_of_messages() {
    let bench = Bench::start().await;
    let general = bench.guild.channel("general").expect("a channel");
    let alice = bench.guild.add_member("alice").expect("a member");
    assert_eq!(code(alice.posts(general, "")), 50006);
    assert_eq!(code(alice.posts(general, &"x".repeat(2_001))), 50035);
    let nowhere = Draft::text("x").reply_to(aimod::domain::ids::MessageId(1));
    assert_eq!(code(alice.posts_draft(general, nowhere)), 50035);
    let naughty = "\u{202e}\u{0}\u{feff}🏳️‍🌈 ﷽ \u{1F468}\u{200D}\u{1F469}";
    let id = alice.posts(general, naughty).expect("posts");
    let kept = bench.sim.look(|world| {
        let message = world.message(general, id);
        message.map(|message| message.content.clone())
    });
    assert_eq!(kept.as_deref(), Some(naughty));
}

#[tokio::test]
async fn the_same_name_is_the_same_person_in_every_guild() {
    let bench = Bench::start().await;
    let other = bench.sim.add_guild_of("Other", "somebody");
    let here = bench.guild.add_member("mallory").expect("a member");
    let there = other.joins("mallory").expect("joins");
    assert_eq!(here.id(), there.id());
    assert_ne!(
        bench.guild.owner().expect("one").id(),
        other.owner().expect("two").id()
    );
    here.leaves().expect("leaves");
    assert!(
        bench
            .sim
            .look(|world| world.is_member(other.id(), there.id()))
    );
}

#[tokio::test]
async fn handles_on_nothing_say_what_is_missing() {
    let bench = Bench::start().await;
    let told = |error: ControlError| error.to_string();
    let guild = &bench.guild;
    assert_eq!(
        told(bench.sim.guild("Nowhere").expect_err("none")),
        "there is no guild \"Nowhere\" here"
    );
    assert_eq!(
        told(guild.channel("cellar").expect_err("none")),
        "there is no channel \"cellar\" here"
    );
    assert_eq!(
        told(guild.role("king").expect_err("none")),
        "there is no role \"king\" here"
    );
    assert_eq!(
        told(guild.member("nobody").expect_err("none")),
        "there is no member \"nobody\" here"
    );
    let lost = bench.sim.guild_by_id(aimod::domain::ids::GuildId(1));
    lost.owner().expect_err("no guild, no owner");
    lost.outage();
    lost.joins("mallory").expect_err("no guild to join");
    assert_eq!(code(lost.remove_bot()), 10004);
}

#[tokio::test]
async fn roles_are_found_by_name_mention_and_id() {
    let bench = Bench::start().await;
    let role = bench.guild.add_role("Staff", Permissions::NONE, 2);
    for text in [
        "Staff".to_owned(),
        "staff".to_owned(),
        role.to_string(),
        format!("<@&{role}>"),
    ] {
        assert_eq!(bench.guild.role(&text).expect("known"), role, "{text}");
    }
    let everyone = bench.guild.role("@everyone").expect("always there");
    assert_eq!(everyone, bench.guild.id().everyone_role());
    assert_eq!(code(bench.guild.delete_role(everyone)), 10011);
}

#[tokio::test]
async fn the_bots_place_in_the_order_can_be_lowered() {
    let bench = Bench::start().await;
    let mallory = member(&bench, "mallory", Permissions::NONE);
    bench.guild.set_bot_position(1).expect("the bot's role");
    let path = format!("/guilds/{}/members/{}", bench.guild.id(), mallory.id());
    let refused = bench.fails(reqwest::Method::DELETE, &path, json!({})).await;
    assert_eq!(refused, (403, 50013));
    bench.guild.set_bot_position(100).expect("the bot's role");
    let (status, _) = bench.send(reqwest::Method::DELETE, &path, json!({})).await;
    assert_eq!(status.as_u16(), 204);
}
