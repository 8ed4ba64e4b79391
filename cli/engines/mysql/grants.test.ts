import { describe, expect, it } from "vitest";
import { isGranted, parseGrant, parseRevoke } from "./grants.ts";

describe("parseGrant", () => {
	it("reads privileges and what they are on", () => {
		expect(parseGrant("GRANT SELECT, REPLICATION SLAVE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*AB'")).toEqual([
			{ privileges: ["SELECT", "REPLICATION SLAVE"], on: "*.*" },
		]);
	});

	it("takes a list of columns for one privilege", () => {
		expect(parseGrant("GRANT SELECT (a, b), INSERT ON `s`.`t` TO `a`@`%`")).toEqual([
			{ privileges: ["SELECT (A, B)", "INSERT"], on: "`s`.`t`" },
		]);
	});

	it("ignores the grant of a role", () => {
		expect(parseGrant("GRANT `reader` TO `a`@`%`")).toEqual([]);
	});

	it("reads a schema whose name has a blank", () => {
		expect(parseGrant("GRANT SELECT ON `my shop`.* TO `a`@`%`")).toEqual([
			{ privileges: ["SELECT"], on: "`my shop`.*" },
		]);
	});
});

describe("parseRevoke", () => {
	it("reads what is taken from a global grant, and no grant", () => {
		expect(parseRevoke("REVOKE LOCK TABLES, SELECT ON `shop`.* FROM `a`@`%`")).toEqual([
			{ privileges: ["LOCK TABLES", "SELECT"], on: "`shop`.*" },
		]);
		expect(parseRevoke("GRANT SELECT ON *.* TO `a`@`%`")).toEqual([]);
	});
});

describe("isGranted", () => {
	const grants = (on: string, ...privileges: string[]) => [{ privileges, on }];

	it("holds for the privilege, and for all of them, on everything", () => {
		expect(isGranted(grants("*.*", "REPLICATION SLAVE"), ["REPLICATION SLAVE"])).toBe(true);
		expect(isGranted(grants("*.*", "ALL PRIVILEGES"), ["REPLICATION SLAVE"])).toBe(true);
		expect(isGranted(grants("*.*", "USAGE"), ["REPLICATION SLAVE"])).toBe(false);
	});

	it("does not take a grant on a schema for a global one", () => {
		expect(isGranted(grants("`shop`.*", "ALL PRIVILEGES"), ["REPLICATION SLAVE"])).toBe(false);
	});

	it.each([
		["`shop`.*", "shop", true],
		["`shop`.*", "shop2", false],
		["`shop%`.*", "shop2", true],
		["`wordpress-db`.*", "wordpress-db", true],
		["`a\\_b`.*", "a_b", true],
		["`a\\_b`.*", "axb", false],
		["`a_b`.*", "axb", true],
		["`shop`.`orders`", "shop", false],
	])("%s covers %s: %s", (on, schema, covered) => {
		expect(isGranted(grants(on, "LOCK TABLES"), ["LOCK TABLES"], schema)).toBe(covered);
	});
});
