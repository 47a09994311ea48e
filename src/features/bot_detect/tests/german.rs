//! What administrators and members of a German guild read of bot detection.

use crate::features::tests::{detecting, dialog, named, punished};

#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::too_many_lines,
    reason = "one dialogue, read from top to bottom"
)]
async fn an_administrator_reads_german() {
    let house = detecting().await;
    let text = dialog(
        &house,
        &[
            "/config set key:LANGUAGE_CODE value:de",
            "/botdetect status",
            "/botdetect enable on:true",
            "/botdetect action action:ban",
            "/botdetect action action:timeout duration:5x",
            "/botdetect keywords list",
            "/botdetect keywords add keyword:buy followers",
            "/botdetect keywords add keyword:Buy  Followers",
            "/botdetect keywords add keyword:...",
            "/botdetect keywords list",
            "/botdetect keywords remove keyword:gone",
            "/botdetect keywords remove keyword:buy followers",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist add user:alice",
            "/botdetect whitelist remove user:alice",
            "/botdetect whitelist remove user:alice",
            "/botdetect whitelist add",
            "/botdetect test text:hello",
            "/botdetect test text:f r e e r o b u x and fr33 n1tro on 101nitro.com",
        ],
    )
    .await;
    insta::assert_snapshot!(text, @r"
    > /config set key:LANGUAGE_CODE value:de
    `LANGUAGE_CODE`: `en` (Standard) → `de`
    Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
    Das ist Version 3; sie gilt ab der nächsten Nachricht.

    > /botdetect status
    Die Bot-Erkennung ist **an**.
    Was geschieht: die Nachricht wird gelöscht, ihr Autor erhält einen Timeout von 1h
    Stichwörter dieses Servers: 0
    Eingebaute Listen: an: 70 Sätze, 21813 Phishing-Domains
    Ausgenommene Rollen: keine
    Ausgenommene Benutzer: keine
    Protokollkanal: <#MOD-LOG>

    > /botdetect enable on:true
    Die Bot-Erkennung war schon an; nichts wurde geändert.

    > /botdetect action action:ban
    Ab jetzt gilt: die Nachricht wird gelöscht, ihr Autor gebannt.

    > /botdetect action action:timeout duration:5x
    Nichts wurde geändert: „5x“ ist keine Dauer wie 10m oder 1d12h, höchstens 4w.

    > /botdetect keywords list
    Dieser Server hat keine eigenen Stichwörter; `/botdetect keywords add` fügt eines hinzu.

    > /botdetect keywords add keyword:buy followers
    `buy followers` ist hinzugefügt. Es gilt ab der nächsten Nachricht.

    > /botdetect keywords add keyword:Buy  Followers
    `buy followers` steht schon in der Liste und findet dieselben Texte wie `Buy  Followers`.

    > /botdetect keywords add keyword:...
    Das Stichwort wurde nicht hinzugefügt: Es braucht mindestens einen Buchstaben, eine Ziffer oder ein Zeichen.

    > /botdetect keywords list
    1 Stichwort dieses Servers:
    - `buy followers`

    > /botdetect keywords remove keyword:gone
    `gone` steht nicht in der Liste; `/botdetect keywords list` zeigt sie.

    > /botdetect keywords remove keyword:buy followers
    `buy followers` ist entfernt.

    > /botdetect whitelist add user:alice
    <@ALICE> ist jetzt von der Bot-Erkennung ausgenommen.

    > /botdetect whitelist add user:alice
    <@ALICE> ist schon ausgenommen.

    > /botdetect whitelist remove user:alice
    <@ALICE> ist nicht mehr von der Bot-Erkennung ausgenommen.

    > /botdetect whitelist remove user:alice
    <@ALICE> war nicht ausgenommen; nichts wurde geändert.

    > /botdetect whitelist add
    Es fehlt eine Rolle oder ein Benutzer.

    > /botdetect test text:hello
    Dieser Text käme durch: Er enthält keinen Satz und keine Link-Domain der Listen.

    > /botdetect test text:f r e e r o b u x and fr33 n1tro on 101nitro.com
    Was dieser Text zur Folge hätte: die Nachricht wird gelöscht, ihr Autor gebannt.
    1. Betrug mit Geschenken oder Spielgegenständen: Satz `free robux`, Buchstaben auseinandergezogen, gefunden als `f r e e r o b u x`
    2. Betrug mit kostenlosem Nitro: Satz `free nitro`, Ziffern oder Zeichen statt Buchstaben, gefunden als `fr33 n1tro`
    3. bekannte Phishing-Seite: Domain `101nitro.com`
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_and_the_log_are_told_in_german() {
    let house = detecting().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    punished(&house, "mallory", "claim your FREE NITRO now").await;
    let mallory = house.sim.user("mallory");
    let (card, notice) = house.sim.look(|world| {
        let card = world.bot_messages(house.mod_log);
        let card = card.first().map(|card| card.embeds.clone());
        let notice = world.dms(mallory);
        (card, notice.first().map(|notice| notice.content.clone()))
    });
    let card = card.expect("a card");
    let fields = card[0]["fields"].as_array().expect("fields").iter();
    let mut lines = vec![card[0]["title"].as_str().unwrap_or_default().to_owned()];
    lines.extend(fields.map(|field| {
        let at = |name: &str| field[name].as_str().unwrap_or_default();
        format!("{}: {}", at("name"), at("value"))
    }));
    lines.push(notice.expect("a notice"));
    insta::assert_snapshot!(named(&house, lines.join("\n")), @r"
    Fall #1 · Timeout für 1h
    Mitglied: <@MALLORY> `mallory`
    Kanal: <#GENERAL>
    Von: AIMod
    Grund: Betrug mit kostenlosem Nitro: Satz `claim your free nitro`
    Eine Nachricht von diesem Konto in `The Server` wurde gelöscht. Dafür gilt ein Timeout von 1h.
    Grund: Betrug mit kostenlosem Nitro
    Fall: #1
    Wer sie nicht selbst geschrieben hat, dessen Konto ist vielleicht in fremden Händen: Dann sollte das Passwort geändert werden.
    ");
    house.nothing_is_left().await;
}
