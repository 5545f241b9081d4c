-- Whose rows are to be made anew: people of whom something is known otherwise than in the build before, or who are no
-- more. Everybody, where there is none before.
with

now as (

    select * from {{ ref('int_person_fingerprints') }}

),

former as (

    select * from {{ source('raw', 'former_fingerprints') }}

)

select coalesce(now.person_id, former.person_id) as person_id

from now
full outer join former on now.person_id = former.person_id
where now.fingerprint is distinct from former.fingerprint
