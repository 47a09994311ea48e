# What every command may answer, whatever it does.

commands-permission-needed = You need the permission **{ $permission }** for this.
commands-operators-only = Only the operators of this bot may do this.
commands-roles-unknown = Your roles are not known yet. Please try again in a moment.
commands-server-only = This command works in a server only.
commands-database-away = The database does not answer right now. Please try again in a minute.
commands-change-uncertain = The database does not answer right now. The change may still come through; look with `/config show` in a minute before you try again.
commands-guild-away = This server's settings cannot be reached right now. Please try again in a minute.
commands-fault = Something went wrong. The operator finds it in the log under `{ $reference }`.
commands-older-form = This command has changed. Please type it again; Discord shows its new form in a minute.
commands-older-button = This button is of an older version of AIMod. Please run the command again.
commands-open-form = Press the button to fill in the form.
commands-open-form-button = Open the form
commands-misfit = `{ $input }` does not fit here.
commands-too-much = That is more than this command takes.
commands-missing = Something is missing.
commands-write-like = Write it like `{ $form }`.
commands-choose = Choose one of { $names }.
commands-invalid = Nothing was changed: { $reason }.

commands-KICK_MEMBERS = Kick Members
commands-BAN_MEMBERS = Ban Members
commands-ADMINISTRATOR = Administrator
commands-MANAGE_GUILD = Manage Server
commands-VIEW_CHANNEL = View Channels
commands-SEND_MESSAGES = Send Messages
commands-EMBED_LINKS = Embed Links
commands-MANAGE_MESSAGES = Manage Messages
commands-MANAGE_ROLES = Manage Roles
commands-MODERATE_MEMBERS = Timeout Members
commands-several-permissions = several permissions
