"""What is expected of what goes out, one file per subject: the suites of a step run when its tables are made."""

from __future__ import annotations

from .attainment import SLA_ATTAINMENT
from .campaign_credit import FCT_CAMPAIGN_CREDIT
from .dimensions import DIM_CAMPAIGNS, DIM_PERIODS, EXTRACT_LEDGER
from .findings import DATA_QUALITY, QUARANTINE_SUMMARY
from .funnels import FUNNEL_BY_COHORT, FUNNEL_BY_PERIOD
from .mqls import FCT_MQL_SCORE, FCT_MQLS
from .obligations import BREACHES, FCT_OBLIGATIONS
from .opportunities import FCT_OPPORTUNITIES
from .people import DIM_PEOPLE
from .records import RECORDS
from .reps import DIM_REPS, REP_PERFORMANCE

# Of dbt's models; the others are made after them.
MARTS_SUITES = (
    *RECORDS,
    DIM_PEOPLE,
    DIM_REPS,
    DIM_CAMPAIGNS,
    DIM_PERIODS,
    FCT_MQLS,
    FCT_MQL_SCORE,
    FCT_OBLIGATIONS,
    FCT_CAMPAIGN_CREDIT,
    FCT_OPPORTUNITIES,
    REP_PERFORMANCE,
    FUNNEL_BY_COHORT,
    FUNNEL_BY_PERIOD,
    BREACHES,
    EXTRACT_LEDGER,
)
ATTAINMENT_SUITES = (SLA_ATTAINMENT,)
FINDINGS_SUITES = (DATA_QUALITY, QUARANTINE_SUMMARY)

__all__ = ["ATTAINMENT_SUITES", "FINDINGS_SUITES", "MARTS_SUITES"]
