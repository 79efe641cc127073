"""Oracle's SQL compiled to DuckDB's: parsing, names, types, functions, queries and changes.

Every node and every argument of the syntax tree is either compiled or refused with an ORA- error;
nothing passes through as text.
"""
