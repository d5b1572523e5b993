"""Reviews: what learners say of a course, in one to five stars and words, and what its instructor answers.

Rule: access decides. Only someone with a live grant writes or changes a review; whoever lost access may still delete
theirs, and until then it stays visible and counts.

Words: a *visible* review counts in the course's ratings, a hidden one nowhere. One live review for a person and a
course. Owns reviews; the course's sum, count and distribution change in the same transaction, through the courses'
own queries. Calls enrollments, courses and users.
"""
