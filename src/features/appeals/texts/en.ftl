# What members and staff read about appeals.

appeals-room = Appeals
appeals-doubt-lengths = `APPEALS_MIN_LENGTH` is more than `APPEALS_MAX_LENGTH`: only a text of exactly the longest length can be sent. Lower the one or raise the other.

appeals-button = Appeal

appeals-warn = warning
appeals-timeout = timeout
appeals-timeout-for = timeout of { $length }
appeals-kick = kick
appeals-ban = ban
appeals-delete = deleted message
appeals-what-case = { $what } (case #{ $number })
appeals-what-old = { $what } of { $when }
appeals-unknown-what = not known any more
appeals-forgotten = a member who asked to be forgotten
appeals-no-reason = no reason given
appeals-choice-case = #{ $number } · { $what } · { $reason }
appeals-choice-old = { $day } · { $what } · { $reason }
appeals-choice-in = { $guild } { $choice }

appeals-pending = waiting
appeals-under-review = under review
appeals-approved = approved
appeals-denied = denied
appeals-withdrawn = withdrawn

appeals-choose = What do you want to appeal against? Choose it below, and a form opens.
appeals-choose-hint = One of your punishments
appeals-nothing = There is nothing here that you could appeal against.
appeals-nothing-yet = There is nothing here yet that you could appeal against. The next appeal is possible { $when }.
appeals-yours = Your appeal **#{ $id }** is { $state }.
appeals-privately = Please use the slash command `/appeal`: its answer is seen by nobody else. Or name the case: `{ $form }`.

appeals-form-title = Appeal against case #{ $number }
appeals-form-title-old = Appeal
appeals-form-label = Why should it be taken back?
appeals-form-hint = What happened, in your own words. Only the staff of the server reads it.
appeals-filed = Appeal **#{ $id }** is with the staff of { $guild }: { $what }. When it is decided, AIMod tells you by direct message.

appeals-off = { $guild } takes no appeals through AIMod. Please turn to its staff.
appeals-gone = AIMod is not in that server any more, so its staff cannot be reached this way.
appeals-not-yours = That is none of your punishments. `/appeal` shows those that you can appeal against.
appeals-relief = That case took a punishment back; there is nothing to appeal against.
appeals-operators = You are banned from all servers of this bot. Its operators decide about that, not the staff of one server.
appeals-lifted = That has been taken back already; there is nothing to appeal against.
appeals-open = You have appealed against it already: **#{ $id }** is { $state }.
appeals-granted = Your appeal **#{ $id }** against it was approved; there is nothing more to appeal against.
appeals-wait = Your last appeal against it was denied. You may appeal against it again { $when }.
appeals-too-soon = It is too early: you may appeal against it { $when }.
appeals-pause = You have sent an appeal not long ago. You may send the next one { $when }.
appeals-short = An appeal has at least { $least } characters here; yours has { $count }. Please say more.
appeals-long = An appeal has at most { $most } characters here; yours has { $count }. Please shorten it.

appeals-told-approved = The staff of { $guild } approved your appeal #{ $id }. It no longer counts: { $what }.
appeals-told-approved-plain = The staff of { $guild } approved your appeal #{ $id }.
appeals-told-undone = The staff of { $guild } approved your appeal #{ $id }, but on Discord AIMod could not take it back: { $what }. The staff knows, and can do it by hand.
appeals-told-denied = The staff of { $guild } denied your appeal #{ $id }. It stands: { $what }.
appeals-told-denied-plain = The staff of { $guild } denied your appeal #{ $id }.
appeals-told-answer = Their answer:
appeals-told-again = You may appeal again { $when }.

appeals-card = Appeal #{ $id } · { $state }
appeals-card-member = Member
appeals-card-what = Punishment
appeals-card-reason = Reason
appeals-card-when = Punished
appeals-card-text = The member says
appeals-card-more = (continued)
appeals-card-reviewer = Under review by
appeals-card-decider = Decided by
appeals-card-answer = Answer
appeals-card-undone = Not taken back on Discord
appeals-card-over = Nothing left to decide
appeals-card-forgotten = All that AIMod kept about the member has been forgotten, and this appeal with it.
appeals-approve = Approve
appeals-deny = Deny
appeals-review = Take under review

appeals-unbanned-card = Ban lifted · case #{ $number }
appeals-ended-card = Timeout ended · case #{ $number }
appeals-not-unbanned-card = Ban not lifted · case #{ $number }
appeals-not-ended-card = Timeout not ended · case #{ $number }
appeals-lift-by = By
appeals-lift-reason = Reason
appeals-lift-why = appeal #{ $id } was approved

appeals-approve-title = Approve appeal #{ $id }
appeals-deny-title = Deny appeal #{ $id }
appeals-answer-label = Your answer to the member
appeals-answer-hint = The member reads it by direct message.

appeals-none = This server has no appeal #{ $id }. `/appeals list` shows those that it has.
appeals-no-number = `{ $typed }` is no number of an appeal. `/appeals list` shows the numbers.
appeals-own = This is your own appeal; somebody else has to decide it.
appeals-already = Appeal #{ $id } was already { $state } by { $who } { $when }.
appeals-already-answer = Appeal #{ $id } was already { $state } by { $who } { $when }, with the answer:
appeals-reviewed = Appeal #{ $id } is under review by { $who } already. You may still decide it.
appeals-upheld = This ban is upheld by the bot's operators in all their servers: lifted here, it would come back at once. Deny the appeal, ask the operators, or set `GLOBAL_BANS_ENABLED` to `false` first.
appeals-answer-missing = A denial needs an answer: the member reads it.
appeals-answer-long = An answer has at most { $most } characters; yours has { $count }.

appeals-done-review = You have appeal #{ $id } under review now. Its card shows that to the others.
appeals-done-approved = Appeal #{ $id } is approved.
appeals-done-denied = Appeal #{ $id } is denied.
appeals-undone-ban = The ban is lifted.
appeals-undone-timeout = The timeout has ended.
appeals-undone-failed = On Discord it could not be taken back: { $detail }. If something of it is left, please take it back by hand.
appeals-undone-later = Discord does not answer yet; AIMod goes on trying to take it back.
appeals-momentary = There is nothing to take back on Discord. In the records it counts as taken back.
appeals-over = It was over on Discord already. In the records it counts as taken back.
appeals-not-done = It had never been carried out. In the records it counts as taken back.
appeals-another = It counts as taken back, but a later one of its kind still holds: case { $what }.
appeals-by-hand = What it was about is not known any more. Please take back by hand what is left of it.
appeals-heard = The member has been told.
appeals-heard-closed = The member could not be told: Discord lets AIMod send them no direct message.
appeals-heard-failed = The member could not be told: Discord refused the message.
appeals-heard-later = The member is told as soon as Discord answers.

appeals-list = { $count ->
    [one] **1 appeal**
   *[other] **{ $count } appeals**
 }: { $which }
appeals-empty-open = No appeals are still to be decided.
appeals-empty-all = There are no appeals.
appeals-empty-pending = No waiting appeals.
appeals-empty-under-review = No appeals under review.
appeals-empty-approved = No approved appeals.
appeals-empty-denied = No denied appeals.
appeals-list-page = { $title }, page { $page } of { $pages }
appeals-list-line = **#{ $id }** · { $state } · { $member } · { $what } · { $when }
appeals-list-older = Older
appeals-list-newer = Newer
appeals-list-open = still to be decided
appeals-list-all = all
