"""Workflows and actions as repositories have them, all healthy: what the corpus breaks in many ways."""

from __future__ import annotations

NODE = """\
name: Node build
on:
  push:
    branches: [main, "release/**"]
    paths-ignore: ["docs/**"]
  pull_request:
    types: [opened, synchronize]
  schedule:
    - cron: "17 4 * * 1-5"
      timezone: Europe/Berlin
permissions:
  contents: read
  pull-requests: write
concurrency:
  group: node-${{ github.ref }}
  cancel-in-progress: true
env:
  NODE_VERSION: "20"
  RETRIES: 3
jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    strategy:
      fail-fast: false
      matrix:
        node: [18, 20]
        include:
          - node: 22
            experimental: true
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Set up node
        uses: actions/setup-node@v4
        with:
          node-version: ${{ matrix.node }}
      - name: Install
        run: npm ci --no-audit
      - name: Build
        id: build
        if: ${{ github.event_name != 'pull_request' && !cancelled() }}
        env:
          DEPTH: 2
        run: |
          npm run build -- --depth "${DEPTH:-2}"
          echo "done=yes" >> "$GITHUB_OUTPUT"
  report:
    needs: [build]
    runs-on: ubuntu-latest
    if: always()
    steps:
      - uses: actions/checkout@v4
      - name: Report
        run: node tools/report.cjs --result "${{ needs.build.result }}"
"""

SYNC = """\
name: "Sync: data every six hours"
on:
  schedule:
    - cron: '40 */6 * * *'
    - cron: '5 0 1,15 * *'
  workflow_dispatch:
    inputs:
      depth:
        description: How deep to look
        required: false
        default: '2'
      target:
        type: choice
        options: [main, next]
      dry:
        type: boolean
        default: false
permissions:
  contents: write
concurrency:
  group: sync
  cancel-in-progress: false
env:
  TARGET: main
jobs:
  sync:
    name: Sync
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - name: Checkout
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
          token: ${{ secrets.SYNC_TOKEN || github.token }}
      - name: Fetch
        id: fetch
        env:
          SOURCE: https://example.org/data.json
        run: |
          set -euo pipefail
          curl --fail --silent "$SOURCE" > data/latest.json
      - name: Commit
        if: steps.fetch.outcome == 'success'
        run: |
          git add data/latest.json
          git diff --cached --quiet || git commit -m "Sync data"
          git push origin HEAD:main
  notify:
    needs: [sync]
    runs-on: ubuntu-latest
    if: failure()
    steps:
      - name: Tell
        run: echo "the sync failed"
"""

DEPLOY = """\
name: Deploy
run-name: Deploy ${{ github.ref_name }} by @${{ github.actor }}
on:
  workflow_run:
    workflows: [Node build]
    types: [completed]
    branches: [main]
  schedule:
    - cron: "0 3 * * SUN"
  workflow_dispatch:
permissions:
  contents: read
  id-token: write
defaults:
  run:
    shell: bash
concurrency:
  group: deploy
  cancel-in-progress: false
env:
  STAGE: production
jobs:
  check:
    uses: ./.github/workflows/checks.yml
    with:
      level: 2
    secrets: inherit
  deploy:
    needs: [check]
    runs-on: [self-hosted, linux]
    timeout-minutes: 30
    environment:
      name: production
      url: https://example.org
    services:
      redis:
        image: redis:7
        ports:
          - 6379:6379
    container:
      image: node:20
    outputs:
      url: ${{ steps.push.outputs.url }}
    steps:
      - name: Checkout
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Push
        id: push
        working-directory: site
        continue-on-error: true
        timeout-minutes: 10
        env:
          STAGE: ${{ env.STAGE }}
        run: ./deploy.sh
      - name: Announce
        uses: docker://alpine:3.20
        with:
          args: echo done
"""

REUSED = """\
name: Checks
on:
  workflow_call:
    inputs:
      level:
        description: How strict
        type: number
        default: 1
      label:
        type: string
        required: true
    secrets:
      token:
        required: false
    outputs:
      verdict:
        value: ${{ jobs.lint.outputs.verdict }}
  push:
    tags: ["v*"]
  schedule:
    - cron: "30 5 * * *"
permissions: read-all
concurrency:
  group: checks-${{ github.ref }}
  cancel-in-progress: true
env:
  LEVEL: one
jobs:
  lint:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    outputs:
      verdict: ${{ steps.lint.outputs.verdict }}
    steps:
      - name: Checkout
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Lint
        id: lint
        env:
          STRICT: yes
        run: >
          npx eslint . &&
          echo "verdict=ok" >> "$GITHUB_OUTPUT"
  types:
    needs: [lint]
    runs-on:
      group: large
      labels: [linux]
    steps:
      - name: Types
        run: npx tsc --noEmit
"""

ANCHORS = """\
# Shared parts by anchors, which GitHub reads since 2025.
name: Anchored
on: [push, workflow_dispatch]
permissions: {}
concurrency:
  group: anchored
  cancel-in-progress: true
env: &shared
  CI: "true"
  EMPTY:
jobs:
  first: &job
    runs-on: ubuntu-latest
    timeout-minutes: 5
    env: *shared
    steps: &steps
      - name: Checkout
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - name: Test
        id: test
        env:
          DEPTH: 1
        run: make test
  second:
    needs: [first]
    runs-on: ubuntu-latest
    timeout-minutes: ${{ fromJSON('5') }}
    strategy:
      max-parallel: 2
    steps: *steps
"""

WORKFLOWS = {"node": NODE, "sync": SYNC, "deploy": DEPLOY, "reused": REUSED, "anchors": ANCHORS}

COMPOSITE = """\
name: Set up
description: Node and its packages
author: somebody
inputs:
  version:
    description: Which node
    required: false
    default: "20"
  token:
    description: For the registry
outputs:
  cached:
    description: Whether the cache was hit
    value: ${{ steps.cache.outputs.cache-hit }}
branding:
  icon: activity
  color: green
runs:
  using: composite
  steps:
    - name: Node
      uses: actions/setup-node@v4
      with:
        node-version: ${{ inputs.version }}
    - name: Packages
      id: cache
      if: inputs.version != ''
      shell: bash
      env:
        TOKEN: ${{ inputs.token }}
      run: npm ci
"""

JAVASCRIPT = """\
name: Label
description: Labels what is new
inputs:
  label:
    required: true
runs:
  using: node20
  main: dist/index.js
  post: dist/post.js
  post-if: success()
"""

DOCKER = """\
name: Scan
description: Scans an image
inputs:
  image:
    description: Which image
    required: true
runs:
  using: docker
  image: Dockerfile
  env:
    LEVEL: 2
  args:
    - scan
    - ${{ inputs.image }}
"""

ACTIONS = {"composite": COMPOSITE, "javascript": JAVASCRIPT, "docker": DOCKER}
