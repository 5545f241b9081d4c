"""An independent, slow and plainly written reading of the domain specification, used to judge the pipeline.

It goes from the landing folder, the contracts folder and `sources.yml` straight to the published figures, a
row at a time, in pure Python. It shares no code with the production packages or with dbt: where the two
disagree, one of them misreads the specification. It expects a well-formed history (valid contracts and
settings, files of the standard family); rows that the standard format sends to quarantine are dropped.
"""
