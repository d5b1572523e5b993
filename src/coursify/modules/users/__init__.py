"""Users: people, their roles, their sign-ins and the letters about them.

Words: a *session* is one sign-in and the family of its refresh tokens; a *step-up* proves the password again;
a *one-time token* is the link in a letter. Owns users, sessions, refresh_tokens, one_time_tokens. Calls nobody.
"""
