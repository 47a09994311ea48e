# Was Mitglieder und Team über Einsprüche lesen.

appeals-room = Einsprüche
appeals-doubt-lengths = `APPEALS_MIN_LENGTH` ist größer als `APPEALS_MAX_LENGTH`: Nur ein Text von genau der größten Länge geht durch. Das eine muss kleiner oder das andere größer werden.

appeals-button = Einspruch einlegen

appeals-warn = Verwarnung
appeals-timeout = Timeout
appeals-timeout-for = Timeout von { $length }
appeals-kick = Kick
appeals-ban = Bann
appeals-delete = gelöschte Nachricht
appeals-what-case = { $what } (Fall #{ $number })
appeals-what-old = { $what } vom { $when }
appeals-unknown-what = nicht mehr bekannt
appeals-forgotten = ein auf Wunsch vergessenes Mitglied
appeals-no-reason = kein Grund angegeben
appeals-choice-case = #{ $number } · { $what } · { $reason }
appeals-choice-old = { $day } · { $what } · { $reason }
appeals-choice-in = { $guild } { $choice }

appeals-pending = wartet
appeals-under-review = in Prüfung
appeals-approved = angenommen
appeals-denied = abgelehnt
appeals-withdrawn = zurückgezogen

appeals-choose = Wogegen soll sich der Einspruch richten? Nach der Wahl unten öffnet sich ein Formular.
appeals-choose-hint = Eine der eigenen Strafen
appeals-nothing = Hier gibt es nichts, wogegen du Einspruch einlegen könntest.
appeals-nothing-yet = Noch gibt es hier nichts, wogegen du Einspruch einlegen könntest. Der nächste Einspruch geht { $when }.
appeals-yours = Dein Einspruch **#{ $id }**: { $state }.
appeals-privately = Dafür bitte den Slash-Befehl `/appeal` nehmen: Seine Antwort sieht sonst niemand. Oder den Fall nennen: `{ $form }`.

appeals-form-title = Einspruch gegen Fall #{ $number }
appeals-form-title-old = Einspruch
appeals-form-label = Warum sollte das zurückgenommen werden?
appeals-form-hint = Was geschehen ist, in eigenen Worten. Nur das Team des Servers liest es.
appeals-filed = Der Einspruch **#{ $id }** liegt beim Team von { $guild }: { $what }. Wenn darüber entschieden ist, sagt AIMod es dir per Direktnachricht.

appeals-off = { $guild } nimmt über AIMod keine Einsprüche an. Bitte wende dich an das Team.
appeals-gone = AIMod ist nicht mehr auf diesem Server; das Team ist auf diesem Weg nicht zu erreichen.
appeals-not-yours = Das ist keine deiner Strafen. `/appeal` zeigt, wogegen du Einspruch einlegen kannst.
appeals-relief = Dieser Fall hat eine Strafe zurückgenommen; da gibt es keinen Einspruch.
appeals-operators = Du bist auf allen Servern dieses Bots gebannt. Darüber entscheiden seine Betreiber, nicht das Team eines Servers.
appeals-lifted = Das ist schon zurückgenommen; da gibt es keinen Einspruch mehr.
appeals-open = Dagegen hast du schon Einspruch eingelegt: **#{ $id }** ({ $state }).
appeals-granted = Dein Einspruch **#{ $id }** dagegen wurde angenommen; mehr gibt es da nicht einzulegen.
appeals-wait = Dein letzter Einspruch dagegen wurde abgelehnt. Der nächste geht { $when }.
appeals-too-soon = Das ist noch zu früh: Einspruch dagegen geht { $when }.
appeals-pause = Dein letzter Einspruch ist noch nicht lange her. Der nächste geht { $when }.
appeals-short = Ein Einspruch hat hier mindestens { $least } Zeichen; deiner hat { $count }. Bitte schreib etwas mehr.
appeals-long = Ein Einspruch hat hier höchstens { $most } Zeichen; deiner hat { $count }. Bitte kürze ihn.

appeals-told-approved = Das Team von { $guild } hat deinen Einspruch #{ $id } angenommen. Es zählt nicht mehr: { $what }.
appeals-told-approved-plain = Das Team von { $guild } hat deinen Einspruch #{ $id } angenommen.
appeals-told-undone = Das Team von { $guild } hat deinen Einspruch #{ $id } angenommen, doch AIMod konnte es auf Discord nicht zurücknehmen: { $what }. Das Team weiß es und kann es von Hand tun.
appeals-told-denied = Das Team von { $guild } hat deinen Einspruch #{ $id } abgelehnt. Es bleibt bei: { $what }.
appeals-told-denied-plain = Das Team von { $guild } hat deinen Einspruch #{ $id } abgelehnt.
appeals-told-answer = Die Antwort:
appeals-told-again = Ein neuer Einspruch geht { $when }.

appeals-card = Einspruch #{ $id } · { $state }
appeals-card-member = Mitglied
appeals-card-what = Strafe
appeals-card-reason = Grund
appeals-card-when = Bestraft
appeals-card-text = Das Mitglied schreibt
appeals-card-more = (Fortsetzung)
appeals-card-reviewer = In Prüfung bei
appeals-card-decider = Entschieden von
appeals-card-answer = Antwort
appeals-card-undone = Auf Discord nicht zurückgenommen
appeals-card-over = Nichts mehr zu entscheiden
appeals-card-forgotten = Alles, was AIMod über das Mitglied gespeichert hatte, wurde vergessen, und damit auch dieser Einspruch.
appeals-approve = Annehmen
appeals-deny = Ablehnen
appeals-review = In Prüfung nehmen

appeals-unbanned-card = Bann aufgehoben · Fall #{ $number }
appeals-ended-card = Timeout beendet · Fall #{ $number }
appeals-not-unbanned-card = Bann nicht aufgehoben · Fall #{ $number }
appeals-not-ended-card = Timeout nicht beendet · Fall #{ $number }
appeals-lift-by = Von
appeals-lift-reason = Grund
appeals-lift-why = Einspruch #{ $id } wurde angenommen

appeals-approve-title = Einspruch #{ $id } annehmen
appeals-deny-title = Einspruch #{ $id } ablehnen
appeals-answer-label = Antwort an das Mitglied
appeals-answer-hint = Das Mitglied liest sie per Direktnachricht.

appeals-none = Einen Einspruch #{ $id } hat dieser Server nicht. `/appeals list` zeigt, welche er hat.
appeals-no-number = `{ $typed }` ist keine Nummer eines Einspruchs. `/appeals list` zeigt die Nummern.
appeals-own = Das ist dein eigener Einspruch; darüber muss jemand anders entscheiden.
appeals-already = Der Einspruch #{ $id } wurde schon { $state }, von { $who }, { $when }.
appeals-already-answer = Der Einspruch #{ $id } wurde schon { $state }, von { $who }, { $when }, mit der Antwort:
appeals-reviewed = Den Einspruch #{ $id } hat { $who } schon in Prüfung. Entscheiden kannst du trotzdem.
appeals-upheld = Diesen Bann halten die Betreiber des Bots auf allen ihren Servern aufrecht: Hier aufgehoben, käme er sofort wieder. Lehne den Einspruch ab, frag die Betreiber, oder stelle zuerst `GLOBAL_BANS_ENABLED` auf `false`.
appeals-answer-missing = Eine Ablehnung braucht eine Antwort: Das Mitglied liest sie.
appeals-answer-long = Eine Antwort hat höchstens { $most } Zeichen; deine hat { $count }.

appeals-done-review = Du hast den Einspruch #{ $id } jetzt in Prüfung. Die Karte zeigt es den anderen.
appeals-done-approved = Der Einspruch #{ $id } ist angenommen.
appeals-done-denied = Der Einspruch #{ $id } ist abgelehnt.
appeals-undone-ban = Der Bann ist aufgehoben.
appeals-undone-timeout = Der Timeout ist beendet.
appeals-undone-failed = Auf Discord ließ es sich nicht zurücknehmen: { $detail }. Was davon noch gilt, muss jemand von Hand zurücknehmen.
appeals-undone-later = Discord antwortet noch nicht; AIMod versucht weiter, es zurückzunehmen.
appeals-momentary = Auf Discord gibt es nichts zurückzunehmen. In den Akten gilt es als zurückgenommen.
appeals-over = Auf Discord war es schon vorbei. In den Akten gilt es als zurückgenommen.
appeals-not-done = Es war nie ausgeführt worden. In den Akten gilt es als zurückgenommen.
appeals-another = Es gilt als zurückgenommen, aber eine spätere Strafe derselben Art gilt weiter: Fall { $what }.
appeals-by-hand = Worum es ging, ist nicht mehr bekannt. Was davon noch gilt, muss jemand von Hand zurücknehmen.
appeals-heard = Das Mitglied weiß Bescheid.
appeals-heard-closed = Das Mitglied weiß es noch nicht: Discord lässt AIMod ihm keine Direktnachricht schicken.
appeals-heard-failed = Das Mitglied weiß es noch nicht: Discord hat die Nachricht nicht angenommen.
appeals-heard-later = Das Mitglied erfährt es, sobald Discord antwortet.

appeals-list = { $count ->
    [one] **1 Einspruch**
   *[other] **{ $count } Einsprüche**
 }: { $which }
appeals-empty-open = Keine Einsprüche sind noch zu entscheiden.
appeals-empty-all = Es gibt keine Einsprüche.
appeals-empty-pending = Keine wartenden Einsprüche.
appeals-empty-under-review = Keine Einsprüche in Prüfung.
appeals-empty-approved = Keine angenommenen Einsprüche.
appeals-empty-denied = Keine abgelehnten Einsprüche.
appeals-list-page = { $title }, Seite { $page } von { $pages }
appeals-list-line = **#{ $id }** · { $state } · { $member } · { $what } · { $when }
appeals-list-older = Ältere
appeals-list-newer = Neuere
appeals-list-open = noch zu entscheiden
appeals-list-all = alle

appeals-key-APPEALS_ENABLED = Ob Mitglieder gegen ihre Strafen Einspruch einlegen können.
appeals-key-APPEALS_CHANNEL_ID = Wo das Team die Einsprüche sieht; wenn nicht gesetzt, in MODERATION_LOG_CHANNEL_ID, und ohne den nur mit /appeals list.
appeals-key-APPEALS_WAIT = Wie lange nach einer Ablehnung gegen dieselbe Strafe kein neuer Einspruch geht.
appeals-key-APPEALS_PAUSE = Wie lange ein Mitglied von einem Einspruch zum nächsten wartet, gleich wogegen; nicht gesetzt heißt: gar nicht.
appeals-key-APPEALS_DELAY = Wie lange nach einer Strafe noch kein Einspruch dagegen geht; nicht gesetzt heißt: er geht sofort.
appeals-key-APPEALS_MIN_LENGTH = Wie viele Zeichen ein Einspruch mindestens hat.
appeals-key-APPEALS_MAX_LENGTH = Wie viele Zeichen ein Einspruch höchstens hat.
