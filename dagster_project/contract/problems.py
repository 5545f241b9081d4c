"""A contract that can't be used, with everything that is wrong in it."""

from __future__ import annotations

from dagster_project.strict_yaml import Problem


class ContractErrors(ValueError):
    """All that is wrong in a contracts folder; `str()` is the whole message for the user."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        message = "\n\n".join([f"The contract can't be used: {number}.", *(str(each) for each in problems)])
        super().__init__(message)
