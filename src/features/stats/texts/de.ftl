# Was Moderatoren von der Statistik lesen.

stats-months = Jan Feb März Apr Mai Juni Juli Aug Sep Okt Nov Dez
stats-weekdays = Mo Di Mi Do Fr Sa So
stats-date = { $day }. { $month }
stats-range = { $from } – { $to }

# /stats moderation
stats-title = { $days ->
    [one] Verstöße heute
   *[other] Verstöße der letzten { $days } Tage
 }
stats-zone = { $range }, Tage nach { $zone }
stats-summary = insgesamt { $total }
stats-before = { $days ->
    [one] { $before } am Tag davor
   *[other] { $before } in den { $days } Tagen davor
 }
stats-peak = die meisten am { $day }: { $count }
stats-quiet = { $days ->
    [0] kein Tag ohne
    [one] 1 Tag ohne
   *[other] { $days } Tage ohne
 }
stats-none = { $days ->
    [one] Heute gab es keine Verstöße. Ein ruhiger Tag!
   *[other] In den letzten { $days } Tagen gab es keine Verstöße. Alles ruhig!
 }
stats-day = TAG
stats-days = TAGE
stats-all = ALLE
stats-other = ANDERE
stats-within = Darunter { $list }
stats-file = Jeder Tag hat eine Zeile in { $file }.
stats-by-hand = Von Moderatoren eröffnet: { $count ->
    [one] 1 Fall
   *[other] { $count } Fälle
 } ({ $list })

# im Bild
stats-axis-days = Tage nach { $zone }
stats-axis-weeks = Wochen, in Tagen nach { $zone }
stats-axis-per-day = Verstöße pro Tag
stats-axis-per-week = Verstöße pro Woche
stats-quiet-title = Alles ruhig
stats-quiet-text = { $days ->
    [one] Heute keine Verstöße
   *[other] Keine Verstöße in den letzten { $days } Tagen
 }

# /stats commands
stats-commands-title = { $days ->
    [one] Befehle heute
   *[other] Befehle der letzten { $days } Tage
 }
stats-commands-none = { $days ->
    [one] Heute wurde kein Befehl ausgeführt.
   *[other] In den letzten { $days } Tagen wurde kein Befehl ausgeführt.
 }
stats-commands-summary = { $runs ->
    [one] 1 Aufruf
   *[other] { $runs } Aufrufe
 }, { $refused } abgelehnt (falsche Eingabe oder keine Berechtigung), { $failed } fehlgeschlagen
stats-commands-command = BEFEHL
stats-commands-runs = AUFRUFE
stats-commands-failed = FEHLER
stats-commands-median = MEDIAN
stats-part-button = Knopf
stats-part-form = Formular
stats-part-page = Blättern
stats-part-select = Auswahl
stats-commands-more = { $count ->
    [one] und 1 weiterer Befehl
   *[other] und { $count } weitere Befehle
 }
