"""The invariants' SQL: one function per invariant. Its first line is the sentence; the rows it finds break it."""
