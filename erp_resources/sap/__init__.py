"""SAP systems through remote function calls and the user's own NW RFC SDK."""

from erp_resources.sap.reader import SapConnector
from erp_resources.sap.resource import SapResource

__all__ = ["SapConnector", "SapResource"]
