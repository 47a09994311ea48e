# Was von der Bot-Erkennung zu lesen ist.

bot_detect-room = Bot-Erkennung
bot_detect-doubt-unannounced = Sie ist an, aber es ist kein Kanal gesetzt, in dem Fälle angezeigt werden. Gesetzt wird er als `MODERATION_LOG_CHANNEL_ID`.

bot_detect-key-BOTDETECT_ENABLED = Ob Nachrichten nach Betrugssätzen und Phishing-Links durchsucht werden.
bot_detect-key-BOTDETECT_KEYWORDS = Eigene Sätze und Link-Domains dieses Servers, neben den eingebauten.
bot_detect-key-BOTDETECT_ACTION = Was mit dem Autor einer gefundenen Nachricht geschieht. Gelöscht wird sie auf jeden Fall.
bot_detect-key-BOTDETECT_TIMEOUT = Wie lange ein Timeout der Bot-Erkennung dauert.
bot_detect-key-BOTDETECT_LOG_CHANNEL = Wo die Bot-Erkennung ihre Fälle anzeigt; wenn nicht gesetzt, in MODERATION_LOG_CHANNEL_ID.
bot_detect-key-BOTDETECT_WHITELIST_ROLES = Rollen, deren Mitglieder nie durchsucht werden.
bot_detect-key-BOTDETECT_WHITELIST_USERS = Benutzer, deren Nachrichten nie durchsucht werden.
bot_detect-check-BOTDETECT_KEYWORDS = jedes Stichwort braucht mindestens einen Buchstaben, eine Ziffer oder ein Zeichen und höchstens 200 Zeichen
bot_detect-check-BOTDETECT_WHITELIST_ROLES = die Liste ist voll
bot_detect-check-BOTDETECT_WHITELIST_USERS = die Liste ist voll
