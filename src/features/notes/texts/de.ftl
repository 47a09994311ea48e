# Was Moderatoren über Notizen lesen.

notes-none = Über { $user } gibt es keine Notizen.
notes-title = **{ $count ->
    [one] 1 Notiz
   *[other] { $count } Notizen
 } über** { $user }
notes-title-page = { $title }, Seite { $page } von { $pages }
notes-entry = **#{ $number }** · { $when } · { $who }
notes-removed-by = entfernt { $when } von { $who }
notes-imported = importiert
notes-added = Notiert als **#{ $number }**. { $user } erfährt es nicht, kann es aber mit `/mydata export` nachlesen. { $count ->
    [one] Es ist die einzige Notiz.
   *[other] Es sind jetzt { $count } Notizen.
 }
notes-removed = Notiz **#{ $number }** über { $user } ist entfernt. `/note history` zeigt sie noch denen, die den Server verwalten.
notes-no-such = Eine Notiz #{ $number } gibt es auf diesem Server nicht. `/note list` zeigt die Nummern.
notes-misfit = Eine Notiz hat 1 bis { $most } Zeichen.
notes-full = Über { $user } gibt es schon { $count } Notizen. Bitte erst veraltete entfernen.
notes-oneself = Was über dich notiert ist, lesen nur die anderen Moderatoren.
notes-private = Notizen bekommen nur Moderatoren zu sehen.
notes-button-show = Notizen anzeigen
