-- One row per period to come whose number, or whose argument, is another than was last published. `history` holds the
-- published rows in order, `current` what is proposed now.
with

last_published as (

    select * from history
    qualify row_number() over (partition by period order by publication_order desc) = 1

)

select current.*
from current
left join last_published on current.period = last_published.period
where
    last_published.period is null
    or current.required is distinct from last_published.required
    or current.required_low is distinct from last_published.required_low
    or current.required_high is distinct from last_published.required_high
    or current.affordable is distinct from last_published.affordable
    or current.expected is distinct from last_published.expected
    or current.workable is distinct from last_published.workable
    or current.proposal is distinct from last_published.proposal
    or current.binding is distinct from last_published.binding
    or current.verdict is distinct from last_published.verdict
    or current.reason is distinct from last_published.reason
order by current.period
