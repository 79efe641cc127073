"""An SAP system to develop against: function modules on the sandbox's data, for a stand-in SDK."""
