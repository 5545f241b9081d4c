"""From figures to decisions: the next MQL number, restatements, draft contracts, and what to ask about.

What belongs here: what the leaders who review the agreement want to know beyond who kept which promise. Its questions
to the warehouse are in `sql/`, its words in `strings/` (one file a language), its page's layout in `templates/`. What
doesn't: building, publishing, and the review page itself.
"""
