import { expect, test } from "vitest";
import type { SourceAccess } from "../../../mysql/access.ts";
import { inWords, isBinlogUnreadable, isMissingRight, isTransient, LostSource } from "./errors.ts";

const withCode = (fields: object, message = "x"): Error => Object.assign(new Error(message), fields);

test("a lost source is tried again, a refusal and a mistake are not", () => {
	for (const error of [
		withCode({ code: "PROTOCOL_CONNECTION_LOST" }),
		withCode({ code: "ECONNREFUSED" }),
		new LostSource("x"),
	]) {
		expect(isTransient(error)).toBe(true);
	}
	for (const error of [withCode({ code: "ER_ACCESS_DENIED_ERROR", errno: 1142 }), new TypeError("x")]) {
		expect(isTransient(error)).toBe(false);
	}
	expect(isMissingRight(withCode({ errno: 1142 }))).toBe(true);
});

test("another client with our server id is named on both servers; the position is as good as before", () => {
	const access: SourceAccess = { host: "db", port: 3306, user: "repl", password: "", tls: "DISABLED", schemas: [] };
	for (const error of [
		withCode({ errno: 4052 }, "A slave with the same server_uuid/server_id is already connected"),
		withCode(
			{ errno: 1236 },
			"A replica with the same server_uuid/server_id as this replica has connected to the source",
		),
	]) {
		expect(isBinlogUnreadable(error)).toBe(false);
		expect(inWords(access, error)).toMatchObject({
			outcome: "serviceRefused",
			text: { what: expect.stringContaining("has taken this stack's server id") },
		});
	}
	const lost = withCode({ errno: 1236 }, "Could not find first log file name in binary log index file");
	expect([isBinlogUnreadable(lost), inWords(access, lost)]).toEqual([true, lost]);
});
