"""Reviews: ratings and comments of learners, and the replies of instructors.

Rule: access decides. Only someone with a live grant writes or changes a review; someone who lost access may still
delete theirs, and until then it stays visible and counts.

Words: a *visible* review counts in the course's ratings, a hidden one nowhere. One live review for a person and a
course. Owns reviews; the course's sum, count and distribution change in the same transaction, through the courses'
own queries. Calls enrollments, courses and users.
"""
