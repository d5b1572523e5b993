"""A stand-in for SendGrid that keeps what would go out, for programs and for people to read.

It takes `POST /v3/mail/send` as strictly as SendGrid documents it. It does not model templates, substitutions,
unsubscribe groups, batches, scheduling, event webhooks and suppression lists; what needs them is refused.
"""
