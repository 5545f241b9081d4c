"""A dbt project of the same models in Spark's SQL, written anew for each build.

What belongs here: the project's files. What doesn't: how a query is translated (`translate`), and running dbt.

Models, tests and their names are those of `dbt/`, so that dbt tells the same of both; what stands in the models is
their compiled SQL, translated. Documentation, generic tests and settings are copied as they are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dagster_project.warehouse.spark.exchange import TABLES
from dagster_project.warehouse.spark.translate import SCHEMA_PREFIX, spark_sql
from dagster_project.warehouse.statements import RAW_SCHEMA

RENAMED_SCHEMAS = f"""{{% macro generate_schema_name(custom_schema_name, node) -%}}
    {SCHEMA_PREFIX}{{{{ custom_schema_name or target.schema }}}}
{{%- endmacro %}}
"""
SCHEMA_NAMES_FILE = "generate_schema_name.sql"
# On Spark every build is a full one; and what isn't a table can't be found by the build's file.
TABLE, EPHEMERAL = "table", "ephemeral"


def write_project(
    folder: Path, dbt_folder: Path, manifest: Mapping[str, Any], statements: Sequence[str], root: str
) -> None:
    """Write the project into `folder`, emptied before.

    `manifest` is the compiled one of `dbt_folder`; `statements` are run before the models (`start_statements`); tables
    lie below `root`, the exchange folder as Spark sees it. Raises TranslationError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("models", "macros", "tests"):
        ignored = shutil.ignore_patterns("*.sql") if name == "models" else None
        shutil.copytree(dbt_folder / name, folder / name, ignore=ignored)
    (folder / "macros" / SCHEMA_NAMES_FILE).write_text(RENAMED_SCHEMAS, encoding="utf-8")
    project = yaml.safe_load((dbt_folder / "dbt_project.yml").read_text(encoding="utf-8"))
    project["on-run-start"] = [_as_it_is(statement) for statement in statements]
    (folder / "dbt_project.yml").write_text(
        yaml.safe_dump(project, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    nodes = manifest["nodes"]
    for key, node in nodes.items():
        if node["resource_type"] == "model":
            read = sorted({nodes[parent]["name"] for parent in _tables_read(nodes, key)})
            path = folder / node["original_file_path"]
            path.write_text(_model(node, read, root), encoding="utf-8")


def _model(node: Mapping[str, Any], read: Sequence[str], root: str) -> str:
    materialized = node["config"]["materialized"]
    if materialized != EPHEMERAL and node["schema"] != RAW_SCHEMA:
        materialized = TABLE
    config = {
        "materialized": materialized,
        # The build's file gives every column the type that is documented, which Spark has other names for.
        "contract": {"enforced": False},
    }
    if materialized == TABLE:
        config |= {"file_format": "parquet", "location_root": f"{root}/{TABLES}/{node['schema']}"}
    references = "".join(f"-- depends_on: {{{{ ref('{name}') }}}}\n" for name in read)
    options = ", ".join(f"{name}={json.dumps(value)}" for name, value in config.items())
    options = options.replace("false", "False")
    return f"{{{{ config({options}) }}}}\n{references}{_as_it_is(spark_sql(node['compiled_code']))}\n"


def _as_it_is(text: str) -> str:
    """Text that dbt takes for no template."""
    return f"{{% raw %}}{text}{{% endraw %}}"


def _tables_read(nodes: Mapping[str, Any], key: str) -> Iterator[str]:
    """The models that a model reads; what is ephemeral stands in its readers, and is gone through."""
    for parent in nodes[key]["depends_on"]["nodes"]:
        if parent in nodes:
            if nodes[parent]["config"]["materialized"] == EPHEMERAL:
                yield from _tables_read(nodes, parent)
            else:
                yield parent
