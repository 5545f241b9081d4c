with

totals as (

    select
        campaign_id,
        spent_in_total as total,
        currency,
        updated_at,
        {{ provenance() }}
    from {{ ref('stg_salesforce__campaigns') }}

)

{{ spend_by_differences('totals') }}
