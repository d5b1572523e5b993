"""Admin: what admins work through. For now the work list: reading it, acting on it, a daily email about it.

Owns no table. Calls webhooks, payments, attention and users.
"""
