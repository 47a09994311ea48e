# What a moderator reads about cases.

cases-case = **Case #{ $number }** · { $action }
cases-case-for = **Case #{ $number }** · { $action } for { $length }
cases-member = Member: { $member } (`{ $id }`)
cases-by = By: { $who }
cases-when = When: { $when }
cases-reason = Reason: { $reason }
cases-no-reason = none given
cases-outcome = Outcome: { $outcome }
cases-outcome-detail = Outcome: { $outcome } ({ $detail })
cases-pending = under way
cases-failed = not carried out
cases-done = carried out
cases-card = Card: { $link }
cases-none = This server has no case #{ $number }.
