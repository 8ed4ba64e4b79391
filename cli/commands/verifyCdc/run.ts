import { verifyCdc } from "../../actions/verify/verifyCdc.ts";
import type { Run } from "../../command.ts";
import { PipelineError } from "../../common/errors.ts";
import { describeVerification } from "../shared/verification.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, stack, context }) => {
	const { keep, create, readOnly } = options;
	if (readOnly && (keep || create)) {
		throw new PipelineError("usage", {
			what: `--read-only writes nothing, but ${create ? "--create creates a table" : "--keep applies to written rows"}.`,
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
