"""How words are cut, folded, stored and asked for: one way for courses and for what people type. Pure."""
