// Loaded before a program (`NODE_OPTIONS=--import`): its clock is off by as many milliseconds as the file STEPPED_CLOCK says, as after
// somebody set the machine's. Only the time of day: how long something takes is measured by another clock, which nobody sets.
import { readFileSync } from "node:fs";

const Real = Date;
const now = () => Real.now() + Number(readFileSync(process.env.STEPPED_CLOCK, "utf8"));

globalThis.Date = class extends Real {
	constructor(...args) {
		if (args.length === 0) super(now());
		else super(...args);
	}

	static now() {
		return now();
	}
};
