//! `/config check`: what cannot work is found and told with what to do.

use crate::domain::ids::ConfigVersion;
use crate::features::config::check::Finding;
use crate::features::config::replies::checked as checked_text;
use crate::features::config::words::Words;
use crate::features::registry;
use crate::features::tests::{known, named, plain_sql, taken_in};
use crate::guild::language::Language;
use crate::simulator::{Overwrite, OverwriteTarget, Permissions};
use crate::support::House;

/// A guild in which nearly everything is wrong that can be.
async fn broken(language: Language) -> House {
    let house = House::start().await;
    known(&house).await;
    let dead = house.guild.add_channel("dead");
    let ghosts = house.guild.add_role("ghosts", Permissions::NONE, 2);
    house
        .guild
        .add_role("high", Permissions::NONE, 50)
        .to_string();
    let lines = [
        format!("/config set key:LANGUAGE_CODE value:{}", language.code()),
        "/botdetect enable on:true".to_owned(),
        "/botdetect action action:ban".to_owned(),
        format!("/config set key:BOTDETECT_LOG_CHANNEL value:{dead}"),
        "/config set key:MODERATION_LOG_CHANNEL_ID value:#mod-log".to_owned(),
        format!("/config add key:BOTDETECT_WHITELIST_ROLES value:{ghosts}"),
    ];
    for line in &lines {
        house.admin(line).await;
    }
    house.guild.delete_channel(dead).expect("there");
    house.guild.delete_role(ghosts).expect("there");
    let bot = house.sim.bot_user_id();
    let closed = Overwrite {
        target: OverwriteTarget::Member(bot),
        allow: Permissions::NONE,
        deny: Permissions::SEND_MESSAGES,
    };
    house.guild.overwrite(house.mod_log, closed).expect("there");
    let few = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::EMBED_LINKS;
    house.guild.set_bot_permissions(few).expect("there");
    house.guild.set_bot_position(40).expect("there");
    plain_sql(
        &house,
        "INSERT INTO guild_config SELECT guild_id, k, v::jsonb FROM guild_settings, \
         LATERAL (VALUES ('PREFIX', '\"far too long for a prefix\"'), ('AI_MODEL', '\"m\"'), ('VERY_OLD', '1'), ('MODERATOR_ROLE_ID', guild_id::text)) t (k, v)",
    )
    .await;
    taken_in(&house, 10).await;
    house
}

/// The answer, once the bot has heard of everything.
async fn checked(house: &House, findings: usize) -> String {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
    let waiting = async {
        loop {
            let answer = house.admin("/config check").await;
            if answer.lines().count() > findings {
                return answer;
            }
            ticks.tick().await;
        }
    };
    let limit = std::time::Duration::from_secs(30);
    let answer = tokio::time::timeout(limit, waiting).await;
    named(house, answer.expect("all is found"))
}

fn without_ids(text: &str) -> String {
    let mut digits = 0;
    let mut whole = String::new();
    for sign in text.chars() {
        digits = if sign.is_ascii_digit() { digits + 1 } else { 0 };
        if digits == 12 {
            whole.truncate(whole.len() - 11);
            whole.push_str("ID");
        } else if digits < 12 {
            whole.push(sign);
        }
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_cannot_work_is_found() {
    let house = broken(Language::En).await;
    insta::assert_snapshot!(without_ids(&checked(&house, 11).await), @r"
    **Check of version 10**: 11 findings
    - The stored value of `PREFIX` does not fit, and the last good one holds. Set it anew. (“far too long for a prefix” does not fit; it takes a text of 1 to 10 characters)
    - `BOTDETECT_LOG_CHANNEL` names a channel that is gone. Choose another with `/config set`, or `/config reset` it.
    - `BOTDETECT_WHITELIST_ROLES` names the role `ID`, which is gone. Take it out.
    - AIMod cannot write in <#MOD-LOG>, which is `MODERATION_LOG_CHANNEL_ID`: it lacks **Send Messages** there.
    - `MODERATOR_ROLE_ID` names @everyone, which every member has. Set another role, or take it out.
    - Bot detection: AIMod lacks **Manage Messages**, **Ban Members**. Give it that in the server's roles.
    - Moderation log: AIMod lacks **View Audit Log**. Give it that in the server's roles.
    - Appeals: AIMod lacks **Timeout Members**, **Ban Members**. Give it that in the server's roles.
    - Bot detection: AIMod's highest role is not above <@&ID>. It cannot act on their members. Move AIMod's role up.
    - `AI_MODEL` is stored, but not in use yet.
    - `VERY_OLD` is stored, but no part of AIMod knows it.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_told_in_german() {
    let house = broken(Language::De).await;
    insta::assert_snapshot!(without_ids(&checked(&house, 11).await), @r"
    **Prüfung von Version 10**: 11 Befunde
    - Der gespeicherte Wert von `PREFIX` passt nicht, der letzte gute gilt weiter. Er muss neu gesetzt werden. Erlaubt ist: ein Text von 1 bis 10 Zeichen.
    - `BOTDETECT_LOG_CHANNEL` nennt einen Kanal, den es nicht mehr gibt. Mit `/config set` einen anderen wählen oder mit `/config reset` zurücksetzen.
    - `BOTDETECT_WHITELIST_ROLES` nennt die Rolle `ID`, die es nicht mehr gibt. Sie kann heraus.
    - AIMod kann in <#MOD-LOG> nicht schreiben, und das ist `MODERATION_LOG_CHANNEL_ID`: Dort fehlt **Nachrichten senden**.
    - `MODERATOR_ROLE_ID` nennt @everyone, und das sind alle Mitglieder. Eine andere Rolle setzen oder den Eintrag herausnehmen.
    - Bot-Erkennung: AIMod fehlt **Nachrichten verwalten**, **Mitglieder bannen**. Das lässt sich in den Rollen des Servers geben.
    - Moderationsprotokoll: AIMod fehlt **Audit-Log einsehen**. Das lässt sich in den Rollen des Servers geben.
    - Einsprüche: AIMod fehlt **Mitglieder in den Timeout versetzen**, **Mitglieder bannen**. Das lässt sich in den Rollen des Servers geben.
    - Bot-Erkennung: Die höchste Rolle von AIMod steht nicht über <@&ID>. Bei deren Mitgliedern kann es nichts tun. Die Rolle von AIMod gehört weiter nach oben.
    - `AI_MODEL` ist gespeichert, aber noch nicht in Gebrauch.
    - `VERY_OLD` ist gespeichert, aber kein Teil von AIMod kennt es.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_that_is_well_set_up_is_told_so() {
    let house = House::start().await;
    known(&house).await;
    assert_eq!(
        house.admin("/config check").await,
        "**Check of version 0**: nothing is wrong."
    );
    house.admin("/config set key:LANGUAGE_CODE value:ko").await;
    house.admin("/botdetect enable on:true").await;
    insta::assert_snapshot!(house.admin("/config check").await, @r"
    **Check of version 2**: 2 findings
    - Bot detection: It is on, but no channel is set in which cases are announced. Set `MODERATION_LOG_CHANNEL_ID`.
    - There are no texts in `ko` yet: AIMod goes on in English.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_counts_as_its_channel_and_asks_for_a_permission_of_its_own() {
    let house = House::start().await;
    known(&house).await;
    let admin = house.member("admin");
    let thread = admin
        .starts_thread(house.mod_log, "cards", false)
        .expect("a thread");
    let line = format!("/config set key:MODERATION_LOG_CHANNEL_ID value:{thread}");
    let limit = std::time::Duration::from_secs(30);
    let heard = async {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
        while !house.admin(&line).await.contains("version 1") {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(limit, heard)
        .await
        .expect("the thread is known");
    assert_eq!(
        house.admin("/config check").await,
        "**Check of version 1**: nothing is wrong."
    );
    let closed = Overwrite {
        target: OverwriteTarget::Member(house.sim.bot_user_id()),
        allow: Permissions::NONE,
        deny: Permissions::SEND_MESSAGES_IN_THREADS | Permissions::EMBED_LINKS,
    };
    house.guild.overwrite(house.mod_log, closed).expect("there");
    let text = checked(&house, 1)
        .await
        .replace(&thread.to_string(), "THREAD");
    insta::assert_snapshot!(text, @r"
    **Check of version 1**: one finding
    - AIMod cannot write in <#THREAD>, which is `MODERATION_LOG_CHANNEL_ID`: it lacks **Send Messages in Threads**, **Embed Links** there.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_the_history_are_needed_for_answers_alone() {
    let house = House::start().await;
    known(&house).await;
    house
        .admin("/config set key:APPEALS_ENABLED value:off")
        .await;
    let few = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES | Permissions::VIEW_AUDIT_LOG;
    house.guild.set_bot_permissions(few).expect("there");
    house.guild.set_everyone_permissions(few).expect("there");
    let english = checked(&house, 1).await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let german = checked(&house, 1).await;
    insta::assert_snapshot!(format!("{english}\n\n{german}"), @r"
    **Check of version 1**: one finding
    - AIMod lacks **Attach Files**, **Read Message History**: text commands are answered by replies, and some answers bring files. Give it that in the server's roles.

    **Prüfung von Version 2**: ein Befund
    - AIMod fehlt **Dateien anhängen**, **Nachrichtenverlauf anzeigen**: Auf Textbefehle antwortet es direkt unter der Nachricht, und manche Antworten bringen Dateien mit. Das lässt sich in den Rollen des Servers geben.
    ");
    house.nothing_is_left().await;
}

#[test]
fn a_guild_that_discord_has_not_described_is_told_so() {
    let registry = registry();
    let told = |language| {
        let words = Words::new(language, &registry);
        checked_text(words, ConfigVersion(1), &[Finding::UnknownGuild])
    };
    let both = Language::COMPLETE.map(told).join("\n\n");
    insta::assert_snapshot!(both, @r"
    **Check of version 1**: one finding
    - Discord has not described this server yet; channels, roles and permissions are not checked. Please try again in a moment.

    **Prüfung von Version 1**: ein Befund
    - Discord hat diesen Server noch nicht beschrieben; Kanäle, Rollen und Berechtigungen sind nicht geprüft. Bitte gleich noch einmal versuchen.
    ");
}
