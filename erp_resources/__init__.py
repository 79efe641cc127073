"""How an ERP system is reached: connectors, their pool, and the lake their tables land in."""
