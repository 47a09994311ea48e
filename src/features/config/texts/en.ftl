# What administrators read of `/config`.

# Values
config-unset = unset
config-none = none
config-sealed = a sealed secret
config-default = { $value } (default)
config-more = { $listed } and { $more } more
config-kind-bool = true or false
config-kind-text = a text of { $least } to { $most } characters
config-kind-choice = one of { $words }
config-kind-time-zone = the name of a time zone, such as Europe/Berlin or UTC
config-kind-seconds = a duration such as 10m or 1d12h, at most { $most }
config-kind-number = a whole number from { $least } to { $most }
config-kind-channel = a channel: its mention, its id, or its name after #
config-kind-role = a role: its mention, its id, or its name after @
config-kind-roles = roles: mentions or ids, separated by spaces
config-kind-users = users: mentions or ids, separated by spaces
config-kind-texts = up to { $entries } texts of at most { $most } characters, separated by commas

# /config show
config-title = **Settings of this server**, version { $version }
config-title-page = **Settings of this server**, version { $version }, page { $page } of { $pages }
config-hint = `/config show` with the name of a setting tells what it means; `/config set` changes it.
config-room-house = General
config-takes = It takes { $kind }. Default: { $default }.
config-reserved = **{ $key }** is not in use yet: no part of AIMod reads it so far.
config-stranger = **{ $key }** is stored, but no part of AIMod knows it.
config-stored = Stored: { $value }
config-older = **{ $key }** is an older name of `{ $newer }`, under which AIMod reads nothing. Set `{ $newer }` instead.
config-older-name = an older name of `{ $newer }`
config-apikey = **API_KEY** is this server's own key to an AI provider. `/apikey` tells of it, sets and removes it; `/config history` tells when it changed.

# /config set, add, remove, reset
config-changed = `{ $key }`: { $old } → { $new }
config-changed-list = `{ $key }`: { $entries }
config-version = This is version { $version }; the next message is judged by it.
config-version-holds = This is version { $version }; it holds from now on.
config-already = `{ $key }` is { $value } already; nothing has changed.
config-all-there = All of that is in `{ $key }` already; nothing has changed.
config-none-there = Nothing of that is in `{ $key }`; nothing has changed.
config-only-english = Texts in `{ $code }` do not exist yet: AIMod goes on in English.
config-refused = `{ $key }` was not changed: { $reason }.
config-misfit = “{ $typed }” does not fit; it takes { $kind }
config-no-channel = this server has no such text channel
config-no-role = this server has no such role
config-no-roles = not all of these roles are of this server
config-no-list = it holds a single value, not a list; `/config set` changes it
config-too-many = the list would be too long; it takes { $kind }
config-everyone = @everyone is everybody and no role of some members
config-reserved-refused = it is not in use yet; no part of AIMod reads it so far
config-apikey-refused = it is no setting; `/apikey` sets and removes it
config-unknown = There is no setting `{ $name }`. `/config show` lists them all.
config-unknown-near = There is no setting `{ $name }`. Did you mean `{ $nearest }`?
config-unknown-nameless = There is no such setting. `/config show` lists them all.

# /config history
config-since = Since version { $version }, { $when }: { $who }, { $source }.
config-since-because = Since version { $version }, { $when }: { $who }, { $source }: “{ $reason }”.
config-history = **Changes of this server's settings**
config-history-key = **Changes of `{ $key }`**
config-history-none = Nothing has been changed yet.
config-entry = **Version { $version }** · { $when } · { $who } · { $source }
config-entry-because = **Version { $version }** · { $when } · { $who } · { $source } · “{ $reason }”
config-source-COMMAND = by command
config-source-CLI = on the command line
config-source-IMPORT = by import
config-source-SQL = in the database
config-source-SYSTEM = by AIMod
config-somebody = somebody
config-operator = the operator

# /config diff
config-room-reserved = Not in use yet
config-room-strangers = Read by no part of AIMod
config-apikey-none = none
config-apikey-some = a key
config-apikey-other = another key
config-apikey-of = a key of { $provider }
config-apikey-other-of = another key of { $provider }
config-outdated = `{ $key }` has changed since version { $seen }. Then: { $then }. Now, in version { $version }: { $now }. Nothing was changed; please look again.
config-diff = **From version { $from } to version { $to }**
config-diff-same = Versions { $from } and { $to } hold the same settings.
config-no-version = There is no version { $version }; the newest is { $newest }.

# /config rollback
config-button-apply = Apply
config-rollback = **Back to version { $target }?** That would change:
config-rollback-next = It makes a new version; nothing is forgotten.
config-rollback-same = Version { $target } holds the same settings as now; there is nothing to roll back.
config-rollback-nothing = Nothing can be taken back to version { $target }:
config-rollback-left = `{ $key }` stays as it is: AIMod cannot set it back.
config-rollback-done = **Rolled back to version { $target }** by { $who }.
config-moved = Nothing was changed: the settings are no longer those of version { $shown }. Since then:
config-moved-again = Version { $now } holds now. Please run the command again.
config-cancelled = Nothing was changed.
config-button-rollback = Roll back
config-button-cancel = Cancel
config-check-more = { $count } more

# /config check
config-check = **Check of version { $version }**: { $count ->
    [one] one finding
   *[other] { $count } findings
 }
config-check-clean = **Check of version { $version }**: nothing is wrong.
config-check-unknown-guild = Discord has not described this server yet; channels, roles and permissions are not checked. Please try again in a moment.
config-check-channel-gone = `{ $key }` names a channel that is gone. Choose another with `/config set`, or `/config reset` it.
config-check-role-gone = `{ $key }` names the role { $role }, which is gone. Take it out.
config-check-user-gone = `{ $key }` names { $user } (`{ $id }`), who is no member any more. Take them out.
config-check-users-unasked = { $count ->
    [one] Whether one member that settings name is still here could not be asked. Please try again later.
   *[other] Whether { $count } of the members that settings name are still here could not be asked. Please try again later.
}
config-check-closed = AIMod cannot write in { $channel }, which is `{ $key }`: it lacks { $permissions } there.
config-check-permission = { $room }: AIMod lacks { $permissions }. Give it that in the server's roles.
config-check-house = AIMod lacks { $permissions }: text commands are answered by replies, and some answers bring files. Give it that in the server's roles.
config-check-everyone = `{ $key }` names @everyone, which every member has. Set another role, or take it out.
config-check-order = { $room }: AIMod's highest role is not above { $roles }. It cannot act on their members. Move AIMod's role up.
config-check-misfit = The stored value of `{ $key }` does not fit, and the last good one holds. Set it anew. ({ $problem })
config-check-reserved = `{ $key }` is stored, but not in use yet.
config-check-older = `{ $key }` is an older name of `{ $newer }`, under which AIMod reads nothing. Set `{ $newer }` instead.
config-check-stranger = `{ $key }` is stored, but no part of AIMod knows it.
config-check-language = There are no texts in `{ $code }` yet: AIMod goes on in English.

# /config export, import
config-exported = The settings of version { $version } as a file. `/config import` takes it, here or on another server. It holds no secret.
config-import = **Import into version { $version }?** That would change:
config-import-foreign = The file is of another server: channels and roles are found by their names.
config-import-doubts = In doubt:
config-import-same = The file holds nothing that would change these settings.
config-import-channel = `{ $key }`: the channel “{ $name }” is { $here } here
config-import-role = `{ $key }`: the role “{ $name }” is { $here } here
config-import-channel-lost = `{ $key }`: there is no channel “{ $name }” here, or several; it is left out
config-import-role-lost = `{ $key }`: there is no role “{ $name }” here, or several; it is left out
config-import-users = `{ $key }`: users are taken over by their ids
config-import-reserved = `{ $key }` is not in use yet; it is kept as it is
config-import-unknown = `{ $key }` is no setting of AIMod; it is kept as it is, and read by nothing
config-import-unkept = `{ $key }` is left out: AIMod keeps no names or values like this
config-import-secret = `{ $key }` is left out: its value holds a secret
config-import-misfit = `{ $key }` is left out: its value does not fit; it takes { $kind }
config-import-waits = This waits for a day.
config-import-done = **Imported** by { $who }.
config-import-gone = This import has been carried out, cancelled, or has waited for more than a day. Please run the command again.
config-import-large = The file is too large; an export has at most 1 MiB.
config-import-away = Discord did not hand the file over. Please try again.
config-import-no-json = That is no export of AIMod: { $problem }.
config-import-line = the JSON breaks off in line { $line }, column { $column }
config-import-shape = `settings` is missing
config-import-format = its format is not 1
