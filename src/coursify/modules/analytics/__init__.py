"""Analytics: statistics by course, instructor and platform, and the popularity of courses.

Words: a *scope* is what a figure is about (the platform, an instructor, a course, a lesson); a *grain* is the length of
the periods by which figures are stored (quarter-hours for 40 days, hours, days and months for ever, all in UTC). Money
is what the ledger booked. Owns the rollups, which jobs compute from the facts of the modules below and which can be
rebuilt from them at any time (docs/decisions/0039). Reading a statistic reads rollups only.

The weekly digest reads them too, and is sent to those who switched it on. Calls everything below.
"""
