"""Holds what was really sent against the published OpenAPI document of Discord.

    openapi.py SPEC < LINES

A line is a JSON object: {"what": "answer to /open", "answer": {...}} for the answer to an
interaction, {"method": "PUT", "path": "/applications/1/commands", "body": ...} for a request of
ours, the same with "status" and "reply" for what the fake said to it. Prints one line for each
thing that does not fit, then the number of things looked at. Members that the document does not
name are faults in what we send.
"""
import json
import re
import sys

import jsonschema

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"

# The document wants a number where the guide, and Discord itself, want decimal text.
EXEMPT = {("ApplicationCommandUpdateRequest", "default_member_permissions"):
          {"type": ["string", "null"], "pattern": "^[0-9]{1,20}$"}}


def close(node):
    """Objects take no members but those they name."""
    if isinstance(node, dict):
        if "properties" in node and "additionalProperties" not in node:
            node["additionalProperties"] = False
        for child in node.values():
            close(child)
    elif isinstance(node, list):
        for child in node:
            close(child)


def load(name, strict):
    with open(name, encoding="utf-8") as file:
        spec = json.load(file)
    for (schema, member), instead in EXEMPT.items():
        spec["components"]["schemas"][schema]["properties"][member] = instead
    if strict:
        close(spec["components"]["schemas"])
    return spec


def route(spec, method, path):
    for pattern, row in spec["paths"].items():
        # A literal wins over a parameter: @original is no message id.
        shape = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(pattern))
        if method.lower() in row and re.fullmatch(shape, path):
            if "@original" in path and "@original" not in pattern:
                continue
            return row[method.lower()]
    return None


def judge(spec, schema, value):
    # The schema refers into the whole document.
    whole = dict(schema, components=spec["components"])
    checker = jsonschema.Draft202012Validator(whole)
    fault = jsonschema.exceptions.best_match(checker.iter_errors(value))
    if fault is None:
        return None
    where = "/".join(str(part) for part in fault.absolute_path)
    return "%s: %s" % (where or "(whole)", fault.message[:300])


def answer_schema(spec, answer):
    of_type = {1: "PongInteractionCallbackRequest", 4: "CreateMessageInteractionCallbackRequest",
               5: "CreateMessageInteractionCallbackRequest", 6: "UpdateMessageInteractionCallbackRequest",
               7: "UpdateMessageInteractionCallbackRequest",
               8: "ApplicationCommandAutocompleteCallbackRequest", 9: "ModalInteractionCallbackRequest"}
    name = of_type.get(answer.get("type")) if isinstance(answer, dict) else None
    known = json.dumps(spec["paths"][CALLBACK]["post"]["requestBody"])
    return {"$ref": "#/components/schemas/" + name} if name and name in known else None


def faults_of(ours, theirs, line):
    if "answer" in line:
        schema = answer_schema(ours, line["answer"])
        if schema is None:
            yield "is no answer that Discord knows"
        else:
            yield judge(ours, schema, line["answer"])
        return
    row = route(ours, line["method"], line["path"])
    if row is None:
        yield "is no address of the document"
        return
    if line.get("body") is not None:
        yield judge(ours, row["requestBody"]["content"]["application/json"]["schema"], line["body"])
    if line.get("reply") is not None:
        row = route(theirs, line["method"], line["path"])
        content = row["responses"].get(str(line["status"]), {}).get("content", {})
        if "application/json" in content:
            fault = judge(theirs, content["application/json"]["schema"], line["reply"])
            yield fault and "the reply of the fake: " + fault


def main():
    ours, theirs = load(sys.argv[1], True), load(sys.argv[1], False)
    count = 0
    seen = set()
    for text in sys.stdin:
        line = json.loads(text)
        what = line.get("what") or "%s %s" % (line["method"], line["path"])
        count += 1
        # The same value twice needs one look.
        key = json.dumps([line.get(k) for k in ("answer", "method", "body", "reply")], sort_keys=True)
        if key in seen:
            continue
        seen.add(key)
        for fault in faults_of(ours, theirs, line):
            if fault:
                print("%s: %s" % (what, fault))
    print("looked at %d" % count)


main()
