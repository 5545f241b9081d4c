with

delivered as (

    select * from {{ ref('standard_campaigns') }}

)

select
    campaign_id,
    campaign_name,
    channel,
    started_on as started_date,
    ended_on as ended_date

from delivered
{{ keep_current_record(['campaign_id']) }}
