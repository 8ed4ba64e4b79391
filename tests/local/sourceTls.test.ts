import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect } from "vitest";
import { localPaths } from "../../cli/engines/local/shared/paths.ts";
import { readSettings } from "../../cli/engines/local/shared/settings.ts";
import { namedServer } from "../../cli/engines/local/source/external.ts";
import { connect } from "../../cli/engines/mysql/connection.ts";
import { sourceUser, TlsSource } from "../support/aws/tlsSource.ts";
import { test as base } from "../support/cliFixtures.ts";
import { refusal } from "../support/privateSource.ts";

const it = base.extend("source", { scope: "file" }, async ({ fileFolder }, { onCleanup }) => {
	const source = await TlsSource.start(fileFolder);
	onCleanup(() => source.stop());
	return source;
});

/** @returns the cipher of the connection; empty without TLS. */
async function cipherOf(
	url: string,
	caFile?: string,
	user = "root",
	password = "",
	identity?: string,
): Promise<string> {
	const server = await namedServer(`mysql://${user}@${url}`, caFile);
	if (server === undefined) throw new Error("no server");
	const connection = await connect({ ...server, password, schemas: [], ...(identity !== undefined && { identity }) });
	const [row] = await connection.query("SHOW STATUS LIKE 'Ssl_cipher'");
	await connection.close();
	return String(row?.Value);
}

describe("a server with a certificate for 127.0.0.1, of an authority that nobody else knows", () => {
	it("is verified as ssl-mode says", async ({ source: { server, caFile, socket } }) => {
		const at = (host: string, mode: string): string => `${host}:${server.port}/?ssl-mode=${mode}`;
		expect(await cipherOf(at("localhost", "DISABLED"))).toBe("");
		expect(await cipherOf(at("localhost", "PREFERRED"))).toMatch(/^TLS_/);
		expect(await cipherOf(at("localhost", "REQUIRED"))).toMatch(/^TLS_/);
		expect(await cipherOf(at("localhost", "VERIFY_CA"), caFile)).toMatch(/^TLS_/);
		expect(await cipherOf(at("127.0.0.1", "VERIFY_IDENTITY"), caFile)).toMatch(/^TLS_/);
		expect(await cipherOf(`localhost?socket=${socket}`)).toBe("");
		for (const mode of ["VERIFY_CA", "VERIFY_IDENTITY"]) {
			const unknown = await refusal(cipherOf(at("127.0.0.1", mode)));
			expect(unknown.text.what).toContain("cannot be verified");
			expect(unknown.text.fix).toContain("--source-ca");
		}
		const other = await refusal(cipherOf(at("localhost", "VERIFY_IDENTITY"), caFile));
		expect(other.text.what).toContain("belongs to another server");
	});

	it("is verified by its own name where the way to it has another", async ({ source: { server, caFile } }) => {
		const tunnel = `localhost:${server.port}/?ssl-mode=VERIFY_IDENTITY`;
		expect(await cipherOf(tunnel, caFile, "root", "", "127.0.0.1")).toMatch(/^TLS_/);
		for (const identity of ["db.example.com", "10.0.0.1"]) {
			const refused = await refusal(cipherOf(tunnel, caFile, "root", "", identity));
			expect(refused.text.why).toContain(identity);
		}
	});

	it.for<[what: string, certificate: Parameters<TlsSource["use"]>[0], text: string]>([
		["has expired", { from: "20200101000000Z", to: "20210101000000Z" }, "not valid today"],
		["is not valid yet", { from: "20990101000000Z", to: "20991231000000Z" }, "not valid today"],
		["bears another name beside this one in its CN", { names: "DNS:db.example.com" }, "belongs to another server"],
		["bears the name, and this is an address", { names: "DNS:localhost" }, "belongs to another server"],
		["is a client's", { purpose: "clientAuth" }, "is not meant for servers"],
	])("is refused with a certificate that %s", async ([, certificate, text], { source }) => {
		await source.use(certificate);
		const url = `127.0.0.1:${source.server.port}/?ssl-mode=VERIFY_IDENTITY`;
		const refused = await refusal(cipherOf(url, source.caFile));
		await source.use({});
		expect(refused.text.what).toContain(text);
		expect(refused.text.fix).not.toBe("");
		expect(await cipherOf(url, source.caFile)).toMatch(/^TLS_/);
	});

	it("says what it wants of those whom it refuses", async ({ source: { server } }) => {
		const admin = await server.connect();
		const url = `127.0.0.1:${server.port}`;
		const { username, password } = sourceUser;
		const plain = await refusal(cipherOf(url, undefined, username, password));
		expect(plain.text.fix).toContain("REQUIRE SSL");
		await admin.query("CREATE USER locked IDENTIFIED BY 'x' ACCOUNT LOCK; CREATE USER late IDENTIFIED BY 'x'");
		await admin.query("ALTER USER late PASSWORD EXPIRE; SET GLOBAL require_secure_transport = ON");
		await admin.query(
			"CREATE USER certified IDENTIFIED BY 'x' REQUIRE X509; CREATE USER here IDENTIFIED VIA unix_socket",
		);
		const certified = await refusal(cipherOf(`${url}/?ssl-mode=REQUIRED`, undefined, "certified", "x"));
		expect(certified.text.fix).toContain("REQUIRE X509");
		expect((await refusal(cipherOf(url, undefined, "here", "x"))).text.fix).toContain("give it a password");
		const tlsOnly = await refusal(cipherOf(url, undefined, "late", "x"));
		await admin.query("SET GLOBAL require_secure_transport = OFF");
		expect(tlsOnly.text.fix).toContain("?ssl-mode=VERIFY_IDENTITY");
		expect((await refusal(cipherOf(url, undefined, "locked", "x"))).text.what).toContain("is locked");
		expect((await refusal(cipherOf(url, undefined, "late", "x"))).text.what).toContain("has expired");
		await admin.end();
	});

	it("is named where it wants a way to log in that is not known", async () => {
		// The greeting of a server, and its wish for another plugin.
		const greeting = Buffer.concat([
			Buffer.from("\n11.8.2-MariaDB\0", "latin1"),
			Buffer.from("0100000061626364656667680000a208000200000000000000000000000000006162636465666768696a6b6c00", "hex"),
		]);
		const framed = (body: Buffer, sequence: number): Buffer =>
			Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);
		const parsec = createServer((socket) => {
			socket.on("error", () => undefined);
			socket.once("data", () => socket.write(framed(Buffer.from("\xfeparsec\0", "latin1"), 2)));
			socket.write(framed(greeting, 0));
		});
		await new Promise<void>((resolve) => parsec.listen(0, "127.0.0.1", resolve));
		try {
			const { port } = parsec.address() as AddressInfo;
			const refused = await refusal(cipherOf(`127.0.0.1:${port}/?ssl-mode=DISABLED`));
			expect(refused.text.what).toContain("to log in with parsec");
		} finally {
			parsec.close();
		}
	});

	it("is remembered with its authority, by the replicator too", async ({ source: { server, ca, caFile }, stack }) => {
		const url = `mysql://${sourceUser.username}@127.0.0.1:${server.port}`;
		const secret = { PIPELINE_SOURCE_PASSWORD: sourceUser.password };
		const options = ["--source-url", `${url}/?ssl-mode=VERIFY_IDENTITY`, "--schema", "wordpress-db"];
		expect(await stack.run(["source", "up", ...options, "--source-ca", caFile], secret)).toMatchObject({ code: 0 });
		await rm(caFile);
		expect((await readSettings(localPaths(stack.home)))?.source).toMatchObject({ ca, tls: "VERIFY_IDENTITY" });
		expect(await stack.run(["source", "up", ...options])).toMatchObject({ code: 0 });
		expect(await stack.run(["replication", "start"])).toMatchObject({ code: 0 });
	});

	it("is reported by commands, which end, where it no longer lets its user in", async ({
		source: { server },
		stack,
	}) => {
		const admin = await server.connect();
		await admin.query("CREATE USER later IDENTIFIED BY 'x'; GRANT ALL ON *.* TO later");
		const url = `mysql://later@127.0.0.1:${server.port}`;
		const up = await stack.run(["source", "up", "--source-url", url, "--schema", "wordpress-db"], {
			PIPELINE_SOURCE_PASSWORD: "x",
		});
		expect(up).toMatchObject({ code: 0 });
		// MariaDB lets it connect, and refuses its first statement.
		await admin.query("ALTER USER later PASSWORD EXPIRE");
		for (const [code, ...args] of [
			[1, "source", "status"],
			[0, "status"],
			[3, "reconcile"],
		] as const) {
			const found = await stack.run(args);
			const text = found.stdout + found.stderr;
			expect([args, found.code, /has expired/.exec(text)?.[0]]).toEqual([args, code, "has expired"]);
			expect(text).toMatch(/^ {2}fix: {2}.*ALTER USER/m);
			expect(text).not.toContain("bug");
		}
		await admin.query("ALTER USER later IDENTIFIED BY 'x'");
		expect(await stack.run(["source", "status"])).toMatchObject({ code: 0 });
		await admin.end();
	});
});
