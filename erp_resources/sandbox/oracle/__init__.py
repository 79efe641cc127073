"""A server process that the unmodified ``oracledb`` thin driver takes for an Oracle database."""
