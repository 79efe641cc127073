"""``python -m erp_assets.cli``: the ``erp`` command without its script."""

from erp_assets.cli import main

main()
