# Was von der Bot-Erkennung zu lesen ist.

bot_detect-room = Bot-Erkennung
bot_detect-doubt-unannounced = Sie ist an, aber es ist kein Kanal gesetzt, in dem Fälle angezeigt werden. Gesetzt wird er als `MODERATION_LOG_CHANNEL_ID`.

bot_detect-doubt-short = Ein Stichwort aus einem oder zwei Buchstaben findet fast jede Nachricht. `/botdetect keywords list` zeigt es, `/botdetect keywords remove` nimmt es heraus.

bot_detect-on = an
bot_detect-off = aus
bot_detect-none = keine
bot_detect-more = { $listed } und { $more } weitere
bot_detect-builtin = an: { $phrases } Sätze, { $domains } Phishing-Domains
bot_detect-no-log = nicht gesetzt, es wird nichts angezeigt
bot_detect-status = Die Bot-Erkennung ist **{ $state }**.
bot_detect-status-action = Was geschieht: { $what }
bot_detect-status-keywords = Stichwörter dieses Servers: { $count }
bot_detect-status-builtin = Eingebaute Listen: { $state }
bot_detect-status-roles = Ausgenommene Rollen: { $roles }
bot_detect-status-users = Ausgenommene Benutzer: { $users }
bot_detect-status-log = Protokollkanal: { $channel }
bot_detect-enabled = Die Bot-Erkennung ist jetzt { $state }. Das gilt ab der nächsten Nachricht.
bot_detect-enabled-already = Die Bot-Erkennung war schon { $state }; nichts wurde geändert.
bot_detect-action = Ab jetzt gilt: { $what }.

bot_detect-warn = die Nachricht wird gelöscht, ihr Autor verwarnt
bot_detect-timeout = die Nachricht wird gelöscht, ihr Autor erhält einen Timeout von { $length }
bot_detect-kick = die Nachricht wird gelöscht, ihr Autor gekickt
bot_detect-ban = die Nachricht wird gelöscht, ihr Autor gebannt
bot_detect-delete = die Nachricht wird gelöscht, sonst nichts

bot_detect-added = { $keyword } ist hinzugefügt. Es gilt ab der nächsten Nachricht.
bot_detect-there = { $keyword } steht schon in der Liste.
bot_detect-there-alike = { $keyword } steht schon in der Liste und findet dieselben Texte wie { $typed }.
bot_detect-removed = { $keyword } ist entfernt.
bot_detect-not-there = { $keyword } steht nicht in der Liste; `/botdetect keywords list` zeigt sie.
bot_detect-refused-empty = Das Stichwort wurde nicht hinzugefügt: Es braucht mindestens einen Buchstaben, eine Ziffer oder ein Zeichen.
bot_detect-refused-short = Das Stichwort wurde nicht hinzugefügt: Es braucht mindestens 3 Buchstaben oder Ziffern. Ein kürzeres würde fast jede Nachricht löschen.
bot_detect-refused-long = Das Stichwort wurde nicht hinzugefügt: Es darf höchstens { $most } Zeichen haben; dieses hat { $count }.
bot_detect-refused-many = Das Stichwort wurde nicht hinzugefügt: Ein Server hat höchstens { $most } Stichwörter; erst muss eines weichen.
bot_detect-list-empty = Dieser Server hat keine eigenen Stichwörter; `/botdetect keywords add` fügt eines hinzu.
bot_detect-list = { $count ->
    [one] 1 Stichwort dieses Servers
   *[other] { $count } Stichwörter dieses Servers
 }
bot_detect-defaults = Eingebaute Sätze, neben { $count } Domains von { $source }

bot_detect-exempt = { $who } ist jetzt von der Bot-Erkennung ausgenommen.
bot_detect-exempt-already = { $who } ist schon ausgenommen.
bot_detect-judged = { $who } ist nicht mehr von der Bot-Erkennung ausgenommen.
bot_detect-judged-already = { $who } war nicht ausgenommen; nichts wurde geändert.
bot_detect-foreign-role = Diese Rolle gibt es auf dem Server nicht.
bot_detect-everyone = @everyone lässt sich nicht ausnehmen. `/botdetect enable on:false` schaltet die Bot-Erkennung aus.
bot_detect-nobody = Es fehlt eine Rolle oder ein Benutzer.
bot_detect-nothing-changed = Nichts wurde geändert: { $reason }.
bot_detect-no-duration = „{ $typed }“ ist keine Dauer wie 10m oder 1d12h, höchstens 4w

bot_detect-passes = Dieser Text käme durch: Er enthält keinen Satz und keine Link-Domain der Listen.
bot_detect-brings = Was dieser Text zur Folge hätte: { $what }.
bot_detect-would-bring = Die Bot-Erkennung ist aus. Wäre sie an, hätte dieser Text zur Folge: { $what }.
bot_detect-and-more = und { $more } weitere

bot_detect-nitro = Betrug mit kostenlosem Nitro
bot_detect-gift = Betrug mit Geschenken oder Spielgegenständen
bot_detect-crypto = Betrug mit Krypto oder Geldanlagen
bot_detect-adult = Spam mit Inhalten für Erwachsene
bot_detect-mass = Betrug, der sich an alle richtet
bot_detect-account = Versuch, Konten zu stehlen
bot_detect-phishing = bekannte Phishing-Seite
bot_detect-look-alike = Nachahmung einer bekannten Seite
bot_detect-disguised = Link, der sein Ziel verbirgt

bot_detect-own-phrase = Stichwort { $rule } dieses Servers
bot_detect-own-domain = Link-Domain { $rule } dieses Servers
bot_detect-built-phrase = { $kind }: Satz { $rule }
bot_detect-built-domain = { $kind }: Domain { $rule }
bot_detect-leet = { $what }, Ziffern oder Zeichen statt Buchstaben
bot_detect-spaced = { $what }, Buchstaben auseinandergezogen
bot_detect-found-as = { $what }, gefunden als { $excerpt }

bot_detect-told-warn = Eine Nachricht von diesem Konto in { $guild } wurde gelöscht. Das ist eine Verwarnung.
bot_detect-told-timeout = Eine Nachricht von diesem Konto in { $guild } wurde gelöscht. Dafür gilt ein Timeout von { $length }.
bot_detect-told-kick = Eine Nachricht von diesem Konto in { $guild } wurde gelöscht, und das Konto wurde gekickt.
bot_detect-told-ban = Eine Nachricht von diesem Konto in { $guild } wurde gelöscht, und das Konto wurde gebannt.
bot_detect-told-delete = Eine Nachricht von diesem Konto in { $guild } wurde gelöscht.
bot_detect-told-reason = Grund: { $reason }
bot_detect-told-phrase = ein Satz, den dieser Server nicht erlaubt
bot_detect-told-link = ein Link, den dieser Server nicht erlaubt
bot_detect-told-case = Fall: #{ $number }
bot_detect-told-hint = Wer sie nicht selbst geschrieben hat, dessen Konto ist vielleicht in fremden Händen: Dann sollte das Passwort geändert werden.


bot_detect-key-BOTDETECT_ENABLED = Ob Nachrichten nach Betrugssätzen und Phishing-Links durchsucht werden.
bot_detect-key-BOTDETECT_KEYWORDS = Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
bot_detect-key-BOTDETECT_ACTION = Was mit dem Autor einer gefundenen Nachricht geschieht. Gelöscht wird sie auf jeden Fall.
bot_detect-key-BOTDETECT_TIMEOUT = Wie lange ein Timeout der Bot-Erkennung dauert.
bot_detect-key-BOTDETECT_LOG_CHANNEL = Wo die Bot-Erkennung ihre Fälle anzeigt; wenn nicht gesetzt, in MODERATION_LOG_CHANNEL_ID.
bot_detect-key-BOTDETECT_WHITELIST_ROLES = Rollen, deren Mitglieder nie durchsucht werden.
bot_detect-key-BOTDETECT_WHITELIST_USERS = Benutzer, deren Nachrichten nie durchsucht werden.
bot_detect-check-BOTDETECT_KEYWORDS = jedes Stichwort braucht mindestens 3 Buchstaben oder Ziffern, oder ein Zeichen wie ein Emoji, und höchstens 200 Zeichen
bot_detect-check-BOTDETECT_WHITELIST_ROLES = die Liste ist voll
bot_detect-check-BOTDETECT_WHITELIST_USERS = die Liste ist voll
