"""A notebook toolkit: what has this PingOne user been doing, from where, and is it them.

>>> import pingsessions_nb as ps
>>> tenant = ps.demo(users=20, seed=7)
>>> history = tenant.history("710d6278-ccce-4a91-bdb9-ac7a4a0e60d5")
>>> history.sessions["browser_name"].tolist()
['Chrome', 'Chrome']

The public names are those of ``__init__.pyi``. Each is imported on first use, so that
``import pingsessions_nb`` is cheap.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
