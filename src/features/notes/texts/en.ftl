# What moderators read about notes.

notes-none = There are no notes about { $user }.
notes-title = **{ $count ->
    [one] 1 note
   *[other] { $count } notes
 } about** { $user }
notes-title-page = { $title }, page { $page } of { $pages }
notes-entry = **#{ $number }** · { $when } · { $who }
notes-removed-by = removed { $when } by { $who }
notes-imported = imported
notes-added = Noted as **#{ $number }**. { $user } is not told, but can read it with `/mydata export`. { $count ->
    [one] It is the only note.
   *[other] There are { $count } notes now.
 }
notes-removed = Note **#{ $number }** about { $user } is removed. `/note history` still shows it to those who manage the server.
notes-no-such = This server has no note #{ $number }. `/note list` shows the numbers.
notes-misfit = A note has 1 to { $most } characters.
notes-full = There are { $count } notes about { $user } already. Remove some that are out of date first.
notes-oneself = What is noted about you is for the other moderators.
notes-private = Notes are shown to moderators only.
notes-button-show = Show notes
