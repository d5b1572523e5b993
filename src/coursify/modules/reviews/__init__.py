"""Reviews: ratings and comments of learners, and the replies of instructors.

Rule: access decides. Only someone with a live grant writes or changes a review; someone who lost access may still
delete theirs, and until then it stays visible and counts.

Anyone signed in reports a review, once; admins hide it, restore it or dismiss the reports.

Words: a *visible* review counts in the course's ratings, a hidden one nowhere. One live review for a person and a
course. Owns reviews, their reports and the decisions; the course's sum, count and distribution change in the same
transaction, through the courses' own queries. Calls enrollments, courses, attention and users.
"""
