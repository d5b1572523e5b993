"""Attention: the work list. What a person has to look at is written here with the fact itself, in one transaction.

Owns `attention_items`. An item is open once per kind and object; the facts close it again, or a person does. Calls
nobody; payments and everything above write to it, `admin` shows it and acts on it.
"""
