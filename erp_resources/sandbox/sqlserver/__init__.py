"""A SQL Server to develop against: TDS 7.4, and T-SQL answered from the sandbox's database."""
