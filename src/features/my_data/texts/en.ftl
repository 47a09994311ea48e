# What a person reads about their own data.

my_data-exported = Everything that AIMod keeps about you on all servers is in this file. Only you see it. What you have decided as a moderator is not in it: it belongs to the records of the people concerned.
my_data-too-large = There is more about you than Discord takes as a file. Ask the operators of this bot for it.
my_data-in-private = A reply here could be read by everybody. Use the slash command `/mydata`, or write to me directly.

my_data-question = **Forget you?** This would go, on all servers where AIMod works:
my_data-question-means = It cannot be undone. An appeal that waits is withdrawn by it.
my_data-nothing = AIMod keeps nothing about you that it could forget.
my_data-button-forget = Forget me
my_data-button-keep = Cancel
my_data-kept = Nothing was changed.

my_data-receipt = **You are forgotten.** This is gone, or no longer bears your name:
my_data-receipt-nothing = - nothing: it was gone already
my_data-receipt-anew = What you do from now on is noted anew: messages are counted, commands are logged.

my_data-user = Your name, picture and counters
my_data-command-runs = Commands you ran: { $count }
my_data-notes = Moderators' notes about you: { $count }
my_data-appeals-open = Appeals that wait, withdrawn: { $count }
my_data-appeals = Decided appeals, their texts: { $count }
my_data-infractions = Infractions, their reasons: { $count }
my_data-cases = Cases, their reasons and notes: { $count }
my_data-case-edits = Earlier wordings of these: { $count }

my_data-stays = This stays:
my_data-stays-cases = { $count ->
    [one] { $count } case with your id and its reason: the ban or timeout is in force, and could otherwise be neither found nor lifted. Once it has ended, ask again.
   *[other] { $count } cases with your id and their reasons: the bans or timeouts are in force, and could otherwise be neither found nor lifted. Once they have ended, ask again.
}
my_data-stays-appeals = { $count ->
    [one] { $count } decided appeal about such a case, without its texts: how soon you may appeal again counts from it.
   *[other] { $count } decided appeals about such cases, without their texts: how soon you may appeal again counts from them.
}
my_data-stays-global-ban = Your id and the reason on the operators' list of global bans: without it the ban could not be enforced.
my_data-stays-numbers = Number, kind and date of ended cases and infractions, and the rule that was named, without you: servers count on their statistics.
my_data-stays-deeds = What you decided as a moderator or set as an administrator, under your id: others have a right to know who did it.
my_data-stays-discord = Messages that AIMod posted in a server's channels: they belong to that server.
my_data-stays-journal = Technical entries about the latest actions, for a few weeks: they keep anything from being done twice.
