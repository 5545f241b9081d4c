-- One row: the version asked about, or the one in force when everything is stated.
select
    version,
    basis,
    threshold,
    language,
    currency

from raw.contract_versions, raw.as_of
where
    case
        when $version is not null then version = $version
        else valid_from < as_of.complete_through
    end
order by version desc
limit 1
