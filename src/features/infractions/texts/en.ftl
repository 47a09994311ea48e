# What a moderator reads about infractions, and what a warned member reads.

infractions-none = { $member } has no infractions in this server.
infractions-title = **{ $count ->
    [one] 1 infraction
   *[other] { $count } infractions
 } of** { $member }
infractions-title-page = **{ $count ->
    [one] 1 infraction
   *[other] { $count } infractions
 } of** { $member } (page { $page } of { $pages })
infractions-line = `{ $id }` { $when } **{ $action }**: { $rule }
infractions-line-case = `{ $id }` { $when } **{ $action }** · case #{ $case }: { $rule }
infractions-no-rule = no rule given
infractions-no-action = unknown
infractions-forgotten = a member who asked to be forgotten

infractions-no-such = This server has no infraction `{ $id }`. `/infractions view` shows the numbers.
infractions-removed = Infraction `{ $id }` of { $member } is removed: **{ $action }**, { $rule }
infractions-removed-case = Infraction `{ $id }` of { $member } is removed: **{ $action }**, { $rule }
    Case #{ $case } stays and says so.
infractions-timeout-runs = The timeout itself still runs until { $when }; end it in Discord's member menu.
infractions-ban-holds = The ban itself still holds; lift it in the server settings of Discord.
infractions-appeal-open = Appeal #{ $id } about it is still open.
infractions-clear = Remove { $count ->
    [one] the one infraction
   *[other] all { $count } infractions
 } of { $member } in this server? { $count ->
    [one] It cannot be brought back; its case stays and says so.
   *[other] They cannot be brought back; the cases stay and say so.
 }
infractions-clear-button = Remove
infractions-cancel-button = Cancel
infractions-cancelled = Nothing was removed.
infractions-cleared = { $who } removed { $count ->
    [one] 1 infraction
   *[other] { $count } infractions
 } of { $member }. The cases stay and say so.
infractions-nothing-left = { $member } had none of these infractions any more. Nothing was removed.

infractions-rule-missing = A warning needs a rule. Nothing was done.
infractions-rule-too-long = A rule has at most { $most } characters here, and this one has { $characters }. Nothing was done.
infractions-reasoning-too-long = The reasoning has at most { $most } characters, and this one has { $characters }. Nothing was done.
infractions-warned = { $member } is warned: case #{ $number }.
infractions-warned-unnumbered = { $member } is warned. The case gets its number later.
infractions-told = They were told by direct message.
infractions-not-told-closed = They were not told: their direct messages are closed.
infractions-not-told-away = They were not told: they are not on the server.
infractions-not-told = They were not told: Discord did not take the direct message.
infractions-told-later = Discord does not answer right now. They will be told when it does.
infractions-notice = You were warned in `{ $guild }`.
    Reason: { $reason }
    Case: #{ $number }
