# Was Administratoren über den eigenen API-Schlüssel ihres Servers lesen.

api_keys-none = Dieser Server hat keinen API-Schlüssel.
api_keys-info = Dieser Server hat einen Schlüssel von **{ $provider }**, zuerst gesetzt { $since }, zuletzt gesetzt { $changed }. Der Schlüssel selbst ist versiegelt und wird niemandem gezeigt.
api_keys-unnamed = einem ungenannten Anbieter
api_keys-stored = Der Schlüssel von **{ $provider }** ist gespeichert, versiegelt. Das ist Version { $version } der Einstellungen.
api_keys-replaced = Der Schlüssel von **{ $provider }** ersetzt den früheren, der gelöscht ist. Das ist Version { $version } der Einstellungen.
api_keys-removed = Der Schlüssel ist gelöscht. Das ist Version { $version } der Einstellungen.
api_keys-remove-question = Den Schlüssel von **{ $provider }** löschen? Er lässt sich nicht wiederherstellen.
api_keys-remove-button = Schlüssel löschen
api_keys-changed-meanwhile = Der Schlüssel wurde seit der Frage neu gesetzt und bleibt. `/apikey remove` fragt noch einmal.
api_keys-unknown-provider = Zur Wahl stehen { $names }.
api_keys-no-providers = Der Betreiber dieses Bots lässt keine Anbieter zu.
api_keys-no-vault = Der Betreiber dieses Bots hat keinen ENCRYPTION_KEY gesetzt; ohne ihn lässt sich kein Schlüssel versiegeln, und es wird keiner angenommen.
api_keys-no-key = Das ist kein API-Schlüssel: einer hat { $least } bis { $most } Buchstaben, Ziffern und Zeichen ohne Leerzeichen. Nichts wurde gespeichert.
api_keys-form-title = Schlüssel von { $provider }
api_keys-form-key = API-Schlüssel
api_keys-form-hint = Er wird sofort versiegelt und niemandem gezeigt.
