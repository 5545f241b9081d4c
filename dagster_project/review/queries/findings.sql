-- What the data checks found, errors before warnings.
select
    finding,
    source,
    object,
    cast(count as bigint) as count,
    cast(share as double) as share,
    severity,
    meaning

from data_quality
order by
    list_position(['error', 'warning'], severity) nulls last, count desc nulls last, finding, source, object
