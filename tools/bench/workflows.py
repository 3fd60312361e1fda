"""Workflow files to measure on: made by number, each distinct, about 2 KB, like real ones; one in 53 is broken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

SERVICES = ("billing", "search", "gateway", "notify", "reports", "media", "catalog", "accounts", "audit", "ledger")
KINDS = ("checks", "nightly", "release", "sync", "image")
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
NODE = "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0"
PYTHON = "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0"
CACHE = "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae # v5.0.5"
EVERY = 53

HEAD = """\
# The {kind} of {service}, part {number}: see docs/{service}.md before changing it.
name: "{title}"

on:
{triggers}
permissions:
  contents: read

concurrency:
  group: {service}-{kind}-{number}-${{{{ github.ref }}}}
  cancel-in-progress: true

env:
  SERVICE: {service}
  REGION: eu-central-{region}
  LOG_LEVEL: warning

jobs:
"""
PUSH = """\
  push:
    branches: [main, "release/**"]
    paths: ["services/{service}/**", "shared/{kind}/**", ".github/workflows/{name}"]
  pull_request:
    types: [opened, synchronize, reopened]
"""
SCHEDULE = """\
  schedule:
    - cron: "{minute} {hour} * * {days}"
  workflow_dispatch:
    inputs:
      depth:
        description: How far back to look, in days
        required: false
        default: "{region}"
"""
BUILD = """\
  build:
    name: Build {service}
    runs-on: ubuntu-24.04
    timeout-minutes: {minutes}
    strategy:
      fail-fast: false
      matrix:
        node: [20, 22]
        part: [api, worker]
    steps:
      - uses: {checkout}
        with:
          fetch-depth: {region}
          persist-credentials: false
      - uses: {node}
        with:
          node-version: ${{{{ matrix.node }}}}
      - name: Install what ${{{{ matrix.part }}}} needs
        working-directory: services/{service}
        run: npm ci --no-audit --no-fund
      - name: Build it
        working-directory: services/{service}
        run: npm run build --workspace packages/{kind}-{number}
      - name: Test it
        if: github.event_name != 'schedule'
        working-directory: services/{service}
        run: npm test
"""
REPORT = """\
  report:
    name: Report on {service}
    needs: build
    if: ${{{{ always() && needs.build.result != 'cancelled' }}}}
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: {checkout}
        with:
          persist-credentials: false
      - uses: {python}
        with:
          python-version: "3.12"
      - uses: {cache}
        with:
          path: ~/.cache/{service}
          key: {service}-${{{{ runner.os }}}}-${{{{ hashFiles('services/{service}/requirements.txt') }}}}
      - name: Install
        run: python -m pip install -r services/{service}/requirements.txt
      - name: Summarise the {kind}
        env:
          RESULT: ${{{{ needs.build.result }}}}
        run: python tools/summarise.py {service} {kind} {number}
"""

FAULTS: tuple[Callable[[str], str], ...] = (
    lambda text: text.replace("permissions:\n  contents: read\n\n", "").replace(
        "  cancel-in-progress: true\n", "  cancel-in-progress: true\n  contents: write\n"
    ),
    lambda text: text.replace("    needs: build\n", "    needs: compile\n"),
    lambda text: text.replace("    timeout-minutes: ", "      timeout-minutes: ", 1),
    lambda text: text.replace("needs.build.result != ", "needs.build.result !== "),
    lambda text: text.replace('name: "', "name: Agent: "),
    lambda text: text.replace("  push:\n", "  pushed:\n").replace('* * 1-5"', '* * 1-9"'),
)


def workflow(number: int) -> tuple[str, str]:
    """The name and the text of one file."""
    service, kind = SERVICES[number % len(SERVICES)], KINDS[number // len(SERVICES) % len(KINDS)]
    name = f"{service}-{kind}-{number:04d}.yml"
    values = {
        "checkout": CHECKOUT,
        "node": NODE,
        "python": PYTHON,
        "cache": CACHE,
        "service": service,
        "kind": kind,
        "name": name,
        "number": number,
        "title": f"{service.title()} {kind} {number}",
        "region": 1 + number % 3,
        "minute": number % 60,
        "hour": number // 60 % 24,
        "days": "1-5" if number % 2 else "*",
        "minutes": 10 + number % 20,
    }
    triggers = (PUSH if number % 3 else SCHEDULE).format(**values)
    text = (HEAD + BUILD + REPORT).format(triggers=triggers, **values)
    if number % EVERY == EVERY - 1:
        text = FAULTS[number // EVERY % len(FAULTS)](text)
    return name, text


def write(folder: str, count: int) -> None:
    """So many of them into a folder."""
    os.makedirs(folder)
    for number in range(count):
        name, text = workflow(number)
        Path(folder, name).write_text(text)
