"""Courses: what is taught and sold, its lessons, the categories of the catalogue, and an admin's yes or no.

Words: the *owner* is the course's instructor; a course is *complete* when it may be submitted; *on sale* means
published, not deleted, taught by someone who may sell (active, instructor or admin), and not suspended by an admin; the
*catalogue* is all that is on sale; a *view* counts once for each viewer and day. Owns categories, courses, sections,
lessons, views. Calls users.
"""
