# Was jeder Befehl antworten kann, gleich was er tut.

commands-permission-needed = Dafür ist die Berechtigung **{ $permission }** nötig.
commands-operators-only = Das dürfen nur die Betreiber dieses Bots.
commands-roles-unknown = Die Rollen sind noch nicht bekannt. Bitte gleich noch einmal versuchen.
commands-server-only = Dieser Befehl geht nur auf einem Server.
commands-database-away = Die Datenbank antwortet gerade nicht. Bitte in einer Minute noch einmal versuchen.
commands-change-uncertain = Die Datenbank antwortet gerade nicht. Die Änderung kann trotzdem noch ankommen: bitte in einer Minute mit `/config show` nachsehen und erst dann noch einmal versuchen.
commands-guild-away = Die Einstellungen dieses Servers sind gerade nicht erreichbar. Bitte in einer Minute noch einmal versuchen.
commands-fault = Etwas ist schiefgegangen. Der Betreiber findet es im Protokoll unter `{ $reference }`.
commands-older-form = Dieser Befehl hat sich geändert. Bitte neu eingeben; Discord zeigt die neue Form in einer Minute.
commands-older-button = Dieser Knopf gehört zu einer älteren Version von AIMod. Bitte den Befehl noch einmal ausführen.
commands-open-form = Der Knopf öffnet das Formular.
commands-open-form-button = Formular öffnen
commands-misfit = `{ $input }` passt hier nicht.
commands-too-much = Das ist mehr, als dieser Befehl annimmt.
commands-missing = Es fehlt etwas.
commands-write-like = Die Form ist `{ $form }`.
commands-choose = Zur Wahl stehen { $names }.
commands-invalid = Nichts wurde geändert: { $reason }.

commands-KICK_MEMBERS = Mitglieder kicken
commands-BAN_MEMBERS = Mitglieder bannen
commands-ADMINISTRATOR = Administrator
commands-MANAGE_GUILD = Server verwalten
commands-VIEW_CHANNEL = Kanäle ansehen
commands-SEND_MESSAGES = Nachrichten senden
commands-EMBED_LINKS = Links einbetten
commands-MANAGE_MESSAGES = Nachrichten verwalten
commands-MANAGE_ROLES = Rollen verwalten
commands-MODERATE_MEMBERS = Mitglieder in den Timeout versetzen
commands-several-permissions = mehrere Berechtigungen
