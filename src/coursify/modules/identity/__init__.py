"""Identity: sign-in, and every change that ends sessions: role, suspension, address, password, erasure.

Words: a *session* is one sign-in and the family of its refresh tokens; a *step-up* proves the password again;
a *one-time token* is the link in an email. Owns sessions, refresh_tokens, one_time_tokens, link_requests,
second_factors, recovery_codes, security_events. Calls users.
"""
