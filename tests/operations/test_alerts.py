"""Every alert fires in a test, has a runbook, and is made of metrics that exist; so are the dashboards."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
import yaml
from prometheus_client.registry import REGISTRY
from tests.house.sources import ROOT
from tests.support.prometheus import find_program

from coursify.core import metrics
from coursify.figures.models import FAMILIES

FOLDER = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "docs" / "operations" / "runbooks"
DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
METRIC = re.compile(r"\bcoursify_[a-z_0-9]+")

Json = dict[str, Any]


def rules() -> list[Json]:
    (group,) = yaml.safe_load((FOLDER / "rules.yml").read_text())["groups"]
    return list(group["rules"])


def known_metrics() -> set[str]:
    """Names of series, with the endings that Prometheus adds."""
    endings = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
    own = {
        family.name + ending
        for family in REGISTRY.collect()
        if family.name.startswith("coursify_")
        for ending in endings[family.type]
    }
    figures = {name + ending for name, (kind, _labels, _help) in FAMILIES.items() for ending in endings[kind]}
    assert metrics.REQUESTS
    return own | figures | {"coursify_database_up"}


def test_every_alert_is_made_of_metrics_that_exist() -> None:
    assert len(rules()) >= 20
    for rule in rules():
        assert set(METRIC.findall(rule["expr"])) <= known_metrics(), rule["alert"]


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    names = {rule["alert"] for rule in rules()}
    assert {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"} == names
    for rule in rules():
        assert rule["annotations"]["runbook"] == f"docs/operations/runbooks/{rule['alert']}.md"
        assert rule["labels"]["severity"] in {"page", "ticket"}
    assert set(re.findall(r"^\| \[(\w+)\]", (RUNBOOKS / "README.md").read_text(), re.MULTILINE)) == names


def test_every_alert_fires_in_a_test_of_promtool() -> None:
    tests = yaml.safe_load((FOLDER / "rules_test.yml").read_text())["tests"]
    checked = [check for test in tests for check in test["alert_rule_test"]]
    names = {rule["alert"] for rule in rules()}
    assert {check["alertname"] for check in checked if check.get("exp_alerts")} == names
    assert {check["alertname"] for check in checked if not check.get("exp_alerts")} == names


@pytest.mark.parametrize("arguments", [("check", "rules", "rules.yml"), ("test", "rules", "rules_test.yml")])
def test_promtool_accepts_the_rules(arguments: tuple[str, ...]) -> None:
    promtool = find_program("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed; `make watch-check` brings it")
    done = subprocess.run([promtool, *arguments], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_is_made_of_metrics_that_exist(path: Any) -> None:
    dashboard = json.loads(path.read_text())
    assert dashboard["uid"] == f"coursify-{path.stem}"
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            assert set(METRIC.findall(target["expr"])) <= known_metrics(), panel["title"]
