# What is read of bot detection.

bot_detect-room = Bot detection
bot_detect-doubt-unannounced = It is on, but no channel is set in which cases are announced. Set `MODERATION_LOG_CHANNEL_ID`.

bot_detect-doubt-short = A keyword of one or two letters finds nearly every message. `/botdetect keywords list` shows it, `/botdetect keywords remove` takes it out.

bot_detect-on = on
bot_detect-off = off
bot_detect-none = none
bot_detect-more = { $listed } and { $more } more
bot_detect-builtin = on: { $phrases } phrases, { $domains } phishing domains
bot_detect-no-log = not set, nothing is posted
bot_detect-status = Bot detection is **{ $state }**.
bot_detect-status-action = What happens: { $what }
bot_detect-status-keywords = Keywords of this server: { $count }
bot_detect-status-builtin = Built-in lists: { $state }
bot_detect-status-roles = Exempt roles: { $roles }
bot_detect-status-users = Exempt users: { $users }
bot_detect-status-log = Log channel: { $channel }
bot_detect-enabled = Bot detection is now { $state }. The next message is judged accordingly.
bot_detect-enabled-already = Bot detection was { $state } already; nothing has changed.
bot_detect-action = From now on: { $what }.

bot_detect-warn = the message is deleted, its author warned
bot_detect-timeout = the message is deleted, its author timed out for { $length }
bot_detect-kick = the message is deleted, its author kicked
bot_detect-ban = the message is deleted, its author banned
bot_detect-delete = the message is deleted, nothing else

bot_detect-added = Added { $keyword }. It counts from the next message on.
bot_detect-there = { $keyword } is in the list already.
bot_detect-there-alike = { $keyword } is in the list already and matches the same texts as { $typed }.
bot_detect-removed = Removed { $keyword }.
bot_detect-not-there = { $keyword } is not in the list; `/botdetect keywords list` shows what is.
bot_detect-refused-empty = The keyword was not added: a keyword needs at least one letter, digit or symbol.
bot_detect-refused-short = The keyword was not added: it needs at least 3 letters or digits. A shorter one would delete nearly every message.
bot_detect-refused-long = The keyword was not added: a keyword has at most { $most } characters; this one has { $count }.
bot_detect-refused-many = The keyword was not added: a server has at most { $most } keywords; remove one first.
bot_detect-list-empty = This server has no keywords of its own; `/botdetect keywords add` adds one.
bot_detect-list = { $count ->
    [one] 1 keyword of this server
   *[other] { $count } keywords of this server
 }
bot_detect-defaults = Built-in phrases, besides { $count } domains of { $source }

bot_detect-exempt = { $who } is exempt from bot detection now.
bot_detect-exempt-already = { $who } is exempt already.
bot_detect-judged = { $who } is no longer exempt from bot detection.
bot_detect-judged-already = { $who } was not exempt; nothing has changed.
bot_detect-foreign-role = That role is not one of this server.
bot_detect-everyone = @everyone cannot be exempt. `/botdetect enable on:false` switches bot detection off.
bot_detect-nobody = Name a role or a user.
bot_detect-nothing-changed = Nothing was changed: { $reason }.
bot_detect-no-duration = “{ $typed }” is no duration such as 10m or 1d12h of at most 4w

bot_detect-passes = This text would pass: it holds no phrase or link domain of the lists.
bot_detect-brings = This text would bring: { $what }.
bot_detect-would-bring = Bot detection is off. If it were on, this text would bring: { $what }.
bot_detect-and-more = and { $more } more

bot_detect-nitro = free Nitro scam
bot_detect-gift = gift or game item scam
bot_detect-crypto = crypto or investment scam
bot_detect-adult = adult content spam
bot_detect-mass = scam to everyone
bot_detect-account = account theft attempt
bot_detect-phishing = known phishing site
bot_detect-look-alike = imitation of a trusted site
bot_detect-disguised = link that hides where it leads

bot_detect-own-phrase = keyword { $rule } of this server
bot_detect-own-domain = link domain { $rule } of this server
bot_detect-built-phrase = { $kind }: phrase { $rule }
bot_detect-built-domain = { $kind }: domain { $rule }
bot_detect-leet = { $what }, digits or signs for letters
bot_detect-spaced = { $what }, letters set apart
bot_detect-found-as = { $what }, found as { $excerpt }

bot_detect-told-warn = Your message in { $guild } was deleted, and this is a warning.
bot_detect-told-timeout = Your message in { $guild } was deleted, and you are timed out for { $length }.
bot_detect-told-kick = Your message in { $guild } was deleted, and you were kicked.
bot_detect-told-ban = Your message in { $guild } was deleted, and you were banned.
bot_detect-told-delete = Your message in { $guild } was deleted.
bot_detect-told-reason = Reason: { $reason }
bot_detect-told-phrase = a phrase that this server does not allow
bot_detect-told-link = a link that this server does not allow
bot_detect-told-case = Case: #{ $number }
bot_detect-told-hint = If you did not write it, your account may be in other hands: change your password.

