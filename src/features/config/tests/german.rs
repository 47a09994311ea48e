//! The same answers in German, and in English where a language has no texts yet.

use crate::features::tests::{dialog, named, plain_sql, taken_in, types, without_times};
use crate::support::House;

/// A guild that has chosen German.
async fn german() -> House {
    let house = House::start().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    house
}

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn an_administrator_looks_and_changes_in_german() {
    let house = House::start().await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/config show",
            "/config show key:prefix",
            "/config show key:BOTDETECT_KEYWORDS",
            "/config show key:RAID_DEFENSE_ENABLED",
            "/config set key:BOTDETECT_TIMEOUT value:36h",
            "/config set key:BOTDETECT_TIMEOUT value:1d12h",
            "/config add key:BOTDETECT_KEYWORDS value:cheap crypto, scam.example",
            "/config add key:BOTDETECT_KEYWORDS value:scam.example",
            "/config remove key:BOTDETECT_KEYWORDS value:cheap crypto",
            "/config remove key:BOTDETECT_KEYWORDS value:cheap crypto",
            "/config reset key:BOTDETECT_KEYWORDS",
            "/config set key:LANGUAGE_CODE value:fr",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 1; sie gilt ab der nächsten Nachricht.

    > /config show
    **Einstellungen dieses Servers**, Version 1, Seite 1 von 2
    __Allgemein__
    `LANGUAGE_CODE` = `de`
    `MODERATION_LOG_CHANNEL_ID` = nicht gesetzt
    `MODERATOR_ROLE_ID` = nicht gesetzt
    `PREFIX` = `o!` (Standard)
    `TIME_ZONE` = `UTC` (Standard)
    __Globale Banns__
    `GLOBAL_BANS_ENABLED` = true (Standard)
    __Bot-Erkennung__
    `BOTDETECT_ACTION` = `timeout` (Standard)
    `BOTDETECT_ENABLED` = false (Standard)
    `BOTDETECT_KEYWORDS` = keine (Standard)
    `BOTDETECT_LOG_CHANNEL` = nicht gesetzt
    `/config show` mit dem Namen einer Einstellung erklärt sie; `/config set` ändert sie.

    > /config show key:prefix
    **PREFIX** = `o!` (Standard)
    Womit Textbefehle beginnen. Eine Erwähnung von AIMod geht auch.
    Erlaubt ist: ein Text von 1 bis 10 Zeichen. Standard: `o!`.

    > /config show key:BOTDETECT_KEYWORDS
    **BOTDETECT_KEYWORDS** = keine (Standard)
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Erlaubt ist: bis zu 1000 Texte von höchstens 200 Zeichen, durch Kommas getrennt. Standard: keine.

    > /config show key:RAID_DEFENSE_ENABLED
    **RAID_DEFENSE_ENABLED** ist noch nicht in Gebrauch: Kein Teil von AIMod liest es bisher.
    Ob Raids abgewehrt werden.

    > /config set key:BOTDETECT_TIMEOUT value:36h
    `BOTDETECT_TIMEOUT`: 1h (Standard) → 1d12h
    Wie lange ein Timeout der Bot-Erkennung dauert.
    Das ist Version 2; sie gilt ab der nächsten Nachricht.

    > /config set key:BOTDETECT_TIMEOUT value:1d12h
    `BOTDETECT_TIMEOUT` ist schon 1d12h; nichts wurde geändert.

    > /config add key:BOTDETECT_KEYWORDS value:cheap crypto, scam.example
    `BOTDETECT_KEYWORDS`: + `cheap crypto`, + `scam.example`
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Das ist Version 3; sie gilt ab der nächsten Nachricht.

    > /config add key:BOTDETECT_KEYWORDS value:scam.example
    All das steht schon in `BOTDETECT_KEYWORDS`; nichts wurde geändert.

    > /config remove key:BOTDETECT_KEYWORDS value:cheap crypto
    `BOTDETECT_KEYWORDS`: − `cheap crypto`
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Das ist Version 4; sie gilt ab der nächsten Nachricht.

    > /config remove key:BOTDETECT_KEYWORDS value:cheap crypto
    Nichts davon steht in `BOTDETECT_KEYWORDS`; nichts wurde geändert.

    > /config reset key:BOTDETECT_KEYWORDS
    `BOTDETECT_KEYWORDS`: − `scam.example`
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Das ist Version 5; sie gilt ab der nächsten Nachricht.

    > /config set key:LANGUAGE_CODE value:fr
    `LANGUAGE_CODE`: `de` → `fr`
    The language of AIMod's answers. Texts exist in en and de; the other languages are answered in English.
    Texts in `fr` do not exist yet: AIMod goes on in English.
    This is version 6; it holds from now on.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn what_cannot_be_is_refused_in_german() {
    let house = german().await;
    plain_sql(
        &house,
        "INSERT INTO botdetect_config (guild_id, keywords) SELECT guild_id, \
         (SELECT jsonb_agg('word ' || n) FROM generate_series(1, 1000) n) FROM guild_settings",
    )
    .await;
    taken_in(&house, 2).await;
    let text = dialog(
        &house,
        &[
            "/config show key:PREFX",
            "/config set key:nonsense value:1",
            "/config set key:PREFIX value:much too long for this",
            "/config set key:PREFIX value:\u{200b}",
            "/config set key:APPEALS_ENABLED value:maybe",
            "/config set key:BOTDETECT_ACTION value:explode",
            "/config set key:BOTDETECT_TIMEOUT value:29d",
            "/config set key:BOTDETECT_KEYWORDS value:fine, ...",
            "/config set key:MODERATION_LOG_CHANNEL_ID value:1",
            "/config set key:MODERATOR_ROLE_ID value:1",
            "/config set key:BOTDETECT_WHITELIST_ROLES value:1",
            "/config set key:BOTDETECT_WHITELIST_USERS value:x",
            "/config set key:AI_MODEL value:x",
            "/config add key:PREFIX value:x",
            "/config set key:MODERATOR_ROLE_ID value:@everyone",
            "/config add key:BOTDETECT_KEYWORDS value:one more",
            "/config set key:API_KEY value:x",
        ],
    )
    .await
    .replace('\u{200b}', "(zero width)");
    insta::assert_snapshot!(text, @r"
    > /config show key:PREFX
    Die Einstellung `PREFX` gibt es nicht. Ist `PREFIX` gemeint?

    > /config set key:nonsense value:1
    Die Einstellung `nonsense` gibt es nicht. `/config show` zeigt alle.

    > /config set key:PREFIX value:much too long for this
    `PREFIX` wurde nicht geändert: „much too long for this“ passt nicht; erlaubt ist: ein Text von 1 bis 10 Zeichen.

    > /config set key:PREFIX value:(zero width)
    `PREFIX` wurde nicht geändert: ein Präfix besteht aus sichtbaren Zeichen.

    > /config set key:APPEALS_ENABLED value:maybe
    `APPEALS_ENABLED` wurde nicht geändert: „maybe“ passt nicht; erlaubt ist: true oder false.

    > /config set key:BOTDETECT_ACTION value:explode
    `BOTDETECT_ACTION` wurde nicht geändert: „explode“ passt nicht; erlaubt ist: eines von delete, warn, timeout, kick, ban.

    > /config set key:BOTDETECT_TIMEOUT value:29d
    `BOTDETECT_TIMEOUT` wurde nicht geändert: „29d“ passt nicht; erlaubt ist: eine Dauer wie 10m oder 1d12h, höchstens 4w.

    > /config set key:BOTDETECT_KEYWORDS value:fine, ...
    `BOTDETECT_KEYWORDS` wurde nicht geändert: jedes Stichwort braucht mindestens 3 Buchstaben oder Ziffern, oder ein Zeichen wie ein Emoji, und höchstens 200 Zeichen.

    > /config set key:MODERATION_LOG_CHANNEL_ID value:1
    `MODERATION_LOG_CHANNEL_ID` wurde nicht geändert: Diesen Textkanal gibt es auf dem Server nicht.

    > /config set key:MODERATOR_ROLE_ID value:1
    `MODERATOR_ROLE_ID` wurde nicht geändert: Diese Rolle gibt es auf dem Server nicht.

    > /config set key:BOTDETECT_WHITELIST_ROLES value:1
    `BOTDETECT_WHITELIST_ROLES` wurde nicht geändert: Nicht alle diese Rollen gibt es auf dem Server.

    > /config set key:BOTDETECT_WHITELIST_USERS value:x
    `BOTDETECT_WHITELIST_USERS` wurde nicht geändert: „x“ passt nicht; erlaubt ist: Benutzer: Erwähnungen oder IDs, durch Leerzeichen getrennt.

    > /config set key:AI_MODEL value:x
    `AI_MODEL` wurde nicht geändert: Es ist noch nicht in Gebrauch; kein Teil von AIMod liest es bisher.

    > /config add key:PREFIX value:x
    `PREFIX` wurde nicht geändert: Es ist ein einzelner Wert, keine Liste; `/config set` ändert ihn.

    > /config set key:MODERATOR_ROLE_ID value:@everyone
    `MODERATOR_ROLE_ID` wurde nicht geändert: @everyone sind alle, keine Rolle für einzelne Mitglieder.

    > /config add key:BOTDETECT_KEYWORDS value:one more
    `BOTDETECT_KEYWORDS` wurde nicht geändert: Die Liste würde zu lang; erlaubt ist: bis zu 1000 Texte von höchstens 200 Zeichen, durch Kommas getrennt.

    > /config set key:API_KEY value:x
    `API_KEY` wurde nicht geändert: Er ist keine Einstellung; `/apikey` setzt und entfernt ihn.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_framework_speaks_german_too() {
    let house = german().await;
    let mut text = String::new();
    for (who, line) in [
        ("admin", "o!config set"),
        ("admin", "o!config nonsense"),
        ("admin", "o!botdetect enable perhaps"),
        ("admin", "o!config show PREFIX PREFIX"),
        ("alice", "o!config show"),
    ] {
        let answer = types(&house, who, line).await;
        text.push_str(&format!("> {line}\n{answer}\n\n"));
    }
    let refused = house.says("alice", "/infractions view user:alice").await;
    text.push_str(&refused);
    insta::assert_snapshot!(named(&house, text), @r"
    > o!config set
    Es fehlt etwas. Die Form ist `o!config set <key> <value> [reason] [version]`.

    > o!config nonsense
    Zur Wahl stehen `config show`, `config set`, `config add`, `config remove`, `config reset`, `config history`, `config diff`, `config rollback`, `config check`, `config export`, `config import`.

    > o!botdetect enable perhaps
    `perhaps` passt hier nicht. Die Form ist `o!botdetect enable <on>`.

    > o!config show PREFIX PREFIX
    Das ist mehr, als dieser Befehl annimmt. Die Form ist `o!config show [key]`.

    > o!config show
    Dafür ist die Berechtigung **Server verwalten** nötig.

    Dafür ist die Berechtigung **Mitglieder in den Timeout versetzen** nötig.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn every_kind_of_setting_is_explained_in_german() {
    let house = german().await;
    let mut kinds = std::collections::BTreeMap::new();
    let guilds = house.app().guilds();
    for key in guilds.registry().keys() {
        kinds
            .entry(format!("{:?}", std::mem::discriminant(&key.kind)))
            .or_insert(key.name);
    }
    let mut lines: Vec<String> = kinds
        .values()
        .map(|name| format!("/config show key:{name}"))
        .collect();
    lines.sort();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    insta::assert_snapshot!(without_times(&dialog(&house, &lines).await), @r"
    > /config show key:APPEALS_CHANNEL_ID
    **APPEALS_CHANNEL_ID** = nicht gesetzt
    Wo das Team die Einsprüche sieht; wenn nicht gesetzt, in MODERATION_LOG_CHANNEL_ID, und ohne den nur mit /appeals list.
    Erlaubt ist: ein Kanal: als Erwähnung, als ID oder mit dem Namen nach #. Standard: nicht gesetzt.

    > /config show key:APPEALS_DELAY
    **APPEALS_DELAY** = nicht gesetzt
    Wie lange nach einer Strafe noch kein Einspruch dagegen geht; nicht gesetzt heißt: er geht sofort.
    Erlaubt ist: eine Dauer wie 10m oder 1d12h, höchstens 52w1d. Standard: nicht gesetzt.

    > /config show key:APPEALS_ENABLED
    **APPEALS_ENABLED** = true (Standard)
    Ob Mitglieder gegen ihre Strafen Einspruch einlegen können.
    Erlaubt ist: true oder false. Standard: true.

    > /config show key:APPEALS_MAX_LENGTH
    **APPEALS_MAX_LENGTH** = 1000 (Standard)
    Wie viele Zeichen ein Einspruch höchstens hat.
    Erlaubt ist: eine ganze Zahl von 50 bis 4000. Standard: 1000.

    > /config show key:BOTDETECT_ACTION
    **BOTDETECT_ACTION** = `timeout` (Standard)
    Was mit dem Autor einer gefundenen Nachricht geschieht. Gelöscht wird sie auf jeden Fall.
    Erlaubt ist: eines von delete, warn, timeout, kick, ban. Standard: `timeout`.

    > /config show key:BOTDETECT_KEYWORDS
    **BOTDETECT_KEYWORDS** = keine (Standard)
    Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
    Erlaubt ist: bis zu 1000 Texte von höchstens 200 Zeichen, durch Kommas getrennt. Standard: keine.

    > /config show key:BOTDETECT_WHITELIST_ROLES
    **BOTDETECT_WHITELIST_ROLES** = keine (Standard)
    Rollen, deren Mitglieder nie durchsucht werden.
    Erlaubt ist: Rollen: Erwähnungen oder IDs, durch Leerzeichen getrennt. Standard: keine.

    > /config show key:BOTDETECT_WHITELIST_USERS
    **BOTDETECT_WHITELIST_USERS** = keine (Standard)
    Benutzer, deren Nachrichten nie durchsucht werden.
    Erlaubt ist: Benutzer: Erwähnungen oder IDs, durch Leerzeichen getrennt. Standard: keine.

    > /config show key:MODERATOR_ROLE_ID
    **MODERATOR_ROLE_ID** = nicht gesetzt
    Die Rolle der Moderatoren: Ihre Mitglieder gehören zum Team und werden nicht beurteilt.
    Erlaubt ist: eine Rolle: als Erwähnung, als ID oder mit dem Namen nach @. Standard: nicht gesetzt.

    > /config show key:PREFIX
    **PREFIX** = `o!` (Standard)
    Womit Textbefehle beginnen. Eine Erwähnung von AIMod geht auch.
    Erlaubt ist: ein Text von 1 bis 10 Zeichen. Standard: `o!`.

    > /config show key:TIME_ZONE
    **TIME_ZONE** = `UTC` (Standard)
    Die Zeitzone, nach deren Tagen die Statistik zählt.
    Erlaubt ist: der Name einer Zeitzone, zum Beispiel Europe/Berlin oder UTC. Standard: `UTC`.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_a_change_is_told_in_german() {
    let house = german().await;
    plain_sql(
        &house,
        "INSERT INTO guild_config SELECT guild_id, 'PREFIX', '\"?\"' FROM guild_settings; \
         BEGIN; SELECT set_config('aimod.source', 'CLI', true); \
         UPDATE guild_config SET value = '\"!\"' WHERE key = 'PREFIX'; COMMIT; \
         BEGIN; SELECT set_config('aimod.source', 'IMPORT', true); \
         UPDATE guild_config SET value = '\"?\"' WHERE key = 'PREFIX'; COMMIT; \
         BEGIN; SELECT set_config('aimod.source', 'SYSTEM', true); \
         UPDATE guild_config SET value = '\"!\"' WHERE key = 'PREFIX'; COMMIT",
    )
    .await;
    taken_in(&house, 5).await;
    let told = house.admin("/config history key:PREFIX").await;
    insta::assert_snapshot!(without_times(&named(&house, told)), @r"
    **Änderungen an `PREFIX`**
    **Version 5** · TIME · AIMod · durch AIMod
    - `PREFIX`: `?` → `!`
    **Version 4** · TIME · der Betreiber · per Import
    - `PREFIX`: `!` → `?`
    **Version 3** · TIME · der Betreiber · auf der Kommandozeile
    - `PREFIX`: `?` → `!`
    **Version 2** · TIME · jemand · in der Datenbank
    - `PREFIX`: `o!` (Standard) → `?`
    ");
    house.nothing_is_left().await;
}
