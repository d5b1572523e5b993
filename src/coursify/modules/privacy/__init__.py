"""Privacy: export and erasure of personal data.

An *erasure* clears the profile at once and then every module, step by step. A *tombstone* keeps a person erased after a
restore. An *export* is a document with everything that is stored about a person. Owns `erasure_requests`,
`erasure_steps`, `tombstones` and `data_exports`. Each module exports and erases what it has (`personal_data`).
"""
