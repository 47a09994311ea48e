# Was Administratoren von `/config` lesen.

# Werte
config-unset = nicht gesetzt
config-none = keine
config-sealed = ein versiegeltes Geheimnis
config-default = { $value } (Standard)
config-more = { $listed } und { $more } weitere
config-kind-bool = true oder false
config-kind-text = ein Text von { $least } bis { $most } Zeichen
config-kind-choice = eines von { $words }
config-kind-time-zone = der Name einer Zeitzone, zum Beispiel Europe/Berlin oder UTC
config-kind-seconds = eine Dauer wie 10m oder 1d12h, höchstens { $most }
config-kind-number = eine ganze Zahl von { $least } bis { $most }
config-kind-channel = ein Kanal: als Erwähnung, als ID oder mit dem Namen nach #
config-kind-role = eine Rolle: als Erwähnung, als ID oder mit dem Namen nach @
config-kind-roles = Rollen: Erwähnungen oder IDs, durch Leerzeichen getrennt
config-kind-users = Benutzer: Erwähnungen oder IDs, durch Leerzeichen getrennt
config-kind-texts = bis zu { $entries } Texte von höchstens { $most } Zeichen, durch Kommas getrennt

# /config show
config-title = **Einstellungen dieses Servers**, Version { $version }
config-title-page = **Einstellungen dieses Servers**, Version { $version }, Seite { $page } von { $pages }
config-hint = `/config show` mit dem Namen einer Einstellung erklärt sie; `/config set` ändert sie.
config-room-house = Allgemein
config-takes = Erlaubt ist: { $kind }. Standard: { $default }.
config-reserved = **{ $key }** ist noch nicht in Gebrauch: Kein Teil von AIMod liest es bisher.
config-stranger = **{ $key }** ist gespeichert, aber kein Teil von AIMod kennt es.
config-stored = Gespeichert: { $value }
config-older = **{ $key }** ist ein älterer Name von `{ $newer }`, unter dem AIMod nichts liest. Stattdessen `{ $newer }` setzen.
config-older-name = ein älterer Name von `{ $newer }`
config-apikey = **API_KEY** ist der eigene Schlüssel dieses Servers für einen KI-Anbieter. `/apikey` gibt Auskunft, setzt und entfernt ihn; `/config history` zeigt, wann er sich geändert hat.

# /config set, add, remove, reset
config-changed = `{ $key }`: { $old } → { $new }
config-changed-list = `{ $key }`: { $entries }
config-version = Das ist Version { $version }; sie gilt ab der nächsten Nachricht.
config-version-holds = Das ist Version { $version }; sie gilt ab der nächsten Nachricht.
config-already = `{ $key }` ist schon { $value }; nichts wurde geändert.
config-all-there = All das steht schon in `{ $key }`; nichts wurde geändert.
config-none-there = Nichts davon steht in `{ $key }`; nichts wurde geändert.
config-only-english = Texte in `{ $code }` gibt es noch nicht: AIMod bleibt bei Englisch.
config-refused = `{ $key }` wurde nicht geändert: { $reason }.
config-misfit = „{ $typed }“ passt nicht; erlaubt ist: { $kind }
config-no-channel = Diesen Textkanal gibt es auf dem Server nicht
config-no-role = Diese Rolle gibt es auf dem Server nicht
config-no-roles = Nicht alle diese Rollen gibt es auf dem Server
config-no-list = Es ist ein einzelner Wert, keine Liste; `/config set` ändert ihn
config-too-many = Die Liste würde zu lang; erlaubt ist: { $kind }
config-everyone = @everyone sind alle, keine Rolle für einzelne Mitglieder
config-reserved-refused = Es ist noch nicht in Gebrauch; kein Teil von AIMod liest es bisher
config-apikey-refused = Er ist keine Einstellung; `/apikey` setzt und entfernt ihn
config-unknown = Die Einstellung `{ $name }` gibt es nicht. `/config show` zeigt alle.
config-unknown-near = Die Einstellung `{ $name }` gibt es nicht. Ist `{ $nearest }` gemeint?
config-unknown-nameless = Diese Einstellung gibt es nicht. `/config show` zeigt alle.

# /config history
config-since = Seit Version { $version }, { $when }: { $who }, { $source }.
config-since-because = Seit Version { $version }, { $when }: { $who }, { $source }: „{ $reason }“.
config-history = **Änderungen an den Einstellungen dieses Servers**
config-history-key = **Änderungen an `{ $key }`**
config-history-none = Bisher wurde nichts geändert.
config-entry = **Version { $version }** · { $when } · { $who } · { $source }
config-entry-because = **Version { $version }** · { $when } · { $who } · { $source } · „{ $reason }“
config-source-COMMAND = per Befehl
config-source-CLI = auf der Kommandozeile
config-source-IMPORT = per Import
config-source-SQL = in der Datenbank
config-source-SYSTEM = durch AIMod
config-somebody = jemand
config-operator = der Betreiber

# /config diff
config-room-reserved = Noch nicht in Gebrauch
config-room-strangers = Wird von keinem Teil von AIMod gelesen
config-apikey-none = keiner
config-apikey-some = ein Schlüssel
config-apikey-other = ein anderer Schlüssel
config-apikey-of = ein Schlüssel von { $provider }
config-apikey-other-of = ein anderer Schlüssel von { $provider }
config-outdated = `{ $key }` hat sich seit Version { $seen } geändert. Damals: { $then }. Jetzt, in Version { $version }: { $now }. Nichts wurde geändert; bitte noch einmal ansehen.
config-diff = **Von Version { $from } zu Version { $to }**
config-diff-same = Die Versionen { $from } und { $to } enthalten dieselben Einstellungen.
config-no-version = Eine Version { $version } gibt es nicht; die neueste ist { $newest }.

# /config rollback
config-button-apply = Übernehmen
config-rollback = **Zurück zu Version { $target }?** Das würde ändern:
config-rollback-next = Daraus wird eine neue Version; nichts geht verloren.
config-rollback-same = Version { $target } enthält dieselben Einstellungen wie jetzt; es gibt nichts zurückzusetzen.
config-rollback-nothing = Zu Version { $target } lässt sich nichts zurücksetzen:
config-rollback-left = `{ $key }` bleibt, wie es ist: AIMod kann es nicht zurücksetzen.
config-rollback-done = **Zurück zu Version { $target }**, bestätigt von { $who }.
config-moved = Nichts wurde geändert: Die Einstellungen sind nicht mehr die von Version { $shown }. Seitdem:
config-moved-again = Jetzt gilt Version { $now }. Bitte den Befehl noch einmal ausführen.
config-cancelled = Nichts wurde geändert.
config-button-rollback = Zurücksetzen
config-button-cancel = Abbrechen
config-check-more = { $count } weitere

# /config check
config-check = **Prüfung von Version { $version }**: { $count ->
    [one] ein Befund
   *[other] { $count } Befunde
 }
config-check-clean = **Prüfung von Version { $version }**: alles in Ordnung.
config-check-unknown-guild = Discord hat diesen Server noch nicht beschrieben; Kanäle, Rollen und Berechtigungen sind nicht geprüft. Bitte gleich noch einmal versuchen.
config-check-channel-gone = `{ $key }` nennt einen Kanal, den es nicht mehr gibt. Mit `/config set` einen anderen wählen oder mit `/config reset` zurücksetzen.
config-check-role-gone = `{ $key }` nennt die Rolle { $role }, die es nicht mehr gibt. Sie kann heraus.
config-check-user-gone = In `{ $key }` steht { $user } (`{ $id }`), kein Mitglied dieses Servers mehr. Der Eintrag kann heraus.
config-check-users-unasked = { $count ->
    [one] Bei einem Mitglied, das in den Einstellungen steht, ließ sich nicht erfragen, ob es noch da ist. Bitte später noch einmal versuchen.
   *[other] Bei { $count } Mitgliedern, die in den Einstellungen stehen, ließ sich nicht erfragen, ob sie noch da sind. Bitte später noch einmal versuchen.
}
config-check-closed = AIMod kann in { $channel } nicht schreiben, und das ist `{ $key }`: Dort fehlt { $permissions }.
config-check-permission = { $room }: AIMod fehlt { $permissions }. Das lässt sich in den Rollen des Servers geben.
config-check-house = AIMod fehlt { $permissions }: Auf Textbefehle antwortet es direkt unter der Nachricht, und manche Antworten bringen Dateien mit. Das lässt sich in den Rollen des Servers geben.
config-check-everyone = `{ $key }` nennt @everyone, und das sind alle Mitglieder. Eine andere Rolle setzen oder den Eintrag herausnehmen.
config-check-order = { $room }: Die höchste Rolle von AIMod steht nicht über { $roles }. Bei deren Mitgliedern kann es nichts tun. Die Rolle von AIMod gehört weiter nach oben.
config-check-misfit = Der gespeicherte Wert von `{ $key }` passt nicht, der letzte gute gilt weiter. Er muss neu gesetzt werden. Erlaubt ist: { $problem }.
config-check-reserved = `{ $key }` ist gespeichert, aber noch nicht in Gebrauch.
config-check-older = `{ $key }` ist ein älterer Name von `{ $newer }`, unter dem AIMod nichts liest. Stattdessen `{ $newer }` setzen.
config-check-stranger = `{ $key }` ist gespeichert, aber kein Teil von AIMod kennt es.
config-check-language = Texte in `{ $code }` gibt es noch nicht: AIMod bleibt bei Englisch.

# /config export, import
config-exported = Die Einstellungen von Version { $version } als Datei. `/config import` nimmt sie an, hier oder auf einem anderen Server. Sie enthält kein Geheimnis.
config-import = **In Version { $version } importieren?** Das würde ändern:
config-import-foreign = Die Datei ist von einem anderen Server: Kanäle und Rollen werden an ihrem Namen erkannt.
config-import-doubts = Im Zweifel:
config-import-same = Die Datei enthält nichts, was diese Einstellungen ändern würde.
config-import-channel = `{ $key }`: Der Kanal „{ $name }“ ist hier { $here }
config-import-role = `{ $key }`: Die Rolle „{ $name }“ ist hier { $here }
config-import-channel-lost = `{ $key }`: Einen Kanal „{ $name }“ gibt es hier nicht oder mehrfach; er entfällt
config-import-role-lost = `{ $key }`: Eine Rolle „{ $name }“ gibt es hier nicht oder mehrfach; sie entfällt
config-import-users = `{ $key }`: Benutzer werden mit ihren IDs übernommen
config-import-reserved = `{ $key }` ist noch nicht in Gebrauch; es wird aufbewahrt, wie es ist
config-import-unknown = `{ $key }` ist keine Einstellung von AIMod; es wird aufbewahrt, wie es ist, und von nichts gelesen
config-import-unkept = `{ $key }` entfällt: Solche Namen oder Werte bewahrt AIMod nicht auf
config-import-secret = `{ $key }` entfällt: Der Wert enthält ein Geheimnis
config-import-misfit = `{ $key }` entfällt: Der Wert passt nicht; erlaubt ist: { $kind }
config-import-waits = Das wartet einen Tag lang.
config-import-done = **Importiert**, bestätigt von { $who }.
config-import-gone = Dieser Import ist schon ausgeführt oder abgebrochen, oder er hat länger als einen Tag gewartet. Bitte den Befehl noch einmal ausführen.
config-import-large = Die Datei ist zu groß; ein Export hat höchstens 1 MiB.
config-import-away = Discord hat die Datei nicht herausgegeben. Bitte noch einmal versuchen.
config-import-no-json = Das ist kein Export von AIMod: { $problem }.
config-import-line = das JSON bricht in Zeile { $line }, Spalte { $column } ab
config-import-shape = `settings` fehlt
config-import-format = das Format ist nicht 1

# Was die Einstellungen bedeuten
config-key-ENABLED = Ob AIMod Nachrichten mit seiner KI beurteilt. Die Bot-Erkennung hat einen eigenen Schalter.
config-key-LANGUAGE_CODE = Die Sprache, in der AIMod antwortet. Texte gibt es in en und de; in den anderen Sprachen antwortet es auf Englisch.
config-key-PREFIX = Womit Textbefehle beginnen. Eine Erwähnung von AIMod geht auch.
config-key-MODERATOR_ROLE_ID = Die Rolle der Moderatoren: Ihre Mitglieder gehören zum Team und werden nicht beurteilt.
config-key-MODERATION_LOG_CHANNEL_ID = Der Kanal, in dem jeder Fall angezeigt wird. Nicht gesetzt heißt: nirgends.
config-key-TIME_ZONE = Die Zeitzone, nach deren Tagen die Statistik zählt.
config-check-PREFIX = ein Präfix besteht aus sichtbaren Zeichen

# Namen, die noch niemand liest
config-key-RULES_TEXT = Die Regeln des Servers, nach denen die KI urteilt.
config-key-AI_MODEL = Das Modell, das urteilt.
config-key-AI_EXCLUDED_CHANNELS = Kanäle, die die KI nicht beurteilt.
config-key-AI_CHANNEL_RULES = Eigene Regeln für einzelne Kanäle.
config-key-AI_ANALYSIS_MODE = Welche Nachrichten die KI beurteilt.
config-key-AI_KEYWORD_RULES = Anweisungen an die KI bei bestimmten Wörtern.
config-key-TEST_MODE_ENABLED = Urteilen und festhalten, aber nie handeln.
config-key-ACTION_CONFIRMATION_SETTINGS = Welche Maßnahmen jemand bestätigen muss.
config-key-CONFIRMATION_PING_ROLE_ID = Die Rolle, die zum Bestätigen gerufen wird.
config-key-SUICIDAL_PING_ROLE_ID = Die Rolle, die bei Suizidgefahr gerufen wird.
config-key-AI_ACTIONS_LOG_CHANNEL_ID = Der Kanal für die Maßnahmen der KI.
config-key-EVENT_LOG_CHANNEL_ID = Der Kanal für das Ereignisprotokoll.
config-key-LOG_EVENTS = Welche Ereignisse festgehalten werden.
config-key-RAID_DEFENSE_ENABLED = Ob Raids abgewehrt werden.
config-key-RAID_DEFENSE_THRESHOLD = Wie viele Beitritte ein Raid sind.
config-key-RAID_DEFENSE_TIMEFRAME = In wie vielen Sekunden.
config-key-RAID_DEFENSE_ACTION = Was bei einem Raid geschieht.
config-key-AUTO_RATE_ENABLED = Ob der Slowmode sich selbst regelt.
config-key-AUTO_RATE_CHANNELS = In welchen Kanälen.
config-key-AUTO_RATE_NOTIFY = Ob es gemeldet wird.
config-key-AUTO_RATE_NOTIFY_CHANNEL = In welchem Kanal es gemeldet wird.
config-key-VANITY_URL_LOCK = Die eigene Einladungsadresse, die bleiben soll.
config-key-VANITY_URL_NOTIFY_CHANNEL = Der Kanal, in dem eine Änderung der Adresse gemeldet wird.
config-key-VANITY_URL_NOTIFY_TARGET = Wer dabei gerufen wird.
config-key-NSFW_CHANNEL_IDS = Kanäle für Erwachsene.
config-key-SUGGESTIONS_CHANNEL_ID = Der Kanal für Vorschläge.
