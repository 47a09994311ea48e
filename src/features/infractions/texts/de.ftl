# Was Moderatoren über Verstöße lesen, und was ein verwarntes Mitglied liest.

infractions-none = { $member } hat auf diesem Server keine Verstöße.
infractions-title = **{ $count ->
    [one] 1 Verstoß
   *[other] { $count } Verstöße
 } von** { $member }
infractions-title-page = **{ $count ->
    [one] 1 Verstoß
   *[other] { $count } Verstöße
 } von** { $member } (Seite { $page } von { $pages })
infractions-line = `{ $id }` { $when } **{ $action }**: { $rule }
infractions-line-case = `{ $id }` { $when } **{ $action }** · Fall #{ $case }: { $rule }
infractions-no-rule = keine Regel angegeben
infractions-no-action = unbekannt
infractions-forgotten = einem auf Wunsch vergessenen Mitglied

infractions-no-such = Einen Verstoß `{ $id }` gibt es auf diesem Server nicht. Die Nummern stehen in `/infractions view`.
infractions-removed = Verstoß `{ $id }` von { $member } ist entfernt: **{ $action }**, { $rule }
infractions-removed-case = Verstoß `{ $id }` von { $member } ist entfernt: **{ $action }**, { $rule }
    Fall #{ $case } bleibt und hält das fest.
infractions-timeout-runs = Der Timeout selbst läuft noch bis { $when }; beenden lässt er sich im Mitgliedermenü von Discord.
infractions-ban-holds = Der Bann selbst gilt weiter; aufheben lässt er sich in den Servereinstellungen von Discord.
infractions-appeal-open = Der Einspruch #{ $id } dagegen ist noch offen.
infractions-clear = { $count ->
    [one] Den einen Verstoß
   *[other] Alle { $count } Verstöße
 } von { $member } auf diesem Server entfernen? Das lässt sich nicht rückgängig machen; { $count ->
    [one] sein Fall bleibt und hält es fest.
   *[other] die Fälle bleiben und halten es fest.
 }
infractions-clear-button = Entfernen
infractions-cancel-button = Abbrechen
infractions-cancelled = Nichts wurde entfernt.
infractions-cleared = { $who } hat { $count ->
    [one] 1 Verstoß
   *[other] { $count } Verstöße
 } von { $member } entfernt. Die Fälle bleiben und halten das fest.
infractions-nothing-left = { $member } hatte keinen dieser Verstöße mehr. Nichts wurde entfernt.

infractions-rule-missing = Eine Verwarnung braucht eine Regel. Nichts ist geschehen.
infractions-rule-too-long = Eine Regel hat hier höchstens { $most } Zeichen, diese hat { $characters }. Nichts ist geschehen.
infractions-reasoning-too-long = Die Begründung hat höchstens { $most } Zeichen, diese hat { $characters }. Nichts ist geschehen.
infractions-warned = { $member } ist verwarnt: Fall #{ $number }.
infractions-warned-unnumbered = { $member } ist verwarnt. Der Fall bekommt seine Nummer später.
infractions-told = Die Direktnachricht ist angekommen.
infractions-not-told-closed = Die Direktnachricht kam nicht an: Das Mitglied nimmt keine an.
infractions-not-told-away = Die Direktnachricht entfällt: Das Mitglied ist nicht auf dem Server.
infractions-not-told = Die Direktnachricht kam nicht an: Discord hat sie nicht angenommen.
infractions-told-later = Discord antwortet gerade nicht. Die Direktnachricht folgt.
infractions-notice = Verwarnung in `{ $guild }`.
    Grund: { $reason }
    Fall: #{ $number }
