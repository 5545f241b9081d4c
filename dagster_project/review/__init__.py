"""The review: one self-contained page every two periods, which leaders look at together.

What belongs here: turning published tables into sentences, charts and tables, in the contract's language. What doesn't:
any figure that the tables don't have, and any access to raw data or to a person's record.

The way through: `marts` reads the tables by the queries in `queries/`; `commitments`, `reasons`, `questions` and
`sections/` choose words and figures; `charts` and `overview` draw; `page` fills the template; `writing` keeps the
files.
"""

from __future__ import annotations

from dagster_project.review.findings import finding_sentence
from dagster_project.review.marts import ReviewError
from dagster_project.review.overview import overview
from dagster_project.review.page import Signatory, Summary, render_review, summary
from dagster_project.review.periods import Review, review_from, reviews_of
from dagster_project.review.wording import Wording
from dagster_project.review.writing import LATEST_NAME, WrittenReview, write_reviews

__all__ = [
    "LATEST_NAME",
    "Review",
    "ReviewError",
    "Signatory",
    "Summary",
    "Wording",
    "WrittenReview",
    "finding_sentence",
    "overview",
    "render_review",
    "review_from",
    "reviews_of",
    "summary",
    "write_reviews",
]
