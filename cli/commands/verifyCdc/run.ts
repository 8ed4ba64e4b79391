import { verifyCdc } from "../../actions/verify/verifyCdc.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { describeVerification } from "../shared/verification.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, stack, context }) => {
	const { keep, create, readOnly } = options;
	if (readOnly && (keep || create)) {
		throw new PipelineError("usage", {
			what: `--read-only writes nothing, and ${create ? "--create makes a table" : "--keep is about rows that are written"}.`,
			fix: "Leave out one of them.",
			next: "pipeline-cli verify-cdc --help",
		});
	}
	const report = await verifyCdc(await stack(), { keep, create, readOnly }, context);
	return {
		json: report,
		text: describeVerification(report),
		...(report.ok ? {} : { outcome: "dataDiffer" }),
	};
};
