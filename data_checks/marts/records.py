"""Records: between what came in and what goes out, none is lost and none doubled.

A record arrives several times and counts once; one that is known only from after the instant everything is stated as of
isn't known yet. That leaves a range: a record whose versions lie on both sides may or may not be known.
"""

from __future__ import annotations

from ..checks import AtMost, Severity, Suite
from .common import BUILD_AGAIN


def _records(
    name: str, model: str, key: str, updated_at: str | None = None, happens_at: str | None = None
) -> Suite:
    known = f"({updated_at} is null or {updated_at} < as_of.complete_through)" if updated_at else "true"
    late = f"coalesce({happens_at} >= as_of.complete_through, false)" if happens_at else "false"
    return Suite(
        name=f"staging_{name}",
        table=f"staging.{model}",
        title=f"Records of {name}",
        checks=(
            AtMost(
                id=f"every_record_of_{name}_counts_once",
                severity=Severity.ERROR,
                unit="records too few or too many",
                query=f"""
                    with keys as (
                        select
                            hash({key}) as key_hash,
                            bool_or({late}) as is_late_somewhere,
                            bool_or(not {late}) as is_known_somewhere
                        from raw.standard_{name}
                        cross join raw.as_of as as_of
                        where {known}
                        group by key_hash
                    ),
                    arrived as (
                        select
                            count(*) filter (where not is_late_somewhere) as least,
                            count(*) filter (where is_known_somewhere) as most
                        from keys
                    )
                    select
                        '{name}' as key,
                        greatest(arrived.least - counted.records, counted.records - arrived.most, 0) as observed
                    from arrived
                    cross join (select count(*) as records from staging.{model}) as counted
                """,
                meaning=(
                    f"The models don't hold every record of {name} that arrived exactly once: some are lost or "
                    f"doubled, or the warehouse file is damaged. {BUILD_AGAIN}"
                ),
            ),
        ),
    )


RECORDS = (
    _records("contacts", "stg_contacts", "contact_id", updated_at="updated_at"),
    _records("touches", "stg_touches", "touch_id", happens_at="occurred_at"),
    _records("campaigns", "stg_campaigns", "campaign_id"),
    _records("campaign_spend", "stg_campaign_spend", "campaign_id, spend_date", updated_at="updated_at"),
    _records("users", "stg_users", "user_id", updated_at="updated_at"),
    _records("leads", "stg_leads", "lead_id", updated_at="updated_at"),
    _records("lead_history", "stg_lead_history", "history_id", happens_at="changed_at"),
    _records("activities", "stg_activities", "activity_id", happens_at="occurred_at"),
    _records("meetings", "stg_meeting_versions", "meeting_id, updated_at", updated_at="updated_at"),
    _records("opportunities", "stg_opportunities", "opportunity_id", "updated_at", "created_at"),
)
