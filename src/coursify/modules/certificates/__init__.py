"""Certificates: what a completed course is worth outside of the school.

One certificate for an enrollment, with the names as they were when the course was completed. **It is valid while one
grant of the enrollment is not revoked**, decided when somebody asks: a refund revokes it, and it is valid again when
access comes back; a term that has ended revokes nothing. Owns `certificates`; the code is made by enrollments, in the
transaction of the completion. Calls enrollments.
"""
