"""Playback: who may play the video of a lesson, now.

A playback session is a row, bound to a person, their sign-in, a lesson and an asset. Its address is signed. Segments
are encrypted and public; **the key is the gate**: every key and every byte range asks PostgreSQL whether the session
has not ended, the sign-in is alive, access is open and the lesson still has this asset (docs/decisions/0036).

Words: a *slot* is the right of a session to play now; an account has few of them, and a session that asks for no key
for 90 seconds has given its slot back. A *viewer mark* is what the player draws over the picture.

Owns `playback_sessions`. Calls enrollments, courses, media, identity and users.
"""
