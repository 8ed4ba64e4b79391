"""
Lints IAM policy documents with parliament: unknown actions, resources that an action does not take, bad ARNs and
conditions. Standard input: a list of {name, policy}. Standard output: for each a list of "issue: detail".
"""

import json
import sys

import parliament

# Actions that take either of two kinds of resource, where parliament asks for both: executions are of a state machine
# or of a map run. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
EITHER = [{"action": "states:ListExecutions", "required_format": "arn:*:states:*:*:mapRun:*/*:*"}]


def findings(document: str) -> list[str]:
    found = []
    for finding in parliament.analyze_policy_string(document).findings:
        detail = finding.detail
        if finding.issue == "RESOURCE_MISMATCH" and isinstance(detail, list):
            detail = [missing for missing in detail if missing not in EITHER]
            if not detail:
                continue
        found.append(f"{finding.issue}: {detail} {finding.location}")
    return found


json.dump([findings(entry["policy"]) for entry in json.load(sys.stdin)], sys.stdout)
