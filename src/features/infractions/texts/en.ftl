# What a moderator reads about infractions.

infractions-none = { $member } has no infractions in this server.
infractions-title = **{ $count ->
    [one] 1 infraction
   *[other] { $count } infractions
 } of** { $member }
infractions-newest = { $title }, the newest { $shown }
infractions-line = { $when } **{ $action }**: { $rule }
infractions-line-case = { $when } **{ $action }** · case #{ $case }: { $rule }
infractions-no-rule = no rule given
