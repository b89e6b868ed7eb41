#!/usr/bin/python3
"""doc/openapi.json: what a portal takes and answers, as OpenAPI 3.1, made of the tables of the sources (src/front/asks.def, why.def, src/base/limits.h)
and of what is answered (tests/answers.py).
With --check it fails when the file is another one. ./do lint"""
import json
import os
import re
import sys

import answers as said

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FILE = os.path.join(ROOT, "doc", "openapi.json")
ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


def text(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def limit(value):
    """A number, or the name of a limit with its shift or product."""
    if value.isdigit():
        return int(value)
    said = re.search(rf"#define {value} (.*)", text("src", "base", "limits.h"))[1].split("/*")[0]
    said = re.sub(r"\((?:u?int64_t|size_t)\)|U?INT64_C|\b(\d+)[UL]+\b", lambda m: m[1] or "", said)
    if not re.fullmatch(r"[\d\s()<*+-]+", said):
        raise ValueError(said)
    return eval(said)  # pylint: disable=eval-used


def members():
    out = {}
    for name, kind, most in re.findall(r"^SK_MEMBER\((\w+), (\w+), ([^)]+)\)", text("src", "front", "asks.def"), re.M):
        most = limit(most.strip())
        out[name] = {"ID": ID, "HASH": {"type": "string", "pattern": f"^[0-9a-f]{{{most}}}$"},
                     "HEX": {"type": "string", "pattern": "^([0-9a-f]{2})+$", "maxLength": most},
                     "TEXT": {"type": "string", "minLength": 1, "maxLength": most}, "LINES": {"type": "string", "minLength": 1, "maxLength": most},
                     "NUMBER": {"type": "integer", "minimum": 0, "maximum": most}, "FLAG": {"type": "boolean"}}[kind]
    return out


def asks():
    """word: (name, file, must, may)"""
    body = text("src", "front", "asks.def")
    out = {}
    for name, word, file, rest in re.findall(r'^SK_ASK\((\w+), "([^"]+)", (\w+),(.*?)\)\s*(?=\n\s*\n|\nSK_|\n#|\n/\*)', body, re.M | re.S):
        must, may = rest.split(",", 1)
        out[word] = (name, file, re.findall(r"M\((\w+)\)", must), re.findall(r"M\((\w+)", may))
    return out


def opened():
    return dict(re.findall(r"^SK_OPEN\((\w+), (\w+)\)", text("src", "front", "asks.def"), re.M))


def whys():
    return [(word, int(status)) for word, status in re.findall(r'^SK_WHY\(\w+, "([^"]+)", (\d+),', text("src", "front", "why.def"), re.M)]


# `line`, `wrong` and `what`: of a change of the organisation that cannot be taken, where and why
REFUSAL = {"type": "object", "required": ["status", "why", "text"], "additionalProperties": False, "properties": {
    "status": {"const": "refused"}, "why": {"enum": [w for w, _ in whys()]}, "field": said.TEXT, "text": said.TEXT, "line": said.NUMBER, "wrong": said.TEXT, "what": said.TEXT}}


def refusals():
    out = {}
    for word, status in whys():
        out.setdefault(str(status), []).append(word)
    return {status: {"description": "refused", "content": {"application/json": {"schema": {
        "allOf": [{"$ref": "#/components/schemas/Refusal"}, {"properties": {"why": {"enum": words}}}]}}}} for status, words in sorted(out.items())}


def answers(**more):
    return {**more, **refusals()}


OK = {"description": "done", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ok"}}}}


def good(word):
    """What an ask answers when it was done: its members beside `status`. The title is the name of the same without it."""
    schema = said.ANSWERS[word]
    name = schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None
    whole = said.OBJECTS[name] if name else schema
    merged = {**whole, "properties": {"status": {"const": "ok"}, **whole["properties"]}, "required": ["status", *whole.get("required", [])],
              **({"title": name} if name else {})}
    return {"description": "done", "content": {"application/json": {"schema": merged}}}


BYTES = {"description": "the file", "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
HERE = {"name": "id", "in": "path", "required": True, "schema": ID}
MARK = {"name": "X-Sekisho", "in": "header", "required": True, "schema": {"const": "1"}}
OFFSET = {"Upload-Offset": {"schema": {"type": "integer"}}, "Upload-Length": {"schema": {"type": "integer"}}}


def ask(word, table, members_):
    name, file, must, may = table
    if file == "READ":  # bytes are counted by the portal
        must, may = must + ["upload"], [m for m in may if m not in ("upload", "size", "hash")]
    schema = {"type": "object", "properties": {m: members_[m] for m in must + may}, "additionalProperties": False}
    if must:
        schema["required"] = must
    who = opened().get(name, "LEVEL")
    return {"post": {"operationId": word, "parameters": [MARK], "security": [] if who == "ANYBODY" else [{"session": []}],
                     "x-needs": {"ANYBODY": "nothing", "SESSION": "a session", "LEVEL": "a session of the level that the zone wants"}[who],
                     "requestBody": {"required": bool(must), "content": {"application/json": {"schema": schema}}}, "responses": answers(**{"200": good(word)})}}


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def document(word, name, type_):
    """A document of a list: what is looked for stands behind the address."""
    said, (_, _, must, may) = members(), asks()[word]
    wanted = [{"name": m, "in": "query", "required": m in must, "schema": {"const": True} if said[m] == {"type": "boolean"} else said[m]} for m in must + may]
    return {"get": {"operationId": name, "parameters": wanted, "responses": answers(**{"200": {
        "description": "the document", "content": {type_: {"schema": {"type": "string", "format": "binary"}}}}})}}


def besides():
    moved = {"description": "taken", "headers": OFFSET}
    begin = {"type": "object", "required": ["size"], "additionalProperties": False,
             "properties": {"size": members()["size"], "name": {"type": "string"}}}
    begun = {"description": "begun", "headers": {"Location": {"schema": {"type": "string"}}}, "content": {"application/json": {"schema": {
        "type": "object", "required": ["status", "upload", "offset"], "properties": {"status": {"const": "ok"}, "upload": ID, "offset": {"const": 0}}}}}}
    at = {"name": "Upload-Offset", "in": "header", "required": True, "schema": {"type": "integer", "minimum": 0}}
    return {
        "/api/v1/uploads": {"post": {"operationId": "uploads.begin", "parameters": [MARK], "responses": answers(**{"201": begun}),
                                     "requestBody": {"required": True, "content": {"application/json": {"schema": begin}}}}},
        "/api/v1/uploads/{id}": {
            "parameters": [HERE],
            "patch": {"operationId": "uploads.put", "parameters": [MARK, at], "responses": {**refusals(), "204": moved, "409": {"description": "it is elsewhere", "headers": OFFSET}},
                      "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
            "head": {"operationId": "uploads.look", "responses": answers(**{"200": moved})},
            "delete": {"operationId": "uploads.end", "parameters": [MARK], "responses": answers(**{"200": OK})}},
        "/api/v1/transfers/{id}/content": {"parameters": [HERE], "get": {"operationId": "transfers.content", "responses": answers(**{"200": BYTES})}},
        "/api/v1/transfers/{id}/receipt.pdf": {"parameters": [HERE], "get": {"operationId": "transfers.receipt", "responses": answers(**{"200": {
            "description": "a receipt for printing", "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}})}},
        "/api/v1/transfers/{id}/pages/{number}.png": {
            "parameters": [HERE, {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}],
            "get": {"operationId": "transfers.page", "responses": answers(**{"200": {
                "description": "a page as it was drawn in a jail", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}})}},
        "/api/v1/ledger.receipt": document("ledger.proof", "ledger.receipt", "application/octet-stream"),
        "/api/v1/ledger.tar": document("ledger.receipts", "ledger.receipts", "application/x-tar"),
        "/api/v1/ledger.xlsx": document("ledger.export", "ledger.export", XLSX),
        "/api/v1/transfers.xlsx": document("export", "transfers.export", XLSX),
        "/api/v1/originals/{id}/content": {"parameters": [HERE], "get": {"operationId": "originals.content", "responses": answers(**{"200": BYTES})}},
        "/api/v1/events": {"get": {"operationId": "events", "responses": answers(**{"200": {
            "description": "notices: events transfer, tasks and session, each with a JSON object", "content": {"text/event-stream": {"schema": {"type": "string"}}}}})}},
    }


def build():
    kinds = members()
    paths = {f"/api/v1/{word}": ask(word, table, kinds) for word, table in sorted(asks().items()) if table[1] in ("NONE", "READ")}
    return {"openapi": "3.1.0", "info": {"title": "sekisho portal", "version": "1", "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
            "security": [{"session": []}], "paths": {**paths, **besides()},
            "components": {"securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "__Host-sekisho"}},
                           "schemas": {"Ok": {"type": "object", "required": ["status"], "properties": {"status": {"const": "ok"}}}, "Refusal": REFUSAL, **said.OBJECTS}}}


def main():
    now = json.dumps(build(), ensure_ascii=False, indent=1) + "\n"
    if "--check" not in sys.argv[1:]:
        with open(FILE, "w", encoding="utf-8") as f:
            f.write(now)
        return 0
    try:
        same = text("doc", "openapi.json") == now
    except FileNotFoundError:
        same = False
    print("openapi: as the tables say" if same else "openapi: doc/openapi.json is another one than tests/openapi.py makes: run it")
    return not same


if __name__ == "__main__":
    sys.exit(main())
