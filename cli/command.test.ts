import { describe, expect, expectTypeOf, it } from "vitest";
import { command, defineCommand, type Invocation, type Run } from "./command.ts";
import { duration, oneOf, wholeNumber } from "./commands/shared/options.ts";
import { buildProgram, type Line } from "./program.ts";

const definition = defineCommand({
	name: "data send",
	plans: true,
	summary: "Send",
	arguments: [
		["<what>", "required"],
		["[where]", "optional"],
		["[more...]", "the rest"],
	],
	options: [
		{ flags: "-n, --lines <count>", description: "", parse: wholeNumber(1, 9), default: 5 },
		{ flags: "--batch-mb <size>", description: "", parse: wholeNumber(1, 9) },
		{ flags: "--within <time>", description: "", parse: duration },
		{ flags: "-f, --file <path>", description: "" },
		{ flags: "--format <format>", description: "", parse: oneOf("csv", "xlsx"), default: "csv" },
		{ flags: "--only <job>", description: "", repeatable: true },
		{ flags: "--port <port>", description: "", parse: wholeNumber(1, 99), repeatable: true },
		{ flags: "-k, --keep-all", description: "" },
		{ flags: "--no-open", description: "" },
	],
	json: {},
	examples: [],
});

type Sent = Invocation<typeof definition>;

async function parse(...argv: string[]): Promise<Line> {
	const lines: Line[] = [];
	const send = command(definition, async () => ({ run: async () => ({ json: {}, text: "" }) }));
	const program = buildProgram("1", [send], async (_, line) => void lines.push(line));
	await program.parseAsync(argv, { from: "user" });
	const [line] = lines;
	if (line === undefined) throw new Error("not dispatched");
	return line;
}

describe("what a definition names is what its function gets", () => {
	it("as types", () => {
		expectTypeOf<Sent["args"]>().toEqualTypeOf<{
			readonly what: string;
			readonly where: string | undefined;
			readonly more: readonly string[];
		}>();
		type Own = Pick<Sent["options"], Exclude<keyof Sent["options"], keyof Invocation["options"]>>;
		expectTypeOf<Own>().toEqualTypeOf<{
			readonly lines: number;
			readonly batchMb: number | undefined;
			readonly within: number | undefined;
			readonly file: string | undefined;
			readonly format: "csv" | "xlsx";
			readonly only: string[] | undefined;
			readonly port: number[] | undefined;
			readonly keepAll: boolean;
			readonly open: boolean;
		}>();
		expectTypeOf<Invocation["options"]>().toExtend<{
			readonly stack: string | undefined;
			readonly json: boolean;
			readonly quiet: boolean;
			readonly color: boolean;
			readonly timeout: string | undefined;
			readonly dryRun?: boolean;
			readonly watch?: boolean;
		}>();
	});

	it("as values, where all is given", async () => {
		const { args, options } = await parse(
			...[
				"data",
				"send",
				"a",
				"b",
				"c",
				"d",
				"-n",
				"7",
				"--batch-mb",
				"3",
				"--within",
				"2m",
				"-f",
				"x",
				"--format",
				"xlsx",
			],
			...["--only", "p", "--only", "q", "--port", "1", "--port", "2", "-k", "--no-open", "--verbose"],
			...["--stack", "dev", "--json", "-q", "--no-color", "--timeout", "9s", "--dry-run"],
		);
		expect(args).toEqual({ what: "a", where: "b", more: ["c", "d"] });
		expect(options).toEqual({
			...{ lines: 7, batchMb: 3, within: 120, file: "x", format: "xlsx", only: ["p", "q"], port: [1, 2] },
			...{ keepAll: true, open: false },
			...{ stack: "dev", json: true, quiet: true, color: false, timeout: "9s", dryRun: true, verbose: true },
		});
	});

	it("as values, where nothing is given", async () => {
		const { args, options } = await parse("data", "send", "a");
		expect(args).toEqual({ what: "a", where: undefined, more: [] });
		expect(options).toEqual({
			...{ lines: 5, format: "csv", keepAll: false, open: true },
			...{ json: false, quiet: false, verbose: false, color: true, dryRun: false },
		});
	});
});

it("tsc refuses what the definition does not name", () => {
	const renamedOption: Run<typeof definition> = async ({ options }) => {
		// @ts-expect-error the option is called batchMb.
		return { json: {}, text: String(options.batchMegabytes) };
	};
	const otherType: Run<typeof definition> = async ({ options }) => {
		// @ts-expect-error it may be absent.
		const size: number = options.batchMb;
		return { json: { size }, text: "" };
	};
	const renamedArgument: Run<typeof definition> = async ({ args }) => {
		// @ts-expect-error the argument is called what.
		return { json: {}, text: args.which };
	};
	const other = defineCommand({ name: "other", summary: "", json: {}, examples: [] });
	// @ts-expect-error the function needs options that this definition does not name.
	const mixed = command(other, async () => ({ run: renamedOption }));
	for (const run of [renamedOption, otherType, renamedArgument])
		expect(command(definition, async () => ({ run })).name).toBe("data send");
	expect(mixed.name).toBe("other");
});
