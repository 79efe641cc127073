"""A SQL Server to develop against: TDS 7.4 on the wire, T-SQL answered from the sandbox's database."""
