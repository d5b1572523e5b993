"""A stand-in for Stripe: its wire format, its rules about money and its webhooks, in one local process.

It is independent of Coursify and imports none of it. From bottom to top: `store/` stores rows, `objects/` builds
Stripe's objects, `resources/` has one function per operation of the API, `http/` parses requests and sends responses,
and `control/` is the control API for tests, which Stripe does not have.
"""
