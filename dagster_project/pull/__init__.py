"""Live pulls: what changed at HubSpot and Salesforce since the last one, as ordinary extracts.

What belongs here: asking the vendors' APIs and writing files into the landing folder, with dlt, which
is an extra (`pull`). What doesn't: reading those files; a pull is one more exporter. `hubspot` and
`salesforce` have the requests, `api` the manners, `days` the dates, `pulling` the pipeline and `landing`
the files.
"""

from __future__ import annotations

from .api import Patience, PullError
from .hubspot import HubSpotAccess, hubspot_feeds
from .parts import Feed
from .planning import Plan, plans
from .pulling import Target, cause_of, dlt_pipeline, dlt_source, pull
from .salesforce import SalesforceAccess, salesforce_feeds

__all__ = [
    "Feed",
    "HubSpotAccess",
    "Patience",
    "Plan",
    "PullError",
    "SalesforceAccess",
    "Target",
    "cause_of",
    "dlt_pipeline",
    "dlt_source",
    "hubspot_feeds",
    "plans",
    "pull",
    "salesforce_feeds",
]
