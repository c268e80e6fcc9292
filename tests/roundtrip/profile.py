"""How the made documents are drawn: the same ones on every machine and in every run.

``ROUNDTRIP_ANEW=1`` draws others each time, to look for what these do not show; ``ROUNDTRIP_WITHOUT_SHRINKING=1`` shows the
first failing example as it was drawn.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_QUICK = bool(os.environ.get("ROUNDTRIP_WITHOUT_SHRINKING"))
_ANEW = bool(os.environ.get("ROUNDTRIP_ANEW"))


def examples(count: int) -> settings:
    """A fixed number of examples, drawn the same way each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=not _ANEW,
        database=None,
        phases=(Phase.generate,) if _QUICK else (Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
