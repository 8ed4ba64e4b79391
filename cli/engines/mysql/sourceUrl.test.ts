import { describe, expect, it } from "vitest";
import { PipelineError } from "../../common/errors.ts";
import { parseSourceUrl, sourceUrl } from "./sourceUrl.ts";

function refusal(text: string, mayHoldPassword = false): PipelineError {
	try {
		parseSourceUrl(text, mayHoldPassword);
	} catch (error) {
		if (error instanceof PipelineError) return error;
		throw error;
	}
	throw new Error(`${text} was accepted`);
}

describe("parseSourceUrl", () => {
	it("takes the schema of the path, as every MySQL URL may have one", () => {
		expect(parseSourceUrl("mysql://a@db/my%20shop?ssl-mode=DISABLED", false)).toMatchObject({ schema: "my shop" });
		expect(parseSourceUrl("mysql://a@db/", false)).not.toHaveProperty("schema");
	});

	it("reads host, port and user; TLS is on for other machines", () => {
		expect(parseSourceUrl("mysql://repl@db.example.com:3307", false)).toEqual({
			host: "db.example.com",
			port: 3307,
			user: "repl",
			tls: "VERIFY_IDENTITY",
		});
	});

	it("has 3306 and no TLS for this machine", () => {
		expect(parseSourceUrl("mysql://repl@127.0.0.1", false)).toMatchObject({ port: 3306, tls: "DISABLED" });
		expect(parseSourceUrl("mariadb://repl@[::1]:4000/", false)).toMatchObject({
			host: "::1",
			port: 4000,
			tls: "DISABLED",
		});
	});

	it.each([
		["mysql://a@db/?ssl-mode=DISABLED", "DISABLED"],
		["mysql://a@db/?ssl-mode=VERIFY_CA", "VERIFY_CA"],
		["mysql://a@db/?ssl-mode=preferred", "PREFERRED"],
		["mysql://a@localhost/?ssl-mode=VERIFY_IDENTITY", "VERIFY_IDENTITY"],
	])("takes the TLS of %s from ssl-mode", (text, tls) => {
		expect(parseSourceUrl(text, false).tls).toBe(tls);
	});

	it("takes an authority, which asks for a verified certificate also on this machine", () => {
		const authority = { ca: "PEM", caFile: "ca.pem" };
		const read = (text: string) => parseSourceUrl(text, false, undefined, authority);
		expect(read("mysql://a@localhost")).toMatchObject({ tls: "VERIFY_CA", ...authority });
		expect(read("mysql://a@db")).toMatchObject({ tls: "VERIFY_IDENTITY", ...authority });
		expect(() => read("mysql://a@db?ssl-mode=REQUIRED")).toThrow("verifies no certificate");
	});

	it("takes a socket of this machine", () => {
		const url = "mysql://a@localhost/shop?socket=/run/mysqld/mysqld.sock";
		expect(parseSourceUrl(url, false)).toMatchObject({
			socket: "/run/mysqld/mysqld.sock",
			schema: "shop",
			tls: "DISABLED",
		});
	});

	it("decodes user and password where a password is allowed", () => {
		expect(parseSourceUrl("mysql://we%40b:p%3A%2F%40@db", true)).toMatchObject({ user: "we@b", password: "p:/@" });
	});

	it("refuses a password in an argument without repeating it", () => {
		const error = refusal("mysql://repl:hunter2@db.example.com");
		expect(error.outcome).toBe("usage");
		expect(error.text.what).toContain("--source-url must not contain the password");
		expect(error.text.fix).toContain("PIPELINE_SOURCE_PASSWORD");
		expect(JSON.stringify(error.text)).not.toContain("hunter2");
	});

	it.each([
		["db.example.com", "is not a valid URL"],
		["postgres://a@db", "postgres:"],
		["mysql://db", "no user"],
		["mysql://a@db/shop/orders", "is not the name of one schema"],
		["mysql://a@db?charset=utf8", "charset"],
		["mysql://a@db?ssl-mode=VERIFY", "it must be one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY"],
		["mysql://a@localhost?socket=run/s", "an absolute path"],
		["mysql://a@db?socket=/run/s", "the host must be localhost"],
		["mysql://a@localhost?socket=/run/s&ssl-mode=VERIFY_CA", "no host name to verify"],
	])("refuses %s", (text, why) => {
		expect(refusal(text).outcome).toBe("usage");
		expect(refusal(text).text.why).toContain(why);
	});
});

describe("sourceUrl", () => {
	it.each([
		"mysql://repl@db.example.com:3307",
		"mysql://a%40b@127.0.0.1:3306",
		"mysql://a@[::1]:3306",
		"mysql://a@db:3306/?ssl-mode=DISABLED",
		"mysql://a@localhost:3306/?ssl-mode=PREFERRED",
		"mysql://a@localhost/?socket=/run/my%20sql.sock",
	])("writes %s as it was read", (text) => {
		expect(sourceUrl(parseSourceUrl(text, false))).toBe(text);
	});

	it("leaves the password out", () => {
		expect(sourceUrl(parseSourceUrl("mysql://a:secret@db:3306", true))).toBe("mysql://a@db:3306");
	});
});
