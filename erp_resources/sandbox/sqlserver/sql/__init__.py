"""T-SQL to DuckDB: parsing, names, types, and the compilers of expressions, queries and changes."""
