"""A stand-in for SendGrid that stores emails instead of sending them; programs and people can read them.

It validates `POST /v3/mail/send` as SendGrid documents it. It does not model templates, substitutions, unsubscribe
groups, batches, scheduling and suppression lists, and rejects requests that use them. It reports events when it
is asked to.
"""
