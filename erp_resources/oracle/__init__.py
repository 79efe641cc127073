"""Oracle Database, read through the thin mode of python-oracledb."""

from erp_resources.oracle.resource import OracleResource as OracleResource
