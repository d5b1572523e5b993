"""Notices: notice and action after the EU's Digital Services Act (articles 16, 17 and 20).

Anyone sends a notice about a course, a lesson or a review; an admin decides, and both sides get the reasons by email;
either side may appeal once, within six months, and another admin decides again.

Words: the *notifier* sent the notice; the *affected* person is the instructor of the course or the author of the
review; neither learns from us who the other is. Owns notices and notice_decisions. Calls reviews, enrollments, courses,
attention, identity and users.
"""
