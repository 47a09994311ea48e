# Was Moderatoren über Fälle lesen.

cases-case = **Fall #{ $number }** · { $action }
cases-case-for = **Fall #{ $number }** · { $action } für { $length }
cases-member = Mitglied: { $member } (`{ $id }`)
cases-by = Von: { $who }
cases-when = Wann: { $when }
cases-reason = Grund: { $reason }
cases-no-reason = keiner angegeben
cases-outcome = Ergebnis: { $outcome }
cases-outcome-detail = Ergebnis: { $outcome } ({ $detail })
cases-pending = noch im Gang
cases-failed = nicht ausgeführt
cases-done = ausgeführt
cases-card = Karte: { $link }
cases-none = Einen Fall #{ $number } gibt es auf diesem Server nicht.
