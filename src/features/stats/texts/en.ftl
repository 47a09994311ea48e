# What a moderator reads of statistics.

stats-months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
stats-weekdays = Mon Tue Wed Thu Fri Sat Sun
stats-date = { $day } { $month }
stats-range = { $from } – { $to }

# /stats moderation
stats-title = { $days ->
    [one] Infractions today
   *[other] Infractions in the last { $days } days
 }
stats-zone = { $range }, days in { $zone }
stats-summary = { $total } in all
stats-before = { $days ->
    [one] { $before } the day before
   *[other] { $before } in the { $days } days before
 }
stats-peak = most on { $day }: { $count }
stats-quiet = { $days ->
    [0] no day without any
    [one] 1 day without any
   *[other] { $days } days without any
 }
stats-none = { $days ->
    [one] No infractions today. A quiet day!
   *[other] No infractions in the last { $days } days. All quiet!
 }
stats-day = DAY
stats-days = DAYS
stats-all = ALL
stats-other = OTHER
stats-within = Among them { $list }
stats-file = Every day has a row in { $file }.
stats-by-hand = Opened by moderators: { $count ->
    [one] 1 case
   *[other] { $count } cases
 } ({ $list })

# in the picture
stats-axis-days = Days in { $zone }
stats-axis-weeks = Weeks, of days in { $zone }
stats-axis-per-day = Infractions per day
stats-axis-per-week = Infractions per week
stats-quiet-title = All quiet
stats-quiet-text = { $days ->
    [one] No infractions today
   *[other] No infractions in the last { $days } days
 }

# /stats commands
stats-commands-title = { $days ->
    [one] Commands today
   *[other] Commands in the last { $days } days
 }
stats-commands-none = { $days ->
    [one] No command was run today.
   *[other] No command was run in the last { $days } days.
 }
stats-commands-summary = { $runs ->
    [one] 1 run
   *[other] { $runs } runs
 }, { $refused } refused (wrong input or no permission), { $failed } failed
stats-commands-command = COMMAND
stats-commands-runs = RUNS
stats-commands-failed = FAILED
stats-commands-median = MEDIAN
stats-part-button = button
stats-part-form = form
stats-part-page = next page
stats-part-select = choice
stats-commands-more = { $count ->
    [one] and 1 command more
   *[other] and { $count } commands more
 }
