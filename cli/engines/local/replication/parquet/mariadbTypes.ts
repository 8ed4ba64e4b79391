/** Text of MariaDB's own types, as the server prints it. The binlog holds their bytes as if they were BINARY(n). */

/** 8-4-4-4-12 hexadecimal digits. */
export function uuidText(bytes: Buffer): string {
	const hex = bytes.toString("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

export function inet4Text(bytes: Buffer): string {
	return [...bytes.subarray(0, 4)].join(".");
}

/** The longest run of zero words as `::`, also a single one; an IPv4-mapped or IPv4-compatible address in dotted form. */
export function inet6Text(bytes: Buffer): string {
	const words = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2));
	const gap = longestZeroRun(words);
	if (gap.start === 0 && (gap.length === 6 || (gap.length === 5 && words[5] === 0xffff))) {
		return `${gap.length === 6 ? "::" : "::ffff:"}${inet4Text(bytes.subarray(12))}`;
	}
	const hex = words.map((word) => word.toString(16));
	if (gap.length === 0) return hex.join(":");
	return `${hex.slice(0, gap.start).join(":")}::${hex.slice(gap.start + gap.length).join(":")}`;
}

function longestZeroRun(words: readonly number[]): { start: number; length: number } {
	let best = { start: 0, length: 0 };
	let start = 0;
	for (const [index, word] of words.entries()) {
		if (word !== 0) start = index + 1;
		else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
	}
	return best;
}
