# What administrators read about their server's own API key.

api_keys-none = This server has no API key.
api_keys-info = This server has a key of **{ $provider }**, first set { $since }, last set { $changed }. The key itself is sealed and shown to nobody.
api_keys-unnamed = an unnamed provider
api_keys-stored = The key of **{ $provider }** is stored, sealed. That is version { $version } of the settings.
api_keys-replaced = The key of **{ $provider }** takes the place of the former one, which is deleted. That is version { $version } of the settings.
api_keys-removed = The key is deleted. That is version { $version } of the settings.
api_keys-remove-question = Delete the key of **{ $provider }**? It cannot be brought back.
api_keys-remove-button = Delete the key
api_keys-changed-meanwhile = The key has been set anew since the question was asked, and stays. `/apikey remove` asks again.
api_keys-unknown-provider = Choose one of { $names }.
api_keys-no-providers = The operator of this bot allows no providers.
api_keys-no-vault = The operator of this bot has set no ENCRYPTION_KEY, so that no key can be sealed and none is taken.
api_keys-no-key = That is no API key: one has { $least } to { $most } letters, digits and signs, without blanks. Nothing was stored.
api_keys-form-title = Key of { $provider }
api_keys-form-key = API key
api_keys-form-hint = It is sealed at once and shown to nobody.
