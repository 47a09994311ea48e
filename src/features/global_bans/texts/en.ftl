# What operators, servers and banned users read about global bans.

global_bans-room = Global bans
global_bans-added = { $user } is banned everywhere from now on: when joining, when writing, and where present already.
global_bans-searching = { $done } of { $due } servers are searched.
global_bans-searched = { $due ->
    [one] 1 server is searched.
   *[other] All { $due } servers are searched.
 } `/globalban check` tells where it came to a ban.
global_bans-unsearched = { $failed ->
    [one] 1 server could not be searched; that is tried again.
   *[other] { $failed } servers could not be searched; that is tried again.
 }
global_bans-already = { $user } is banned everywhere already: { $reason }. To change the reason, remove the ban and add it anew.
global_bans-not-that-one = This bot and its operators cannot be banned.
global_bans-reason-length = A ban takes a reason of 1 to { $most } characters.
global_bans-removed = { $user } may join again from now on. Bans that servers hold already stay until somebody there lifts them.
global_bans-not-banned = { $user } is not banned everywhere.
global_bans-banned = { $user } is banned everywhere since { $when }.
global_bans-by = By: { $who }
global_bans-imported = import
global_bans-reason = Reason: { $reason }
global_bans-enforced = Bans in servers: { $done }, failed: { $failed }
global_bans-title = **Banned everywhere**, page { $page }
global_bans-line = { $when } { $user }: { $reason }
global_bans-more = `/globalban list page:{ $page }` shows more.
global_bans-nobody = Nobody is banned everywhere.
global_bans-no-such-page = There is no page { $page }.
global_bans-notice = You have been banned from **{ $guild }**, as from all servers that keep to the global bans of this bot: { $reason }
global_bans-card-title = Case #{ $number }: global ban
global_bans-card-user = User
global_bans-card-reason = Reason
global_bans-card-why = Why here
global_bans-card-undone = Not carried out
global_bans-card-opt-out = The operators of this bot keep this user out of every server. `/config set GLOBAL_BANS_ENABLED false` opts out.
