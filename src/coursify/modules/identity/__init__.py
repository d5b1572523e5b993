"""Identity: sign-in, and every change that ends sessions: role, suspension, email address, password, erasure.

Words: a *session* is one sign-in and the chain of its refresh tokens; a *step-up* confirms the password again;
a *one-time token* is the secret of a link in an email. Owns sessions, refresh_tokens, one_time_tokens, link_requests,
second_factors, recovery_codes, security_events. Calls users.
"""
