//! The same in German: every text that somebody reads on the way of an appeal.

use super::*;
use crate::features::tests::plain_sql;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one story, told to its end")]
async fn the_way_of_an_appeal_in_german() {
    let house = server().await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mallory = house.member("mallory");
    punished(&house, "mallory", SCAM).await;
    let notices = told(&house, mallory.id());
    let opened = clicks(&mallory, "Einspruch einlegen").await;
    let form = opened.modal.clone().expect("a form");
    let input = &form["components"][0]["components"][0];
    let form = format!(
        "{}: {} ({})",
        form["title"], input["label"], input["placeholder"]
    );
    let sent = sends(&mallory, &opened, &[WHY]).await;
    let twice = clicks(&mallory, "Einspruch einlegen").await.text();
    house.settled().await;
    let moderator = house.member("moderator");
    let taken = clicks(&moderator, "In Prüfung nehmen").await.text();
    house.settled().await;
    let second = house.admin("/appeals decide id:1 decision:review").await;
    let done = fills(
        &moderator,
        "Annehmen",
        &["Schreib deine Nachrichten selbst."],
    )
    .await;
    house.settled().await;
    let late = house.admin("/appeals decide id:1 decision:approve").await;
    let heard = told(&house, mallory.id()).split_off(1);
    let cards = posted(&house, house.mod_log);
    let texts = [
        notices,
        vec![form, sent, twice, taken, second, done, late],
        heard,
        cards,
    ];
    insta::assert_snapshot!(read(&house, &texts.concat()), @r#"
    Eine Nachricht von diesem Konto in `The Server` wurde gelöscht. Dafür gilt ein Timeout von 1h.
    Grund: Betrug mit kostenlosem Nitro
    Fall: #1
    Wer sie nicht selbst geschrieben hat, dessen Konto ist vielleicht in fremden Händen: Dann sollte das Passwort geändert werden.
    [Einspruch einlegen]

    "Einspruch gegen Fall #1": "Warum sollte das zurückgenommen werden?" ("Was geschehen ist, in eigenen Worten. Nur das Team des Servers liest es.")

    Der Einspruch **#1** liegt beim Team von `The Server`: Timeout von 1h (Fall #1). Wenn darüber entschieden ist, sagt AIMod es dir per Direktnachricht.

    Dagegen hast du schon Einspruch eingelegt: **#1** (wartet).

    Du hast den Einspruch #1 jetzt in Prüfung. Die Karte zeigt es den anderen.

    Den Einspruch #1 hat <@MODERATOR> schon in Prüfung. Entscheiden kannst du trotzdem.

    Der Einspruch #1 ist angenommen.
    Der Timeout ist beendet.
    Das Mitglied weiß Bescheid.

    Der Einspruch #1 wurde schon angenommen, von <@MODERATOR>, TIME, mit der Antwort:
    ```
    Schreib deine Nachrichten selbst.
    ```

    Das Team von `The Server` hat deinen Einspruch #1 angenommen. Es zählt nicht mehr: Timeout von 1h (Fall #1).
    Die Antwort:
    ```
    Schreib deine Nachrichten selbst.
    ```

    Fall #1 · Timeout für 1h
    Mitglied: <@MALLORY> `mallory`
    Kanal: <#GENERAL>
    Von: AIMod
    Grund: Betrug mit kostenlosem Nitro: Satz `claim your free nitro`

    Einspruch #1 · angenommen
    Mitglied: <@MALLORY> (`MALLORY`)
    Strafe: Timeout von 1h (Fall #1)
    Grund: `Bot detection: free Nitro scam, phrase “claim your free nitro”`
    Bestraft: TIME
    Das Mitglied schreibt: ```
    That was my little brother, and he is sorry.
    ```
    Entschieden von: <@MODERATOR> TIME
    Antwort: ```
    Schreib deine Nachrichten selbst.
    ```

    Timeout beendet · Fall #2
    Mitglied: <@MALLORY> (`MALLORY`)
    Von: <@MODERATOR>
    Strafe: Timeout von 1h (Fall #1)
    Grund: Einspruch #1 wurde angenommen
    "#);
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn denials_waits_and_lists_in_german() {
    let (house, mallory) = after("warn").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let offered = runs(&mallory, "/appeal").await.text();
    let opened = clicks(&mallory, "Appeal").await;
    sends(&mallory, &opened, &[WHY]).await;
    let listed = house.admin("/appeals list").await;
    let unexplained = house.admin("/appeals decide id:1 decision:deny").await;
    let done = house
        .admin("/appeals decide id:1 decision:deny answer:Nein.")
        .await;
    let again = clicks(&mallory, "Appeal").await.text();
    let nothing = runs(&mallory, "/appeal").await.text();
    let none = house.admin("/appeals view id:9").await;
    let empty = house.admin("/appeals list").await;
    let heard = told(&house, mallory.id()).split_off(1);
    let first = vec![
        offered,
        listed,
        unexplained,
        done,
        again,
        nothing,
        none,
        empty,
    ];
    let texts = [first, heard];
    insta::assert_snapshot!(read(&house, &texts.concat()), @r"
    Wogegen soll sich der Einspruch richten? Nach der Wahl unten öffnet sich ein Formular.

    **1 Einspruch**: noch zu entscheiden
    - **#1** · wartet · <@MALLORY> · Verwarnung (Fall #1) · TIME

    Eine Ablehnung braucht eine Antwort: Das Mitglied liest sie.

    Der Einspruch #1 ist abgelehnt.
    Das Mitglied weiß Bescheid.

    Dein letzter Einspruch dagegen wurde abgelehnt. Der nächste geht TIME.

    Noch gibt es hier nichts, wogegen du Einspruch einlegen könntest. Der nächste Einspruch geht TIME.

    Einen Einspruch #9 hat dieser Server nicht. `/appeals list` zeigt, welche er hat.

    Keine Einsprüche sind noch zu entscheiden.

    Das Team von `The Server` hat deinen Einspruch #1 abgelehnt. Es bleibt bei: Verwarnung (Fall #1).
    Die Antwort:
    ```
    Nein.
    ```
    Ein neuer Einspruch geht TIME.
    ");
    house.nothing_is_left().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_in_german() {
    let (house, mallory) = after("warn").await;
    house.admin("/config set key:LANGUAGE_CODE value:de").await;
    let mut read_by = vec![house.says("alice", "/appeal punishment:1").await];
    for line in [
        "/config set key:APPEALS_DELAY value:1h",
        "/config set key:APPEALS_MIN_LENGTH value:200",
        "/config set key:APPEALS_MAX_LENGTH value:100",
    ] {
        house.admin(line).await;
    }
    read_by.push(house.says("mallory", "/appeal punishment:1").await);
    read_by.push(house.admin("/config check").await);
    house.admin("/config reset key:APPEALS_DELAY").await;
    let opened = clicks(&mallory, "Appeal").await;
    let blank = "\u{200b}".repeat(100);
    read_by.push(sends(&mallory, &opened, &[&blank]).await);
    plain_sql(&house, "UPDATE moderation_logs SET lifted_at = now()").await;
    read_by.push(clicks(&mallory, "Appeal").await.text());
    house
        .admin("/config set key:APPEALS_ENABLED value:false")
        .await;
    read_by.push(clicks(&mallory, "Appeal").await.text());
    read_by.push(house.admin("/config show key:APPEALS_WAIT").await);
    insta::assert_snapshot!(read(&house, &read_by), @r"
    Das ist keine deiner Strafen. `/appeal` zeigt, wogegen du Einspruch einlegen kannst.

    Das ist noch zu früh: Einspruch dagegen geht TIME.

    **Prüfung von Version 7**: ein Befund
    - Einsprüche: `APPEALS_MIN_LENGTH` ist größer als `APPEALS_MAX_LENGTH`: Nur ein Text von genau der größten Länge geht durch. Das eine muss kleiner oder das andere größer werden.

    Ein Einspruch hat hier mindestens 100 Zeichen; deiner hat 0. Bitte schreib etwas mehr.

    Das ist schon zurückgenommen; da gibt es keinen Einspruch mehr.

    `The Server` nimmt über AIMod keine Einsprüche an. Bitte wende dich an das Team.

    **APPEALS_WAIT** = 1w (Standard)
    Wie lange nach einer Ablehnung gegen dieselbe Strafe kein neuer Einspruch geht.
    Erlaubt ist: eine Dauer wie 10m oder 1d12h, höchstens 52w1d. Standard: 1w.
    ");
    house.nothing_is_left().await;
}
