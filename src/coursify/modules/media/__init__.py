"""Pictures, videos and files: received, checked, transcoded, stored, removed. Media knows no course.

An asset is a row of `assets` and a folder of the store. The module above that uses it has its id, and calls
`release_asset` when it needs it no longer; a job then removes its bytes and its row.
"""
