-- One row per id and e-mail of the persons that a text names: by an id of theirs, or by an e-mail that is theirs now.
with recursive

asked as (

    select
        lower(trim($person)) as email,
        case when starts_with(trim($person), 'lead:') then substr(trim($person), 6) else trim($person) end as id

),

-- ids by which Salesforce's activities name a lead beside its own: what it was converted into, and merged leads
aliases as (

    select
        who_id as id,
        lead_id
    from raw.salesforce_people

),

of_salesforce as (

    select
        id,
        email
    from extracts.salesforce_leads

    union all

    select
        id,
        email
    from extracts.salesforce_contacts

),

-- every e-mail that a lead or what it was converted into has had
lead_emails as (

    select
        lead_id,
        lower(trim(email)) as email
    from raw.standard_leads

    union

    select
        aliases.lead_id,
        lower(trim(of_salesforce.email)) as email
    from aliases
    inner join of_salesforce on aliases.id = of_salesforce.id

),

emails_of_now as (

    select own_email as email from staging.stg_contacts
    where own_email is not null and not is_deleted

    union

    select own_email as email from staging.stg_leads
    where own_email is not null and not is_deleted

),

persons as (

    select people_contacts.person_id
    from intermediate.int_people_contacts as people_contacts
    inner join staging.stg_contacts as contacts on people_contacts.contact_id = contacts.contact_id
    cross join asked
    where contacts.contact_id = asked.id or contacts.own_email = asked.email

    union

    -- an e-mail of an earlier version, unless it is somebody's now
    select people_contacts.person_id
    from intermediate.int_people_contacts as people_contacts
    inner join staging.stg_contact_versions as versions on people_contacts.contact_id = versions.contact_id
    cross join asked
    where versions.email = asked.email and asked.email not in (select email from emails_of_now)

    union

    select people_leads.person_id
    from intermediate.int_people_leads as people_leads
    inner join staging.stg_leads as leads on people_leads.lead_id = leads.lead_id
    cross join asked
    where leads.lead_id = asked.id or leads.own_email = asked.email

    union

    select people_leads.person_id
    from intermediate.int_people_leads as people_leads
    inner join aliases on people_leads.lead_id = aliases.lead_id
    cross join asked
    where aliases.id = asked.id

    union

    select people_leads.person_id
    from intermediate.int_people_leads as people_leads
    inner join lead_emails on people_leads.lead_id = lead_emails.lead_id
    cross join asked
    where lead_emails.email = asked.email and asked.email not in (select email from emails_of_now)

),

-- whoever is in no person any more (deleted, or merged into somebody deleted) is known by the records alone
chain as (

    select
        contacts.contact_id,
        contacts.merged_into_contact_id
    from staging.stg_contacts as contacts
    cross join asked
    where (contacts.contact_id = asked.id or contacts.own_email = asked.email)

    union

    select
        contacts.contact_id,
        contacts.merged_into_contact_id
    from staging.stg_contacts as contacts
    inner join chain
        on contacts.merged_into_contact_id = chain.contact_id or contacts.contact_id = chain.merged_into_contact_id

),

their_contacts as (

    select contact_id from intermediate.int_people_contacts
    where person_id in (select person_id from persons)

    union

    select contact_id from chain

),

their_leads as (

    select lead_id from intermediate.int_people_leads
    where person_id in (select person_id from persons)

    union

    select leads.lead_id
    from staging.stg_leads as leads
    cross join asked
    where leads.lead_id = asked.id or leads.contact_id in (select contact_id from their_contacts)

    union

    select aliases.lead_id
    from aliases
    cross join asked
    where aliases.id = asked.id

),

their_aliases as (

    select id from aliases
    where lead_id in (select lead_id from their_leads) and id not in (select lead_id from their_leads)

),

others_emails as (

    select own_email as email from staging.stg_contacts
    where not is_deleted and contact_id not in (select contact_id from their_contacts) and own_email is not null

    union

    select own_email as email from staging.stg_leads
    where not is_deleted and lead_id not in (select lead_id from their_leads) and own_email is not null

),

their_emails as (

    select email from staging.stg_contact_versions
    where contact_id in (select contact_id from their_contacts)

    union

    select email from lead_emails
    where lead_id in (select lead_id from their_leads)

)

select
    'contact' as kind,
    contact_id as name
from their_contacts

union all

select
    'lead' as kind,
    lead_id as name
from their_leads

union all

-- what a lead was converted into is a contact; what was merged into it, a lead
select
    kinds.kind,
    their_aliases.id as name
from their_aliases
cross join (values ('contact'), ('lead')) as kinds (kind)

union all

-- a mailbox of many is nobody's name, and an address that is another's now is theirs
select
    'email' as kind,
    email as name
from their_emails
where
    email is not null
    and email not in (select email from others_emails)
    and email not in (select value from raw.shared_emails where kind = 'mailbox')
    and split_part(email, '@', 1) not in (select value from raw.shared_emails where kind = 'name')

order by kind, name
