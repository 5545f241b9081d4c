-- One row per rep and month: how many leads were handed over, how fast the first answer was, and what came of them.
select
    period as month,
    rep_id as rep,
    mqls as leads_received,
    min as fewest_agreed,
    max as most_agreed,
    attempts,
    meetings,
    sqls,
    won,
    lost,
    first_response_p50_business_seconds / 3600 as median_first_response_business_hours

from marts.rep_performance
