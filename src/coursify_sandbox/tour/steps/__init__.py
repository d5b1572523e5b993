"""The steps of the tour, in order: a course, its purchase, its lessons, the refund."""
