"""The sandbox's companies: seeded generators of ERP tables that agree with one another to the cent.

``masters`` holds the customers, suppliers and items that all subsidiaries share; each ERP keeps its
own keys and spellings in a package of its own (``ebs``, ``ax``); what their books have in common
lies beside those. Nothing here knows SQL or a protocol.
"""
