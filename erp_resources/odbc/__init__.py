"""Any database behind an ODBC driver, as a connector; ``erp_resources.sqlserver`` builds on it."""

from erp_resources.odbc.resource import OdbcResource as OdbcResource
