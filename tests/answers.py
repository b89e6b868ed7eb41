"""What a post answers, ask by ask, beside {"status": "ok"}: doc/front.md as data, for tests/openapi.py, and through doc/openapi.json for the
pages of the portal. Words that the sources list are taken from them. A member whose name ends with ? may be left out; what is not listed
is not answered: tests hold real answers against it."""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TEXT, NUMBER, YES = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
AT = {"type": "integer", "description": "milliseconds since 1970"}
SPAN = {"type": "integer", "description": "milliseconds"}


def source(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def words(path, macro):
    """Second members of the rows of a table."""
    return {"enum": re.findall(rf'^{macro}\(\w+,\s*"([^"]+)"', source(path), re.M)}


def listed(path, name):
    """Strings of an array of words."""
    return {"enum": re.findall(r'"([^"]+)"', re.search(rf"\b{name}\[[^\]]*\] = \{{(.*?)\}}", source(path), re.S)[1])}


def one(*of):
    return {"enum": list(of)}


def many(of):
    return {"type": "array", "items": of}


def the(name):
    return {"$ref": f"#/components/schemas/{name}"}


def of(**members):
    return thing(members)


def thing(members):
    names = {name.rstrip("?"): schema for name, schema in members.items()}
    must = [name for name in members if not name.endswith("?")]
    return {"type": "object", "properties": names, **({"required": must} if must else {}), "additionalProperties": False}


def pair(schema):
    """[before, after]"""
    either = {"anyOf": [schema, {"type": "null"}]}
    return {"type": "array", "prefixItems": [either, either], "items": False, "minItems": 2}


def approver(**more):
    return {"member": TEXT, "name": TEXT, **more}


WHO_HAS_SHOWN = {"login": the("Login"), "wants": the("Login"), "enough": YES, "factors": many(the("Factor")), "more": many(the("Factor"))}
CHALLENGE = {"challenge": TEXT, "party": TEXT, "origin": TEXT, "credentials": many(TEXT)}
ROLES_OF_MOVE = {"name?": pair(TEXT), "department?": pair(TEXT), "roles?": pair(many(TEXT)), "deputies?": pair(many(TEXT))}
LINK = {"link": HASH, "ends": AT, "url?": TEXT}
PREVIEW = {"good": YES, "policy?": HASH, "wrong?": TEXT, "changes": many(the("OrgChange")), "lines": NUMBER, "next?": TEXT}

OBJECTS = {
    "State": words("src/gate/state.def", "SK_STATE"),
    "Event": words("src/gate/state.def", "SK_EVENT"),
    "Hold": words("src/gate/state.def", "SK_HELD"),
    "VoteHold": {"enum": [w for w in listed("src/policy/decide.c", "sk_hold_words")["enum"] if w != "none"]},
    "Effect": listed("src/policy/decide.c", "sk_effect_words"),
    "Right": listed("src/policy/load.c", "sk_right_words"),
    "Login": listed("src/policy/load.c", "sk_login_words"),
    "Factor": one("password", "code", "passkey", "link"),
    "Party": one("requester", "recipient", "approver"),
    "Actor": one("gate", "worker", "link", "clock", "requester", "approver", "recipient"),
    "FindingKind": one("mynumber", "corporate-number", "word", "unreadable"),
    "ProposalState": listed("src/store/proposal.c", "sk_proposal_words"),
    "Transfer": thing({
        "id": ID, "state": the("State"), "holds": many(the("Hold")), "owner?": TEXT, "route?": TEXT, "from": TEXT, "to": TEXT, "class?": TEXT,
        "integrity?": TEXT, "availability?": TEXT, "requester?": TEXT, "requester_name?": TEXT, "recipient?": TEXT, "recipient_name?": TEXT,
        "name?": TEXT, "reason?": TEXT, "claimed?": TEXT, "found?": TEXT, "size?": NUMBER, "output_hash?": HASH, "output_size?": NUMBER,
        "output_type?": TEXT, "method?": TEXT, "removed?": {"type": "string", "description": "word=count, with commas between"},
        "received": AT, "changed": AT, "expires?": AT, "released?": AT, "downloads?": NUMBER, "downloads_most?": NUMBER, "policy?": HASH,
        "role": many(the("Party")), "bulk?": {"type": "boolean", "description": "whether it may be decided with others"}}),
    "HistoryRow": thing({
        "at": AT, "event": the("Event"), "from?": the("State"), "to?": the("State"), "by?": the("Actor"), "person?": TEXT, "note?": TEXT,
        "text?": {"type": "string", "description": "what the note means, in English"}}),
    "Vote": thing({
        "at": AT, "person": TEXT, "allow": YES, "hold?": the("VoteHold"), "method": the("Login"), "hash?": HASH, "counts?": YES, "comment?": TEXT}),
    "Approver": thing(approver(**{"after?": {"type": "integer", "description": "as a deputy, not before"}})),
    "Reason": thing({"why": TEXT, "effect": the("Effect"), "hold?": the("VoteHold"), "line?": NUMBER, "text": TEXT, "a": TEXT, "b": TEXT}),
    "Decision": thing({
        "effect": the("Effect"), "reasons": many(the("Reason")), "passkey?": YES, "persons?": NUMBER, "approvals?": NUMBER, "approvers?": many(the("Approver"))}),
    "Decided": thing({
        "id": ID, "status": one("ok", "refused"), "state?": the("State"), "why?": words("src/front/why.def", "SK_WHY"), "field?": TEXT, "text?": TEXT}),
    "Original": thing({
        "id": ID, "transfer": ID, "state": the("State"), "requester": TEXT, "reason?": TEXT, "asked": AT, "changed": AT, "expires?": AT,
        "released?": AT, "downloads?": NUMBER, "downloads_most?": NUMBER}),
    "Account": thing({
        "member": TEXT, "name?": TEXT, "known": YES, "system_user?": TEXT, "uid?": NUMBER, "password": YES, "passkeys": NUMBER, "disabled": YES,
        "used": YES, "alone?": TEXT, "created": AT, "rights": many(the("Right")), "roles": many(TEXT)}),
    "Who": thing({
        "member": TEXT, "name?": TEXT, "department?": TEXT, "department_name?": TEXT, "rights": many(the("Right")), "root": YES, "disabled": YES,
        "zone": TEXT, "zone_name?": TEXT, "session": NUMBER, **WHO_HAS_SHOWN, "ends": AT, "idle": SPAN}),
    "LoginAnswer": thing({"member": TEXT, **WHO_HAS_SHOWN, "ends?": AT}),
    "ClassInfo": of(name=TEXT, allowed=YES),
    "RouteInfo": thing({
        "name": TEXT, "from": TEXT, "to": TEXT, "to_name?": TEXT, "direction": one("in", "out"),
        "classes": {**many(the("ClassInfo")), "description": "the strictest first"}, "class_wanted": YES, "reason_wanted": YES, "size_most": NUMBER,
        "encrypted": one("hold", "refuse"), "expire": SPAN, "keep?": SPAN, "downloads": NUMBER, "scan": YES, "login": the("Login"),
        "approvers": many(the("Approver")), "persons": NUMBER}),
    "Tasks": of(received=NUMBER, approvals=NUMBER, passwords=NUMBER, classes=NUMBER, originals=NUMBER, proposals=NUMBER),
    "Removal": of(code=TEXT, count=NUMBER, text=TEXT),
    "Finding": of(kind=the("FindingKind"), count=NUMBER),
    "FoundPlace": thing({
        "kind": the("FindingKind"), "trust": one("weak", "likely", "sure"), "where": TEXT, "line": NUMBER, "column": NUMBER,
        "cell": {"type": "integer", "description": "cells before it on its line"}, "word": {"type": "integer", "description": "its line in the list of words"}}),
    "Report": thing({"method?": TEXT, "cleaner?": TEXT, "removals": many(the("Removal")), "findings?": many(the("Finding")), "places?": many(the("FoundPlace"))}),
    "MemberInfo": thing({"member": TEXT, "name?": TEXT, "department?": TEXT, "department_name?": TEXT}),
    "Titled": of(name=TEXT, title=TEXT),
    "Session": thing({
        "number": NUMBER, "own": YES, "login?": the("Login"), "factors": many(the("Factor")), "created": AT, "seen": AT, "ends": AT, "address": TEXT}),
    "Passkey": thing({"credential": TEXT, "title": TEXT, "created": AT, "used?": AT}),
    "Factors": of(password=YES, directory=YES, code=YES, passkeys=many(the("Passkey"))),
    "Challenge": thing(CHALLENGE),
    "ToSign": thing({**CHALLENGE, "hash": HASH, "policy": HASH}),
    "NewPasskey": thing({**CHALLENGE, "attestation": one("none", "direct")}),
    "LinkOnce": thing(LINK),
    "Recovery": thing({"member": TEXT, "name?": TEXT, "asked": AT, "ends": AT, "by?": TEXT, "comment?": TEXT, "system_user?": TEXT, "uid?": NUMBER}),
    "Absence": thing({"number": NUMBER, "member": TEXT, "name?": TEXT, "from": AT, "until": AT, "said_by?": TEXT}),
    "Deputy": thing({"member": TEXT, "name?": TEXT}),
    "OrgChange": thing({"line": NUMBER, "member": TEXT, "title?": TEXT, "from?": TEXT, "until?": TEXT, **ROLES_OF_MOVE}),
    "OrgPreview": thing(PREVIEW),
    "Proposal": thing({
        "number": NUMBER, "at": AT, "by?": TEXT, "name?": TEXT, "comment?": TEXT, "state": the("ProposalState"), "policy?": HASH, "decided?": AT,
        "decided_by?": TEXT}),
    "PolicyText": thing({"policy": HASH, "taken": AT, "files": many(TEXT), "name": TEXT, "lines": many(TEXT), "next?": TEXT}),
    "LedgerField": thing({
        "name": TEXT, "value?": TEXT, "behind?": {**one("open", "erased", "closed"), "description": "of a commitment: what stands behind it is shown, is gone, or is not for who asked"}}),
    "LedgerEntry": thing({"index": NUMBER, "leaf": HASH, "time": AT, "kind": TEXT, "transfer?": ID, "fields": many(the("LedgerField"))}),
    "Link": thing({"zone": TEXT, "up": YES, "state?": TEXT, "text?": TEXT, "policy?": HASH}),
    "Status": thing({
        "zone": TEXT, "version": TEXT, "policy": thing({"hash": HASH, "taken": AT}),
        "transfers": {"type": "object", "propertyNames": the("State"), "additionalProperties": NUMBER},
        "queue": of(waiting=NUMBER, running=NUMBER, dead=NUMBER), "workers": of(here=NUMBER, idle=NUMBER), "scanner": YES,
        "ledger": thing({"state": one("signs", "unasked", "behind", "forked", "alone", "reads", "none"), "size": NUMBER, "root": HASH}),
        "links": many(the("Link")),
        "store": of(kind=one("sqlite", "postgresql"), all=NUMBER, free=NUMBER, kept=NUMBER)}),
}

NOTHING = of()
TRANSFER, ORIGINAL, ACCOUNT = of(transfer=the("Transfer")), of(original=the("Original")), of(account=the("Account"))
PAGE = {"next?": TEXT}
ANSWERS = {
    "status": the("Status"), "whoami": the("Who"), "tasks": the("Tasks"), "report": the("Report"), "pages": of(pages=NUMBER),
    "routes": of(routes=many(the("RouteInfo"))), "members": thing({"members": many(the("MemberInfo")), **PAGE}),
    "departments": of(departments=many(the("Titled")), roles=many(the("Titled"))),
    "ledger.search": thing({"entries": many(the("LedgerEntry")), "size": NUMBER, **PAGE}),
    "send": thing({"transfer": the("Transfer"), "decision?": the("Decision")}),
    "list": thing({"transfers": many(the("Transfer")), **PAGE}),
    "show": thing({"transfer": the("Transfer"), "history?": many(the("HistoryRow")), "votes?": many(the("Vote")), "decision?": the("Decision"), "cut?": {"const": True}}),
    "decide": of(decided=many(the("Decided"))), "approve": TRANSFER, "deny": TRANSFER, "cancel": TRANSFER, "class": TRANSFER, "password": TRANSFER,
    "box": of(zone=TEXT, box=HASH),
    "original.ask": of(**{"original?": the("Original"), "asked_at?": TEXT}), "original.approve": ORIGINAL, "original.deny": ORIGINAL, "original.cancel": ORIGINAL,
    "original.list": of(originals=many(the("Original"))),
    "original.show": of(original=the("Original"), passkey=YES, votes=many(the("Vote")), transfer=the("Transfer")),
    "user.add": ACCOUNT, "user.show": ACCOUNT, "user.link": ACCOUNT, "user.unlink": ACCOUNT, "user.disable": ACCOUNT, "user.enable": ACCOUNT,
    "user.password": ACCOUNT, "user.list": thing({"accounts": many(the("Account")), **PAGE}), "user.invite": the("LinkOnce"),
    "login.password": the("LoginAnswer"), "login.code": the("LoginAnswer"), "login.passkey": the("LoginAnswer"), "login.link": the("LoginAnswer"),
    "factor.code.confirm": the("LoginAnswer"), "login.challenge": the("Challenge"),
    "logout": NOTHING, "session.list": of(sessions=many(the("Session"))), "session.end": thing({"ended": NUMBER}),
    "factor.list": the("Factors"), "factor.code.begin": of(secret=TEXT, uri=TEXT), "factor.remove": NOTHING, "password.change": NOTHING,
    "recovery.ask": NOTHING, "recovery.list": of(recoveries=many(the("Recovery"))), "recovery.deny": NOTHING,
    "recovery.approve": thing({"recovery?": the("Recovery"), **{name.rstrip("?") + "?": schema for name, schema in LINK.items()}}),
    "sign": the("ToSign"), "passkey.challenge": the("NewPasskey"), "passkey.add": of(passkey=the("Passkey")),
    "passkey.list": of(passkeys=many(the("Passkey"))), "passkey.remove": NOTHING,
    "policy.text": the("PolicyText"), "policy.explain": of(decision=the("Decision")),
    "org.preview": the("OrgPreview"), "org.propose": of(number=NUMBER), "org.list": thing({"proposals": many(the("Proposal")), **PAGE}),
    "org.show": thing({"proposal": the("Proposal"), "moves?": TEXT, **{name.rstrip("?") + "?": schema for name, schema in PREVIEW.items()}}),
    "org.decide": of(proposal=the("Proposal")),
    "absence.add": NOTHING, "absence.end": NOTHING,
    "absence.list": thing({"absences": many(the("Absence")), "deputies?": many(the("Deputy"))}),
    "backup": of(transfers=NUMBER, blobs=NUMBER, bytes=NUMBER, entries=NUMBER, missing=NUMBER, millis=NUMBER, **{"openings?": NUMBER}),
}


# --- whether something is as a schema says: what of JSON Schema stands above, and no more ---

def kind_of(value):
    return {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object", type(None): "null"}.get(type(value))


def faults(schema, value, at="answer"):
    """What is not as it should be, each with its place."""
    if "$ref" in schema:
        return faults(OBJECTS[schema["$ref"].rsplit("/", 1)[1]], value, at)
    if "anyOf" in schema:
        return [] if any(not faults(s, value, at) for s in schema["anyOf"]) else [f"{at}: is none of what it may be"]
    if "const" in schema or "enum" in schema:
        good = schema.get("enum", [schema.get("const")])
        return [] if value in good else [f"{at}: {value!r}"]
    if kind_of(value) != schema["type"]:
        return [f"{at}: {kind_of(value)} in place of {schema['type']}"]
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        return [f"{at}: {value!r}"]
    if schema["type"] == "array":
        return faults_of_list(schema, value, at)
    return faults_of_object(schema, value, at) if schema["type"] == "object" else []


def faults_of_list(schema, value, at):
    each = schema.get("prefixItems") or [schema["items"]] * len(value)
    if len(each) != len(value):
        return [f"{at}: {len(value)} long"]
    return [f for i, (s, v) in enumerate(zip(each, value)) for f in faults(s, v, f"{at}[{i}]")]


def faults_of_object(schema, value, at):
    known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
    out = [f"{at}: no {name}" for name in schema.get("required", []) if name not in value]
    for name, v in value.items():
        if name in known:
            out += faults(known[name], v, f"{at}.{name}")
        elif rest is False:
            out.append(f"{at}: {name} is not described")
        elif isinstance(rest, dict):
            out += faults(schema.get("propertyNames", TEXT), name, at) + faults(rest, v, f"{at}.{name}")
    return out


def faults_of_answer(word, answer):
    """Of what a post answered with status ok. What is no ask of the portal is not looked at."""
    if word not in ANSWERS:
        return [f"{word}: its answer is not described"]
    rest = {name: value for name, value in answer.items() if name != "status"}
    return faults(ANSWERS[word], rest, word)
