import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { connectionFault } from "./connectionFault.ts";
import { openConnection } from "./open.ts";

const isNotMySql = "is not a MySQL or MariaDB server";
const isSilent = "does not respond as MySQL or MariaDB does";
const refusal = (number: number, text: string): Buffer => {
	const body = Buffer.concat([Buffer.from([0xff, number & 0xff, number >> 8]), Buffer.from(text)]);
	return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
};

test.for<[who: string, answer: (socket: Socket) => void, what: string, why: string]>([
	["SSH", (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n"), isNotMySql, 'began with "SSH-2.0-OpenSSH_9.6"'],
	["a mail server", (socket) => socket.write("220 mail ESMTP\r\n"), isNotMySql, 'began with "220 mail ESMTP"'],
	["something of bytes", (socket) => socket.write(Buffer.from("1503010002ff", "hex")), isNotMySql, "1503010002ff"],
	["the X protocol", (socket) => socket.write(Buffer.from("050000000b08051a00", "hex")), isNotMySql, "usually 3306"],
	["one that waits to be asked", () => undefined, isSilent, "accepts connections, but sends nothing."],
	["a proxy without its server", (socket) => socket.end(), isSilent, "closed the connection without sending"],
	[
		"a server that has blocked this machine",
		(socket) => socket.end(refusal(1129, "Host '10.0.0.1' is blocked because of many connection errors")),
		"blocks this machine",
		"many connection errors",
	],
	["one in maintenance", (socket) => socket.end(refusal(3032, "#HY000offline mode")), "is in offline mode", "offline"],
])("%s", async ([, answer, what, why]) => {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		socket.on("error", () => undefined);
		answer(socket);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const access = { host: "127.0.0.1", port, user: "repl", password: "x", tls: "DISABLED", schemas: [] } as const;
	// Only who says nothing lets it pass.
	const opened = openConnection({ ...access }, { connectTimeout: why.includes("sends nothing") ? 300 : 10_000 });
	const error = await opened.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	const { outcome, text } = connectionFault({ ...access, schemas: [] }, error);
	expect(text).toMatchObject({ what: expect.stringContaining(what), why: expect.stringContaining(why) });
	expect(text.fix).not.toBe("");
	expect(["failure", "credentials"]).toContain(outcome);
});
