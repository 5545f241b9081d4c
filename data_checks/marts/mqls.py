"""MQLs and the points that made them."""

from __future__ import annotations

from ..checks import RowCount, Severity, Suite
from .common import COMPLETE_THROUGH, as_many_as, must_not, none_such, one_row_per_key

KEY = ("person_id", "cycle")
STAGES = (
    "('qualified', 'ready', 'handed_off', 'contacted', 'connected', 'accepted', 'sql', 'opportunity', 'won')"
)
FOLLOW_UP_TIMES = (
    "first_attempt_at, connected_at, accepted_at, rejected_at, recycled_at, meeting_confirmed_at, qualified_status_at, "
    "opportunity_at, sql_at, won_at, lost_at, disposition_at, stopped_at"
)

FCT_MQLS = Suite(
    name="fct_mqls",
    table="marts.fct_mqls",
    title="MQLs",
    checks=(
        RowCount(
            id="there_are_mqls",
            severity=Severity.WARNING,
            threshold=1,
            meaning=(
                "Nobody has ever become an MQL. In a company's first days that may be so; else look whether the "
                "contract's threshold, required attributes and words fit what marketing delivers."
            ),
        ),
        as_many_as(
            "mqls_are_as_many_as_qualifications",
            "qualified cycles",
            "select count(*) from marts.fct_mqls",
            "select count(*) from intermediate.int_qualifications",
        ),
        one_row_per_key("fct_mqls", *KEY),
        must_not(
            "mqls_have_a_known_stage_and_basis",
            f"stage is null or stage not in {STAGES} or basis is null or basis not in ('scored', 'declared')",
            KEY,
            "These MQLs are in no stage, or were qualified in no way, that the agreement knows.",
        ),
        must_not(
            "mqls_happen_in_order",
            f"ready_at < qualified_at or handed_off_at < qualified_at or least({FOLLOW_UP_TIMES}) < handed_off_at",
            KEY,
            "Something happened to these MQLs before it could: ready or handed off before they qualified, or followed "
            "up before they were handed off.",
        ),
        must_not(
            "nothing_of_an_mql_lies_after_the_last_complete_day",
            f"greatest(qualified_at, ready_at, handed_off_at, {FOLLOW_UP_TIMES}) >= {COMPLETE_THROUGH}",
            KEY,
            "These MQLs have times at or after the instant that everything is stated as of: what is unfinished counts.",
        ),
        must_not(
            "handed_off_mqls_have_a_rep",
            "(rep_id is null) <> (handed_off_at is null)",
            KEY,
            "These MQLs were handed off to nobody, or have a rep without a hand-off.",
        ),
        must_not(
            "mqls_that_were_not_handed_off_have_no_follow_up",
            f"coalesce({FOLLOW_UP_TIMES}) is not null or attempts <> 0 or opportunities <> 0 or amount_won <> 0",
            KEY,
            "These MQLs have follow-up, opportunities or revenue although no rep had them.",
            out_of="handed_off_at is null",
        ),
        must_not(
            "mql_counts_are_not_negative",
            "attempts < 0 or owner_changes < 0 or opportunities < 0 or first_response_business_seconds < 0 "
            "or attempts is null or owner_changes is null or opportunities is null or amount_won is null",
            KEY,
            "Counts or times of these MQLs are negative or missing.",
        ),
        none_such(
            "mql_scores_reach_the_threshold",
            """
                select mqls.person_id, mqls.cycle
                from marts.fct_mqls as mqls
                left join raw.contract_versions as versions on mqls.contract_version = versions.version
                where
                    versions.version is null
                    or (mqls.basis = 'scored' and (mqls.score is null or mqls.score < versions.threshold))
                    or (mqls.basis = 'declared' and mqls.score is not null)
            """,
            "These MQLs don't reach the threshold of the contract version they are said to have qualified under.",
        ),
        none_such(
            "mqls_are_of_known_people_and_reps",
            """
                select person_id, cycle
                from marts.fct_mqls
                where
                    person_id not in (select person_id from marts.dim_people)
                    or (rep_id is not null and rep_id not in (select rep_id from marts.dim_reps))
            """,
            "These MQLs are of a person or a rep that the dimensions don't have.",
        ),
    ),
)

FCT_MQL_SCORE = Suite(
    name="fct_mql_score",
    table="marts.fct_mql_score",
    title="Points of MQLs",
    checks=(
        none_such(
            "points_add_up_to_the_score",
            """
                with sums as (
                    select person_id, cycle, sum(points) as points
                    from marts.fct_mql_score
                    group by person_id, cycle
                )
                select
                    coalesce(mqls.person_id, sums.person_id) as person_id,
                    coalesce(mqls.cycle, sums.cycle) as cycle
                from (select * from marts.fct_mqls where basis = 'scored') as mqls
                full join sums on mqls.person_id = sums.person_id and mqls.cycle = sums.cycle
                where mqls.person_id is null or mqls.score is distinct from coalesce(sums.points, 0)
            """,
            "The points of these MQLs don't add up to their score, or belong to no scored MQL.",
        ),
        one_row_per_key("fct_mql_score", *KEY, "rule_id"),
        must_not(
            "rules_that_gave_points_matched_something",
            "matched is null or matched < 1 or points is null or points = 0",
            (*KEY, "rule_id"),
            "Rules gave points without having matched anything, or are listed without points.",
        ),
    ),
)
