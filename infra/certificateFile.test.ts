import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { readCertificate } from "./certificateFile.ts";
import { repositoryPath } from "./testing/stack.ts";

let folder: string;
let authority: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "certificates-"));
	authority = await readFile(repositoryPath("infra/testing/sourceCa.pem"), "utf8");
});
afterEach(() => {
	vi.useRealTimers();
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (text: string): Promise<string> => {
	const file = join(folder, "ca.pem");
	await writeFile(file, text);
	return readCertificate(file);
};

it("a chain is taken as it is", async () => {
	const chain = `# our authorities\n${authority}${authority}`;
	expect(await read(chain)).toBe(chain);
});

it("certificates that have ended are refused with the day", async () => {
	vi.useFakeTimers({ now: new Date("2200-01-01"), toFake: ["Date"] });
	await expect(read(authority)).rejects.toThrow(
		"contains only expired certificates, the last since 2126-10-27T13:50:08.000Z",
	);
});

it.each([
	["no PEM", () => "not a certificate", "contains no PEM certificate"],
	[
		"a certificate cut in two",
		() => authority.replace(/\n[^\n]+\n(?=-----END)/, "\n"),
		"contains a certificate that cannot be read",
	],
	[
		"a private key beside it",
		() => `${authority}-----BEGIN RSA PRIVATE KEY-----\nx\n-----END RSA PRIVATE KEY-----`,
		"contains a private key",
	],
])("%s is refused with the key that names the file", async (_, text, reason) => {
	await expect(read(text())).rejects.toThrow(
		new RegExp(`^sourceCaCertificateFile: "[^"]+" ${reason}.*pulumi config set`),
	);
});
