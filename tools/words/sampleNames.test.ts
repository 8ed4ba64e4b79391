import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schemas } from "../../pipelines/shop/seed/schemas.ts";
import { shop } from "../../tests/support/sampleShop.ts";
import { namesIn, ownNames } from "./sampleNames.ts";

const { pipeline, made } = shop;
/** Functions of faker, which templates of clicks call, a key of notebooks, and a function of Athena. */
const others = ["firstName", "lastName", "jobTitle", "productName", "display_name", "day_of_week"];

const names = [
	// Written together, but nobody else's.
	...["classicmodels", "productid"],
	...ownNames(
		[
			...schemas.flatMap(({ schema, tables }) => [
				schema,
				...tables.flatMap((table) => [table.name, ...table.columns]),
			]),
			...made.flatMap(({ schema, tables }) => [
				schema,
				...tables.flatMap(({ name, key = [], rules = [] }) => [name, ...key, ...rules.flatMap(columnsOf)]),
			]),
			...pipeline.jobs.map(({ name }) => name),
			...Object.keys(pipeline.clicks?.schema ?? {}),
		],
		others,
	),
];

function columnsOf(rule: object): string[] {
	if ("columns" in rule && Array.isArray(rule.columns)) return rule.columns.map(String);
	return "column" in rule ? [String(rule.column)] : [];
}

/** What is shipped, beside pages: without the sample's own folder, tests and what they use, benchmarks. */
const product = /^(?:cli|etl|infra)\/.*\.(?:ts|py|json|ipynb|yaml|css|html|sql)$|^Pulumi[^/]*\.yaml$|^package\.json$/;
// `init` and the page have lists of the names that columns of any server usually have.
const aside =
	/\.test\.ts$|\/fixtures\/|\/__snapshots__\/|^etl\/tests\/|^infra\/(?:golden|testing|policy\/mutations\.ts)|\/testing\/|^cli\/actions\/(?:personalData|init\/firstAnswers)\.ts$/;

function productFiles(): string[] {
	const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n");
	return files.filter((file) => product.test(file) && !aside.test(file));
}

it("nothing outside of pipelines/shop names one of its tables or columns", () => {
	expect(names).toEqual(
		expect.arrayContaining(["wp_terms", "customerNumber", "joint_tables", "fact_orders", "productname"]),
	);
	const files = productFiles();
	expect(files.length).toBeGreaterThan(300);
	const found = files.flatMap((file) =>
		namesIn(readFileSync(file, "utf8"), names).map(({ line, name }) => `${file}:${line}: ${name}`),
	);
	expect(found).toEqual([]);
});

it.each([
	['const table = "wp_terms";', "wp_terms"],
	["SELECT customernumber FROM x", "customernumber"],
	["processed/star-schema/dim_date", "star-schema"],
	['"productDetails": {}', "productDetails"],
])("finds %s", (text, name) => {
	expect(namesIn(`// shop\n${text}`, names)[0]).toEqual({ line: 2, name });
});

it.each(["SELECT price FROM orders", "order_number_of", "my-star-schema-x", "wp_termsx"])("lets %s be", (text) => {
	expect(namesIn(text, names)).toEqual([]);
});
