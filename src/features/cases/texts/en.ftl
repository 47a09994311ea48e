# What a moderator reads about cases.

cases-room = Moderation log

cases-case = **Case #{ $number }** · { $action }
cases-member = Member: { $member } (`{ $id }`)
cases-member-forgotten = Member: { $member }
cases-by = By: { $who }
cases-by-hand = By: { $who }, in Discord's own menus
cases-when = When: { $when }
cases-channel = Channel: { $channel }
cases-reason = Reason: { $reason }
cases-no-reason = none given
cases-outcome = Outcome: { $outcome }
cases-outcome-detail = Outcome: { $outcome } ({ $detail })
cases-pending = under way
cases-failed = not carried out
cases-done = carried out
cases-lifted = Taken back: { $when }
cases-note = Note of the staff: { $note }
cases-note-elsewhere = Note of the staff: there is one; `/case view number:{ $number }` shows it to you alone
cases-appeals = Appeals: { $appeals }
cases-appeal-pending = (waits for a decision)
cases-appeal-under-review = (under review)
cases-appeal-approved = (approved)
cases-appeal-denied = (denied)
cases-edit-reason = { $when } { $who } changed the reason: { $old } → { $new }
cases-edit-note = { $when } { $who } changed the note: { $old } → { $new }
cases-edit-note-elsewhere = { $when } { $who } changed the note
cases-edit-infraction = { $when } { $who } removed the infraction: { $old }
cases-edits-more = and { $count ->
    [one] 1 earlier change
   *[other] { $count } earlier changes
 }
cases-nothing = nothing
cases-quoted = “{ $text }”
cases-card = Card: { $link }
cases-none = This server has no case #{ $number }.

cases-list = **{ $count ->
    [one] 1 case**
   *[other] { $count } cases**, newest first
 }
cases-list-page = **{ $count ->
    [one] 1 case
   *[other] { $count } cases
 }**, newest first (page { $page } of { $pages })
cases-list-none = There are no such cases.
cases-entry = `#{ $number }` { $when } **{ $action }** { $member } by { $who }: { $reason }
cases-entry-failed = `#{ $number }` { $when } **{ $action }** { $member } by { $who }: { $reason } (not carried out)
cases-entry-lifted = `#{ $number }` { $when } **{ $action }** { $member } by { $who }: { $reason } (taken back)
cases-no-such-action = No case has such a long action. Choose one of { $actions }.

cases-changed-reason = Case #{ $number }, reason: { $old } → { $new }
cases-changed-note = Case #{ $number }, note of the staff: { $old } → { $new }
cases-changed-note-elsewhere = The note of case #{ $number } is changed; `/case view number:{ $number }` shows it to you alone.
cases-same = Case #{ $number } says so already. Nothing was changed.
cases-outdated = { $who } has changed case #{ $number } since you opened the form. Nothing was changed; open it again.
cases-reason-too-long = A reason has at most { $most } characters, and this one has { $characters }. Nothing was changed.
cases-note-missing = A note needs some text; `{ $form }` takes the note away. Nothing was changed.
cases-note-both = A note is either written or taken away. Nothing was changed.
cases-note-too-long = A note has at most { $most } characters, and this one has { $characters }. Nothing was changed.
cases-reason-missing = A reason needs some text. Nothing was changed.
cases-card-updated = Its card says so too.
cases-card-gone = Its card in { $channel } is gone, so it could not be changed.
cases-card-failed = Its card in { $channel } could not be changed: { $why }.
cases-card-follows = Discord does not answer right now. Its card in { $channel } will say so later.

cases-form = Case #{ $number }
cases-form-reason = Reason (on the card)
cases-form-note = Note (for the staff only)

cases-card-title = Case #{ $number } · { $action }
cases-card-member = Member
cases-card-channel = Channel
cases-card-by = By
cases-card-reason = Reason
cases-card-undone = Not carried out
cases-act-delete = message deleted
cases-act-warn = warning
cases-act-timeout = timeout
cases-act-kick = kick
cases-act-ban = ban
cases-act-end-timeout = timeout ended
cases-act-unban = ban lifted
cases-act-for = { $action } for { $length }
cases-forgotten = a member who asked to be forgotten
