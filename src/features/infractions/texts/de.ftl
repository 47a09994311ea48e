# Was Moderatoren über Verstöße lesen.

infractions-none = { $member } hat auf diesem Server keine Verstöße.
infractions-title = **{ $count ->
    [one] 1 Verstoß
   *[other] { $count } Verstöße
 } von** { $member }
infractions-newest = { $title }, die neuesten { $shown }
infractions-line = { $when } **{ $action }**: { $rule }
infractions-line-case = { $when } **{ $action }** · Fall #{ $case }: { $rule }
infractions-no-rule = keine Regel angegeben
