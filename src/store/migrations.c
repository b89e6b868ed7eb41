/* The tables. Columns that hold what is known about people can be NULL: they are erased when a transfer is over. */
#include "store/migrations.h"

/*
 * A ring of tables for jobs: one is filled, the others are emptied, and one that is empty is thrown away whole, with all
 * that is dead in it. Their rows change in place (no index but the key, room in the pages).
 */
#define JOBS(n) \
	"CREATE TABLE job_" n \
	" (id {int} PRIMARY KEY NOT NULL, kind {int} NOT NULL, name TEXT NOT NULL, body {bytes}," \
	" ready {int} NOT NULL, tries {int} NOT NULL DEFAULT 0, fence {int} NOT NULL DEFAULT 0, worker TEXT) {strict}{loose};\n" \
	"{lite}CREATE TRIGGER job_" n "_next AFTER INSERT ON job_" n \
	" BEGIN UPDATE job_next SET id = id + 1; END;\n"

const struct sk_migration sk_migrations[] = {
    {"store",
	"CREATE TABLE transfer ("
	" id TEXT PRIMARY KEY NOT NULL, version {int} NOT NULL, state {int} NOT NULL, holds {int} NOT NULL,"
	" owner TEXT NOT NULL, route TEXT NOT NULL, zone_from TEXT NOT NULL, zone_to TEXT NOT NULL, policy {bytes},"
	" class TEXT, integrity {int}, availability {int},"
	" requester TEXT, requester_name TEXT, recipient TEXT, file_name TEXT, reason TEXT, sender_proof TEXT,"
	" claimed TEXT, found TEXT, output_type TEXT,"
	" original TEXT, original_hash {bytes}, original_size {int}, output {bytes}, output_size {int},"
	" received {int} NOT NULL, changed {int} NOT NULL, expires {int}, keep_until {int}, released {int}, erased {int},"
	" downloads {int} NOT NULL, downloads_most {int}, reminders {int} NOT NULL) {strict};\n"
	"CREATE INDEX transfer_state ON transfer (state, received, id);\n"
	"CREATE INDEX transfer_requester ON transfer (requester, received) WHERE requester IS NOT NULL;\n"
	"CREATE INDEX transfer_expires ON transfer (expires) WHERE expires IS NOT NULL;\n"
	"CREATE INDEX transfer_keep ON transfer (keep_until) WHERE keep_until IS NOT NULL;\n"
	"CREATE INDEX transfer_original ON transfer (original) WHERE original IS NOT NULL;\n"
	"CREATE INDEX transfer_output ON transfer (output) WHERE output IS NOT NULL;\n"
	"CREATE TABLE history (id {id}, transfer TEXT NOT NULL REFERENCES transfer (id), at {int} NOT NULL,"
	" event {int} NOT NULL, state_from {int} NOT NULL, state_to {int} NOT NULL, actor {int} NOT NULL, person TEXT,"
	" note TEXT) {strict};\n"
	"CREATE INDEX history_transfer ON history (transfer, id);\n"
	"CREATE TABLE approval (id {id}, transfer TEXT NOT NULL REFERENCES transfer (id), at {int} NOT NULL,"
	" output {bytes} NOT NULL, decision {int} NOT NULL, person TEXT, method TEXT NOT NULL, proof {bytes}) {strict};\n"
	"CREATE INDEX approval_transfer ON approval (transfer, id);\n"
	"CREATE TABLE outbox (line {id}, channel {int} NOT NULL, number {int}, kind {int} NOT NULL, at {int} NOT NULL,"
	" body {bytes} NOT NULL) {strict};\n"
	"CREATE UNIQUE INDEX outbox_number ON outbox (channel, number);\n"
	"CREATE INDEX outbox_new ON outbox (channel, line) WHERE number IS NULL;\n"
	"CREATE TABLE outbox_channel (channel {int} PRIMARY KEY NOT NULL, numbered {int} NOT NULL, done {int} NOT NULL)"
	" {strict};\n"},
    {"store",
	"ALTER TABLE transfer ADD COLUMN facts TEXT;\n"
	"ALTER TABLE transfer ADD COLUMN leaf {int};\n"
	"ALTER TABLE transfer ADD COLUMN remind {int};\n"
	"ALTER TABLE transfer ADD COLUMN method TEXT;\n"
	"ALTER TABLE transfer ADD COLUMN cleaner TEXT;\n"
	"ALTER TABLE transfer ADD COLUMN removed TEXT;\n"
	"CREATE INDEX transfer_remind ON transfer (remind) WHERE remind IS NOT NULL;\n"
	"ALTER TABLE approval ADD COLUMN hold {int};\n"
	"ALTER TABLE approval ADD COLUMN policy {bytes};\n"
	"ALTER TABLE approval ADD COLUMN comment TEXT;\n"
	"CREATE TABLE link (zone TEXT PRIMARY KEY NOT NULL, number {int} NOT NULL, heard {int} NOT NULL) {strict};\n"
	"CREATE UNIQUE INDEX link_number ON link (number);\n"
	"CREATE TABLE policy (hash {bytes} NOT NULL, part {int} NOT NULL, name TEXT NOT NULL, text {bytes} NOT NULL,"
	" taken {int} NOT NULL, PRIMARY KEY (hash, part)) {strict};\n"
	"CREATE TABLE sealed (id {id}, transfer TEXT NOT NULL REFERENCES transfer (id), box {bytes} NOT NULL) {strict};\n"
	"CREATE INDEX sealed_transfer ON sealed (transfer, id);\n"
	"CREATE TABLE original (id TEXT PRIMARY KEY NOT NULL, transfer TEXT NOT NULL REFERENCES transfer (id),"
	" version {int} NOT NULL, state {int} NOT NULL, login {int} NOT NULL, requester TEXT, reason TEXT, asked {int} NOT NULL,"
	" changed {int} NOT NULL, expires {int}, downloads {int} NOT NULL) {strict};\n"
	"CREATE INDEX original_transfer ON original (transfer, asked);\n"
	"CREATE INDEX original_state ON original (state, asked, id);\n"
	"CREATE INDEX original_expires ON original (expires) WHERE expires IS NOT NULL;\n"
	"CREATE TABLE original_vote (id {id}, original TEXT NOT NULL REFERENCES original (id), at {int} NOT NULL,"
	" allow {int} NOT NULL, person TEXT, method TEXT NOT NULL, comment TEXT) {strict};\n"
	"CREATE INDEX original_vote_original ON original_vote (original, id);\n"},
    {"queue",
	"{pg}CREATE SEQUENCE job_next;\n"
	"{lite}CREATE TABLE job_next (id INTEGER NOT NULL) STRICT;\n"
	"{lite}INSERT INTO job_next VALUES (1);\n" JOBS("0") JOBS("1") JOBS("2") JOBS(
	    "3") "CREATE TABLE job_dead (id {int} PRIMARY KEY NOT NULL, kind {int} NOT NULL, name TEXT NOT NULL, body {bytes},"
		 " tries {int} NOT NULL, at {int} NOT NULL) {strict};\n"
		 "CREATE TABLE job_ring (one {int} PRIMARY KEY NOT NULL, part {int} NOT NULL, since {int} NOT NULL,"
		 " first {int} NOT NULL, rotations {int} NOT NULL, fed {int} NOT NULL) {strict};\n"
		 "INSERT INTO job_ring (one, part, since, first, rotations, fed) VALUES (1, 0, {now}, 0, 0, 0);\n"},
    /* accounts: store/account.h */
    {"store",
	"CREATE TABLE account (member TEXT PRIMARY KEY NOT NULL, system_user TEXT, uid {int}, password TEXT,"
	" disabled {int} NOT NULL, created {int} NOT NULL, changed {int} NOT NULL) {strict};\n"
	"CREATE UNIQUE INDEX account_uid ON account (uid) WHERE uid IS NOT NULL;\n"
	"CREATE TABLE passkey (credential {bytes} PRIMARY KEY NOT NULL, member TEXT NOT NULL REFERENCES account (member),"
	" key {bytes} NOT NULL, counter {int} NOT NULL, title TEXT NOT NULL, created {int} NOT NULL, used {int} NOT NULL)"
	" {strict};\n"
	"CREATE INDEX passkey_member ON passkey (member);\n"
	"CREATE INDEX transfer_recipient ON transfer (recipient, received) WHERE recipient IS NOT NULL;\n"},
    /* what the ledger holds about people: store/logged.h */
    {"store",
	"CREATE TABLE logged (number {int} PRIMARY KEY NOT NULL, transfer TEXT NOT NULL, erase {int} NOT NULL) {strict};\n"
	"CREATE INDEX logged_transfer ON logged (transfer);\n"
	"CREATE INDEX logged_erase ON logged (number) WHERE erase = 1;\n"},
    /* who said that he is away: store/absence.h */
    {"store",
	"CREATE TABLE absence (id {id}, member TEXT NOT NULL, begins {int} NOT NULL, ends {int} NOT NULL, said {int} NOT NULL,"
	" said_by TEXT) {strict};\n"
	"CREATE INDEX absence_member ON absence (member, ends);\n"
	"CREATE INDEX absence_ends ON absence (ends);\n"},
    /* where the leak check found something: store/finding.h */
    {"store",
	"CREATE TABLE finding (transfer TEXT PRIMARY KEY NOT NULL REFERENCES transfer (id), places TEXT NOT NULL) {strict};\n"},
    /* proposed changes of the organisation: store/proposal.h */
    {"store",
	"CREATE TABLE proposal (id {id}, said {int} NOT NULL, said_by TEXT, moves TEXT NOT NULL, comment TEXT,"
	" policy {bytes} NOT NULL, state {int} NOT NULL, decided {int} NOT NULL, decided_by TEXT) {strict};\n"
	"CREATE INDEX proposal_state ON proposal (state, id);\n"},
    /* what passkeys signed about requests for originals */
    {"store", "ALTER TABLE original_vote ADD COLUMN proof {bytes};\n"},
    /* what the other post knows of before it is offered */
    {"store", "ALTER TABLE transfer ADD COLUMN announced {int};\n"},
    /* bytes that began to leave: gate/people.h */
    {"store", "ALTER TABLE transfer ADD COLUMN handed {int};\n"},
    /* logins at the portal: store/session.h, store/login.h */
    {"store",
	"CREATE TABLE session (number {id}, hash {bytes} NOT NULL, member TEXT NOT NULL REFERENCES account (member),"
	" login {int} NOT NULL, factors {int} NOT NULL, created {int} NOT NULL, seen {int} NOT NULL, idle {int} NOT NULL,"
	" ends {int} NOT NULL, address {bytes} NOT NULL) {strict};\n"
	"CREATE UNIQUE INDEX session_hash ON session (hash);\n"
	"CREATE INDEX session_member ON session (member, seen);\n"
	"CREATE TABLE device (hash {bytes} NOT NULL, member TEXT NOT NULL REFERENCES account (member), created {int} NOT NULL,"
	" seen {int} NOT NULL, PRIMARY KEY (hash, member)) {strict};\n"
	"CREATE INDEX device_member ON device (member, seen);\n"
	"CREATE TABLE code (member TEXT PRIMARY KEY NOT NULL REFERENCES account (member), secret {bytes} NOT NULL,"
	" confirmed {int} NOT NULL, step {int} NOT NULL, created {int} NOT NULL) {strict};\n"
	"CREATE TABLE once (hash {bytes} PRIMARY KEY NOT NULL, member TEXT NOT NULL REFERENCES account (member),"
	" kind {int} NOT NULL, ends {int} NOT NULL) {strict};\n"
	"CREATE INDEX once_member ON once (member);\n"
	"CREATE TABLE recovery (member TEXT PRIMARY KEY NOT NULL REFERENCES account (member), asked {int} NOT NULL,"
	" ends {int} NOT NULL, said_by TEXT, comment TEXT) {strict};\n"
	"CREATE TABLE tries (hash {bytes} PRIMARY KEY NOT NULL, wrong {int} NOT NULL, last {int} NOT NULL, next {int} NOT NULL)"
	" {strict};\n"
	"CREATE INDEX tries_last ON tries (last);\n"
	"CREATE TABLE answered (challenge {bytes} PRIMARY KEY NOT NULL, ends {int} NOT NULL) {strict};\n"},
    /* what lists are looked through by: store/listed.h */
    {"store",
	"CREATE TABLE listed (id TEXT PRIMARY KEY NOT NULL REFERENCES transfer (id), received {int} NOT NULL,"
	" requester TEXT, recipient TEXT, department TEXT, route TEXT NOT NULL, zone_from TEXT NOT NULL, zone_to TEXT NOT NULL,"
	" class TEXT, text TEXT NOT NULL) {strict};\n"
	"INSERT INTO listed (id, received, requester, recipient, route, zone_from, zone_to, class, text)"
	" SELECT id, received, requester, recipient, route, zone_from, zone_to, class, lower(COALESCE(file_name, ''))"
	" FROM transfer;\n"
	"CREATE UNIQUE INDEX listed_received ON listed (received, id);\n"
	"CREATE INDEX listed_requester ON listed (requester, received) WHERE requester IS NOT NULL;\n"
	"CREATE INDEX listed_recipient ON listed (recipient, received) WHERE recipient IS NOT NULL;\n"
	"CREATE INDEX listed_department ON listed (department, received, id) WHERE department IS NOT NULL;\n"},
    /* pages as pictures: store/sheet.h */
    {"store",
	"CREATE TABLE sheet (output {bytes} NOT NULL, number {int} NOT NULL, pages {int} NOT NULL, image {bytes} NOT NULL,"
	" size {int} NOT NULL, PRIMARY KEY (output, number)) {strict};\n"
	"CREATE INDEX sheet_image ON sheet (image);\n"},
    /* who alone said how somebody logs in, and whether he has: those of before may have; what a recovery is about */
    {"store", "ALTER TABLE account ADD COLUMN used {int} NOT NULL DEFAULT 0;\n"
	      "ALTER TABLE account ADD COLUMN alone TEXT;\n"
	      "UPDATE account SET used = created;\n"
	      "ALTER TABLE recovery ADD COLUMN system_user TEXT;\n"
	      "ALTER TABLE recovery ADD COLUMN uid {int};\n"},
    /* how often an original may be collected, and since when */
    {"store",
	"ALTER TABLE original ADD COLUMN released {int};\n"
	"ALTER TABLE original ADD COLUMN downloads_most {int};\n"
	"ALTER TABLE original ADD COLUMN handed {int} NOT NULL DEFAULT 0;\n"
	"UPDATE original SET released = changed, downloads_most = downloads + 1, handed = downloads;\n"},
    /* entries about people that are about no transfer end at a date; those from before, a year after this */
    {"store",
	"ALTER TABLE logged ADD COLUMN until {int};\n"
	"CREATE INDEX logged_until ON logged (until) WHERE until IS NOT NULL AND erase = 0;\n"
	"INSERT INTO logged (number, transfer, erase, until)"
	" WITH RECURSIVE n (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number <"
	" (SELECT COALESCE(max(done), 0) FROM outbox_channel WHERE channel = 1))"
	" SELECT number, '', 0, {now} + CAST(366 AS {int}) * 86400000 FROM n"
	" WHERE number <= (SELECT COALESCE(max(done), 0) FROM outbox_channel WHERE channel = 1)"
	" AND number NOT IN (SELECT number FROM logged);\n"},
    /* what came here, and from where, is known longer than its bytes are: gate/receive.h */
    {"store", "ALTER TABLE transfer ADD COLUMN brought {bytes};\n"
	      "ALTER TABLE transfer ADD COLUMN brought_from TEXT;\n"
	      "UPDATE transfer SET brought = output WHERE output IS NOT NULL;\n"
	      "CREATE INDEX transfer_brought ON transfer (brought) WHERE brought IS NOT NULL;\n"},
};

const size_t sk_migrations_count = sizeof(sk_migrations) / sizeof(*sk_migrations);
