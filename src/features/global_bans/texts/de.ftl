# Was Betreiber, Server und Gebannte über globale Banns lesen.

global_bans-room = Globale Banns
global_bans-key-GLOBAL_BANS_ENABLED = Ob Nutzer, die die Betreiber von AIMod überall gebannt haben, auch von diesem Server ferngehalten werden.
global_bans-added = { $user } ist ab jetzt überall gebannt: beim Beitreten, beim Schreiben und wo schon Mitglied.
global_bans-searching = { $done } von { $due } Servern sind durchsucht.
global_bans-searched = { $due ->
    [one] 1 Server ist durchsucht.
   *[other] Alle { $due } Server sind durchsucht.
 } `/globalban check` zeigt, wo es zu einem Bann kam.
global_bans-unsearched = { $failed ->
    [one] 1 Server ließ sich nicht absuchen; das wird wieder versucht.
   *[other] { $failed } Server ließen sich nicht absuchen; das wird wieder versucht.
 }
global_bans-already = { $user } ist schon überall gebannt: { $reason }. Um den Grund zu ändern, den Bann aufheben und neu aussprechen.
global_bans-not-that-one = Dieser Bot und seine Betreiber können nicht gebannt werden.
global_bans-reason-length = Ein Bann braucht einen Grund mit 1 bis { $most } Zeichen.
global_bans-removed = { $user } darf ab jetzt wieder beitreten. Banns, die schon auf Servern gelten, bleiben, bis sie dort jemand aufhebt.
global_bans-not-banned = { $user } ist nicht überall gebannt.
global_bans-banned = { $user } ist seit { $when } überall gebannt.
global_bans-by = Von: { $who }
global_bans-imported = Import
global_bans-reason = Grund: { $reason }
global_bans-enforced = Banns auf Servern: { $done }, gescheitert: { $failed }
global_bans-title = **Überall gebannt**, Seite { $page }
global_bans-line = { $when } { $user }: { $reason }
global_bans-more = `/globalban list page:{ $page }` zeigt mehr.
global_bans-nobody = Niemand ist überall gebannt.
global_bans-no-such-page = Eine Seite { $page } gibt es nicht.
global_bans-notice = Du wurdest von **{ $guild }** gebannt, wie von allen Servern, die sich an die globalen Banns dieses Bots halten: { $reason }
global_bans-card-title = Fall #{ $number }: globaler Bann
global_bans-card-user = Nutzer
global_bans-card-reason = Grund
global_bans-card-why = Warum hier
global_bans-card-undone = Nicht ausgeführt
global_bans-card-opt-out = Die Betreiber dieses Bots halten diesen Nutzer von allen Servern fern. `/config set GLOBAL_BANS_ENABLED false` nimmt diesen Server davon aus.
