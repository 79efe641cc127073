"""Microsoft SQL Server and Azure SQL, read through ODBC."""

from erp_resources.sqlserver.resource import SqlServerResource as SqlServerResource
