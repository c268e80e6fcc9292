"""How the made documents are drawn: the same ones on every machine and in every run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_QUICK = bool(os.environ.get("ROUNDTRIP_WITHOUT_SHRINKING"))


def examples(count: int) -> settings:
    """A fixed number of examples, drawn the same way each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,) if _QUICK else (Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
