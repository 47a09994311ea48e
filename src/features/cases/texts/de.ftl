# Was Moderatoren über Fälle lesen.

cases-room = Moderationsprotokoll

cases-case = **Fall #{ $number }** · { $action }
cases-member = Mitglied: { $member } (`{ $id }`)
cases-member-forgotten = Mitglied: { $member }
cases-by = Von: { $who }
cases-by-hand = Von: { $who }, in den Menüs von Discord
cases-when = Wann: { $when }
cases-channel = Kanal: { $channel }
cases-reason = Grund: { $reason }
cases-no-reason = keiner angegeben
cases-outcome = Ergebnis: { $outcome }
cases-outcome-detail = Ergebnis: { $outcome } ({ $detail })
cases-pending = noch im Gang
cases-failed = nicht ausgeführt
cases-done = ausgeführt
cases-lifted = Zurückgenommen: { $when }
cases-note = Notiz des Teams: { $note }
cases-note-elsewhere = Notiz des Teams: Es gibt eine; `/case view number:{ $number }` zeigt sie dir allein
cases-appeals = Einsprüche: { $appeals }
cases-appeal-pending = (wartet auf eine Entscheidung)
cases-appeal-under-review = (wird geprüft)
cases-appeal-approved = (angenommen)
cases-appeal-denied = (abgelehnt)
cases-edit-reason = { $when } { $who } hat den Grund geändert: { $old } → { $new }
cases-edit-note = { $when } { $who } hat die Notiz geändert: { $old } → { $new }
cases-edit-note-elsewhere = { $when } { $who } hat die Notiz geändert
cases-edit-infraction = { $when } { $who } hat den Verstoß entfernt: { $old }
cases-edits-more = und { $count ->
    [one] 1 frühere Änderung
   *[other] { $count } frühere Änderungen
 }
cases-nothing = nichts
cases-quoted = „{ $text }“
cases-card = Karte: { $link }
cases-none = Einen Fall #{ $number } gibt es auf diesem Server nicht.

cases-list = **{ $count ->
    [one] 1 Fall**
   *[other] { $count } Fälle**, neueste zuerst
 }
cases-list-page = **{ $count ->
    [one] 1 Fall
   *[other] { $count } Fälle
 }**, neueste zuerst (Seite { $page } von { $pages })
cases-list-none = Solche Fälle gibt es nicht.
cases-entry = `#{ $number }` { $when } **{ $action }** { $member } von { $who }: { $reason }
cases-entry-failed = `#{ $number }` { $when } **{ $action }** { $member } von { $who }: { $reason } (nicht ausgeführt)
cases-entry-lifted = `#{ $number }` { $when } **{ $action }** { $member } von { $who }: { $reason } (zurückgenommen)
cases-no-such-action = Eine so lange Maßnahme hat kein Fall. Zur Wahl stehen { $actions }.

cases-changed-reason = Fall #{ $number }, Grund: { $old } → { $new }
cases-changed-note = Fall #{ $number }, Notiz des Teams: { $old } → { $new }
cases-changed-note-elsewhere = Die Notiz zu Fall #{ $number } ist geändert; `/case view number:{ $number }` zeigt sie dir allein.
cases-same = Das steht in Fall #{ $number } schon so. Nichts wurde geändert.
cases-outdated = { $who } hat Fall #{ $number } geändert, während das Formular offen war. Nichts wurde geändert; bitte noch einmal öffnen.
cases-reason-too-long = Ein Grund hat höchstens { $most } Zeichen, dieser hat { $characters }. Nichts wurde geändert.
cases-note-missing = Eine Notiz braucht einen Text; `{ $form }` nimmt sie weg. Nichts wurde geändert.
cases-note-both = Eine Notiz wird entweder geschrieben oder weggenommen. Nichts wurde geändert.
cases-note-too-long = Eine Notiz hat höchstens { $most } Zeichen, diese hat { $characters }. Nichts wurde geändert.
cases-reason-missing = Ein Grund braucht einen Text. Nichts wurde geändert.
cases-card-updated = Auf der Karte steht es auch.
cases-card-gone = Die Karte in { $channel } gibt es nicht mehr, geändert ist nur der Fall.
cases-card-failed = Die Karte in { $channel } ließ sich nicht ändern: { $why }.
cases-card-follows = Discord antwortet gerade nicht. Die Karte in { $channel } wird später geändert.

cases-form = Fall #{ $number }
cases-form-reason = Grund (steht auf der Karte)
cases-form-note = Notiz (nur für das Team)

cases-card-title = Fall #{ $number } · { $action }
cases-card-member = Mitglied
cases-card-channel = Kanal
cases-card-by = Von
cases-card-reason = Grund
cases-card-undone = Nicht ausgeführt
cases-act-delete = Nachricht gelöscht
cases-act-warn = Verwarnung
cases-act-timeout = Timeout
cases-act-kick = Kick
cases-act-ban = Bann
cases-act-end-timeout = Timeout beendet
cases-act-unban = Bann aufgehoben
cases-act-for = { $action } für { $length }
cases-forgotten = ein auf Wunsch vergessenes Mitglied
