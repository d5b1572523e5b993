"""Notifications: the messages of a person in the application, and which emails they want.

Every email is transactional or news. A *transactional* email (receipts, refunds, security, links, decisions) is always
sent. *News* has a kind that a person switches off: `course_news` or `digest`. The check is made when the email is
composed, so one that was switched off while it was queued is not sent. Each has a one-click unsubscribe (RFC 8058).

The list in the application: modules above call `notify` in the transaction of the fact. A row has ids only; its text is
made when it is read, with the course's title of that moment.

Owns notification_preferences, notifications and suppressed_addresses. Calls users; everything above calls it.
"""
