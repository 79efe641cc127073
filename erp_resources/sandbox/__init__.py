"""An ERP landscape in a box: servers that speak the vendors' protocols to the vendors' own drivers.

For development, tests and the demonstration. Nothing outside this folder depends on it but the
command that starts it.
"""
