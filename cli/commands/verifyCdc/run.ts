import { verifyCdc } from "../../actions/verify/verifyCdc.ts";
import type { Run } from "../../command.ts";
import { describeVerification } from "../shared/verification.ts";
import type { definition } from "./definition.ts";

export const run: Run<typeof definition> = async ({ options, stack, context }) => {
	const report = await verifyCdc(await stack(), { keep: options.keep }, context);
	return {
		json: report,
		text: describeVerification(report),
		...(report.ok ? {} : { outcome: "dataDiffer" }),
	};
};
