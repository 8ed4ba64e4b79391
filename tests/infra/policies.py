"""
Lints IAM policy documents with parliament: unknown actions, resources that an action does not take, bad ARNs and
conditions. Standard input: a list of {name, policy}. Standard output: for each a list of "issue: detail".
"""

import json
import sys

import parliament


def findings(document: str) -> list[str]:
    policy = parliament.analyze_policy_string(document)
    return [f"{finding.issue}: {finding.detail} {finding.location}" for finding in policy.findings]


json.dump([findings(entry["policy"]) for entry in json.load(sys.stdin)], sys.stdout)
