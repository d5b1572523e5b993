"""What must always be true of the data: each invariant is a sentence and a query that must return no row.

It knows every table and imports no module, so that a mistake in a module cannot hide itself here. Whatever a
constraint already forbids is asked all the same: a restored or repaired database may have lost the constraint.
"""
