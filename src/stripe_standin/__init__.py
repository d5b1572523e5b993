"""A stand-in for Stripe: its wire format, its rules about money and its webhooks, in one local process.

It knows nothing of Coursify and imports nothing of it. From below upwards:
`store/` keeps rows, `objects/` writes Stripe's objects, `resources/` holds one verb of the API per function,
`http/` reads requests and answers them, `control/` is the door that Stripe does not have.
"""
