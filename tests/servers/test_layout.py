"""The processes of the compose file, in the same layout: who may see what, and who may do nothing."""

from __future__ import annotations

import base64
import json
import shutil
import urllib.error
import urllib.request

import pytest
import yaml

from tests.servers.processes import LOOPBACK, PROJECT, Deployment, proxy

NAME, PASSWORD = "stakeholder", "a password of this test"
LAUNCH = """
mutation { launchMultipleRuns(executionParamsList: [{
    selector: {repositoryLocationName: "marketing_sales_sla", repositoryName: "__repository__", pipelineName: "refresh"}
    mode: "default" runConfigData: "{}"
}]) { __typename ... on UnauthorizedError { message } } }
"""


def asked(port: int, path: str, query: str | None = None, password: str | None = None) -> tuple[int, str]:
    """The status and the body of what a server on loopback answers."""
    body = json.dumps({"query": query}).encode() if query else None
    request = urllib.request.Request(f"http://{LOOPBACK}:{port}{path}", data=body)
    request.add_header("Content-Type", "application/json")
    if password is not None:
        credentials = base64.b64encode(f"{NAME}:{password}".encode()).decode()
        request.add_header("Authorization", f"Basic {credentials}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_stakeholders_see_everything_and_can_start_nothing(deployment: Deployment) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("nginx isn't installed: apt-get install nginx-light")
    deployment.start("code", "webserver")
    with proxy(deployment.web_port, NAME, PASSWORD) as port:
        assert asked(port, "/server_info")[0] == 401
        assert asked(port, "/server_info", password="a guess")[0] == 401
        assert asked(port, "/server_info", password=PASSWORD)[0] == 200
        status, assets = asked(port, "/graphql", "{ assetNodes { assetKey { path } } }", PASSWORD)
        assert status == 200
        assert ["sla_attainment"] in [
            node["assetKey"]["path"] for node in json.loads(assets)["data"]["assetNodes"]
        ]
        _, launched = asked(port, "/graphql", LAUNCH, PASSWORD)
        assert "UnauthorizedError" in launched


def test_only_the_code_server_has_the_data() -> None:
    services = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text())["services"]
    with_data = [
        name for name, service in services.items() if "home:/data/home" in service.get("volumes", [])
    ]
    assert with_data == ["code"]


def test_nothing_but_the_proxy_is_reachable_from_outside_and_that_on_loopback_only() -> None:
    services = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text())["services"]
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "proxy": ["127.0.0.1:8080:8080"]
    }


def test_production_differs_from_one_machine_in_its_storage_alone() -> None:
    production = yaml.safe_load((PROJECT / "deploy" / "dagster.yaml").read_text())
    one_machine = yaml.safe_load((PROJECT / "dagster_project" / "commands" / "dagster.yaml").read_text())
    assert {key: value for key, value in production.items() if key != "storage"} == one_machine


@pytest.mark.parametrize("path", ["compose.yaml", "dagster.yaml", "workspace.yaml", "helm-values.yaml"])
def test_no_secret_stands_in_a_deployment_s_files(path: str) -> None:
    def leaves(node: object, name: str = "") -> list[tuple[str, object]]:
        if isinstance(node, dict):
            return [leaf for key, value in node.items() for leaf in leaves(value, str(key))]
        if isinstance(node, list):
            return [leaf for value in node for leaf in leaves(value, name)]
        return [(name, node)]

    read = yaml.safe_load((PROJECT / "deploy" / path).read_text())
    secrets = [
        (name, value) for name, value in leaves(read) if "PASSWORD" in name.upper() or "KEY" in name.upper()
    ]
    assert all(str(value).startswith("${") for _, value in secrets)


def test_the_image_is_built_from_what_the_linter_accepts() -> None:
    import subprocess

    from tests.servers.processes import BIN

    linted = subprocess.run(
        [BIN / "hadolint", PROJECT / "deploy" / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout) == (0, "")
