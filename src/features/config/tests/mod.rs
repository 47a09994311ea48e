//! `/config` as administrators and members meet it, by slash and by text.

mod calls;
mod check;
mod doubts;
mod german;
mod importing;
mod lists;
mod members;
mod names;
mod pages;
mod past;
mod rollback;
mod transfer;

use crate::features::tests::{dialog, named, types, without_times};
use crate::support::House;

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn an_administrator_looks_sets_and_resets() {
    let house = House::start().await;
    let log = format!(
        "/config set key:MODERATION_LOG_CHANNEL_ID value:<#{}>",
        house.mod_log
    );
    let text = dialog(
        &house,
        &[
            "/config show",
            "/config show key:prefix",
            "/config show key:MODERATOR_ROLE_ID",
            &log,
            "/config set key:BOTDETECT_TIMEOUT value:1d12h",
            "/config set key:BOTDETECT_TIMEOUT value:36h",
            "/config set key:BOTDETECT_KEYWORDS value:cheap crypto, scam.example, three, four, five",
            "/config set key:APPEALS_ENABLED value:off",
            "/config show",
            "/config reset key:APPEALS_ENABLED",
            "/config reset key:APPEALS_ENABLED",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config show
    **Settings of this server**, version 0, page 1 of 2
    __General__
    `LANGUAGE_CODE` = `en` (default)
    `MODERATION_LOG_CHANNEL_ID` = unset
    `MODERATOR_ROLE_ID` = unset
    `PREFIX` = `o!` (default)
    `TIME_ZONE` = `UTC` (default)
    __Global bans__
    `GLOBAL_BANS_ENABLED` = true (default)
    __Bot detection__
    `BOTDETECT_ACTION` = `timeout` (default)
    `BOTDETECT_ENABLED` = false (default)
    `BOTDETECT_KEYWORDS` = none (default)
    `BOTDETECT_LOG_CHANNEL` = unset
    `/config show` with the name of a setting tells what it means; `/config set` changes it.

    > /config show key:prefix
    **PREFIX** = `o!` (default)
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.

    > /config show key:MODERATOR_ROLE_ID
    **MODERATOR_ROLE_ID** = unset
    The moderators' role: its members count as staff and are not judged.
    It takes a role: its mention, its id, or its name after @. Default: unset.

    > /config set key:MODERATION_LOG_CHANNEL_ID value:<#MOD-LOG>
    `MODERATION_LOG_CHANNEL_ID`: unset → <#MOD-LOG>
    The channel in which every case is announced. Unset means that nothing is announced.
    This is version 1; the next message is judged by it.

    > /config set key:BOTDETECT_TIMEOUT value:1d12h
    `BOTDETECT_TIMEOUT`: 1h (default) → 1d12h
    How long a timeout by bot detection lasts.
    This is version 2; the next message is judged by it.

    > /config set key:BOTDETECT_TIMEOUT value:36h
    `BOTDETECT_TIMEOUT` is 1d12h already; nothing has changed.

    > /config set key:BOTDETECT_KEYWORDS value:cheap crypto, scam.example, three, four, five
    `BOTDETECT_KEYWORDS`: + `cheap crypto`, + `scam.example`, + `three`, + `four`, + `five`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 3; the next message is judged by it.

    > /config set key:APPEALS_ENABLED value:off
    `APPEALS_ENABLED`: true (default) → false
    Whether members may appeal against their punishments.
    This is version 4; the next message is judged by it.

    > /config show
    **Settings of this server**, version 4, page 1 of 2
    __General__
    `MODERATION_LOG_CHANNEL_ID` = <#MOD-LOG>
    `LANGUAGE_CODE` = `en` (default)
    `MODERATOR_ROLE_ID` = unset
    `PREFIX` = `o!` (default)
    `TIME_ZONE` = `UTC` (default)
    __Global bans__
    `GLOBAL_BANS_ENABLED` = true (default)
    __Bot detection__
    `BOTDETECT_KEYWORDS` = `cheap crypto`, `scam.example`, `three` and 2 more
    `BOTDETECT_TIMEOUT` = 1d12h
    `BOTDETECT_ACTION` = `timeout` (default)
    `BOTDETECT_ENABLED` = false (default)
    `/config show` with the name of a setting tells what it means; `/config set` changes it.

    > /config reset key:APPEALS_ENABLED
    `APPEALS_ENABLED`: false → true (default)
    Whether members may appeal against their punishments.
    This is version 5; the next message is judged by it.

    > /config reset key:APPEALS_ENABLED
    `APPEALS_ENABLED` is true (default) already; nothing has changed.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn what_cannot_be_is_refused_with_what_to_do() {
    let house = House::start().await;
    let other = house.sim.add_guild("Another Server");
    let foreign_channel = other.channel("general").expect("every guild has it");
    let foreign_role = other.bot_role().expect("the bot is there");
    let long = "x".repeat(3_000);
    let lines = [
        "/config show key:PREFX".to_owned(),
        "/config set key:nonsense value:1".to_owned(),
        format!("/config set key:{} value:1", "`".repeat(200)),
        "/config set key:PREFIX value:much too long for this".to_owned(),
        "/config set key:PREFIX value:\u{200b}".to_owned(),
        "/config set key:APPEALS_ENABLED value:maybe".to_owned(),
        "/config set key:BOTDETECT_ACTION value:explode".to_owned(),
        "/config set key:BOTDETECT_TIMEOUT value:29d".to_owned(),
        "/config set key:BOTDETECT_TIMEOUT value:0s".to_owned(),
        "/config set key:BOTDETECT_KEYWORDS value:fine, ...".to_owned(),
        "/config set key:BOTDETECT_KEYWORDS value:".to_owned() + &long,
        "/config set key:MODERATION_LOG_CHANNEL_ID value:general".to_owned(),
        format!("/config set key:MODERATION_LOG_CHANNEL_ID value:{foreign_channel}"),
        format!("/config set key:MODERATOR_ROLE_ID value:<@&{foreign_role}>"),
        format!("/config set key:BOTDETECT_WHITELIST_ROLES value:{foreign_role}"),
        "/config set key:MODERATOR_ROLE_ID value:@everyone <@1>".to_owned(),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let text = dialog(&house, &lines).await;
    let text = text
        .replace(&foreign_channel.to_string(), "FOREIGN-CHANNEL")
        .replace(&foreign_role.to_string(), "FOREIGN-ROLE")
        .replace('\u{200b}', "(zero width)")
        .replace(&long, "xxx (3,000)");
    insta::assert_snapshot!(text, @r"
    > /config show key:PREFX
    There is no setting `PREFX`. Did you mean `PREFIX`?

    > /config set key:nonsense value:1
    There is no setting `nonsense`. `/config show` lists them all.

    > /config set key:```````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````````` value:1
    There is no such setting. `/config show` lists them all.

    > /config set key:PREFIX value:much too long for this
    `PREFIX` was not changed: “much too long for this” does not fit; it takes a text of 1 to 10 characters.

    > /config set key:PREFIX value:(zero width)
    `PREFIX` was not changed: a prefix takes visible characters only.

    > /config set key:APPEALS_ENABLED value:maybe
    `APPEALS_ENABLED` was not changed: “maybe” does not fit; it takes true or false.

    > /config set key:BOTDETECT_ACTION value:explode
    `BOTDETECT_ACTION` was not changed: “explode” does not fit; it takes one of delete, warn, timeout, kick, ban.

    > /config set key:BOTDETECT_TIMEOUT value:29d
    `BOTDETECT_TIMEOUT` was not changed: that is too long; the longest is 4w.

    > /config set key:BOTDETECT_TIMEOUT value:0s
    `BOTDETECT_TIMEOUT` was not changed: a duration of zero has no effect.

    > /config set key:BOTDETECT_KEYWORDS value:fine, ...
    `BOTDETECT_KEYWORDS` was not changed: keyword 2: a keyword needs at least one letter, digit or symbol.

    > /config set key:BOTDETECT_KEYWORDS value:xxx (3,000)
    `BOTDETECT_KEYWORDS` was not changed: “xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx” does not fit; it takes up to 1000 texts of at most 200 characters, separated by commas.

    > /config set key:MODERATION_LOG_CHANNEL_ID value:general
    `MODERATION_LOG_CHANNEL_ID` was not changed: “general” does not fit; it takes a channel: its mention or its id.

    > /config set key:MODERATION_LOG_CHANNEL_ID value:FOREIGN-CHANNEL
    `MODERATION_LOG_CHANNEL_ID` was not changed: this server has no such text channel.

    > /config set key:MODERATOR_ROLE_ID value:<@&FOREIGN-ROLE>
    `MODERATOR_ROLE_ID` was not changed: this server has no such role.

    > /config set key:BOTDETECT_WHITELIST_ROLES value:FOREIGN-ROLE
    `BOTDETECT_WHITELIST_ROLES` was not changed: not all of these roles are of this server.

    > /config set key:MODERATOR_ROLE_ID value:@everyone <@1>
    `MODERATOR_ROLE_ID` was not changed: “@everyone <@1>” does not fit; it takes a role: its mention or its id.
    ");
    let versions = "SELECT count(*) FROM guild_config_revisions";
    assert_eq!(house.number(versions).await, 0, "nothing was changed");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_commands_do_what_slash_commands_do() {
    let house = House::start().await;
    let mut text = String::new();
    for line in [
        "o!config show PREFIX",
        "o!config set BOTDETECT_TIMEOUT 2h",
        "o!CONFIG SET botdetect_timeout 3h",
        "o!config set PREFIX ?",
        "?config set BOTDETECT_KEYWORDS free money, cheap crypto",
        "?config reset BOTDETECT_KEYWORDS",
        "?config set",
        "?config set PREFIX",
        "?config nonsense",
        "?config",
    ] {
        let answer = types(&house, "admin", line).await;
        text.push_str(&format!("> {line}\n{answer}\n\n"));
    }
    let mention = format!("<@{}> config show PREFIX", house.sim.bot_user_id());
    let answer = types(&house, "admin", &mention).await;
    text.push_str(&format!("> {mention}\n{answer}"));
    insta::assert_snapshot!(without_times(&named(&house, text)), @r"
    > o!config show PREFIX
    **PREFIX** = `o!` (default)
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.

    > o!config set BOTDETECT_TIMEOUT 2h
    `BOTDETECT_TIMEOUT`: 1h (default) → 2h
    How long a timeout by bot detection lasts.
    This is version 1; the next message is judged by it.

    > o!CONFIG SET botdetect_timeout 3h
    `BOTDETECT_TIMEOUT`: 2h → 3h
    How long a timeout by bot detection lasts.
    This is version 2; the next message is judged by it.

    > o!config set PREFIX ?
    `PREFIX`: `o!` (default) → `?`
    What text commands begin with. A mention of AIMod works as well.
    This is version 3; it holds from now on.

    > ?config set BOTDETECT_KEYWORDS free money, cheap crypto
    `BOTDETECT_KEYWORDS`: + `free money`, + `cheap crypto`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 4; the next message is judged by it.

    > ?config reset BOTDETECT_KEYWORDS
    `BOTDETECT_KEYWORDS`: − `free money`, − `cheap crypto`
    This server's own phrases and link domains, besides the built-in ones.
    This is version 5; the next message is judged by it.

    > ?config set
    Something is missing. Write it like `?config set <key> <value> [reason] [version]`.

    > ?config set PREFIX
    Something is missing. Write it like `?config set <key> <value> [reason] [version]`.

    > ?config nonsense
    Choose one of `config show`, `config set`, `config add`, `config remove`, `config reset`, `config history`, `config diff`, `config rollback`, `config check`, `config export`, `config import`.

    > ?config
    Choose one of `config show`, `config set`, `config add`, `config remove`, `config reset`, `config history`, `config diff`, `config rollback`, `config check`, `config export`, `config import`.

    > <@AIMOD> config show PREFIX
    **PREFIX** = `?`
    What text commands begin with. A mention of AIMod works as well.
    It takes a text of 1 to 10 characters. Default: `o!`.
    Since version 3, TIME: <@ADMIN>, by command.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_old_prefix_and_other_bots_commands_are_not_answered() {
    let house = House::start().await;
    types(&house, "admin", "o!config set PREFIX ?").await;
    let alice = house.member("alice");
    for text in ["o!config show", "!ban somebody", "?unknown command", "?"] {
        alice.posts(house.general, text).expect("a message");
    }
    types(&house, "admin", "?config show PREFIX").await;
    let answers = house
        .sim
        .look(|world| world.bot_messages(house.general).len());
    assert_eq!(answers, 2, "those to the administrator");
    house.nothing_is_left().await;
}
