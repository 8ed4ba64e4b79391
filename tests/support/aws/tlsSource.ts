import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RowDataPacket } from "mysql2";
import { startMariaDb } from "../servers/mariadb.ts";
import type { TestServer } from "../servers/testServer.ts";

export const sourceUser = { username: "dms", password: "secret-of-the-source" };

/** A MariaDB that speaks TLS as 127.0.0.1 under an authority of its own, with wp_terms of 15 rows, the last as in the sample schemas. */
export class TlsSource {
	readonly server: TestServer;
	/** The authority, PEM. */
	readonly ca: string;
	readonly caFile: string;
	readonly socket: string;
	readonly #folder: string;

	private constructor(server: TestServer, ca: string, folder: string) {
		this.server = server;
		this.ca = ca;
		this.caFile = join(folder, "ca.pem");
		this.socket = join(folder, "mariadb", "s");
		this.#folder = folder;
	}

	/** @param folder for its keys and its server. */
	static async start(folder: string): Promise<TlsSource> {
		const file = (name: string): string => join(folder, name);
		const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
		const key = ["-newkey", "rsa:2048", "-nodes"];
		openssl("req", "-x509", ...key, "-keyout", file("ca.key"), "-out", file("ca.pem"), "-subj", "/CN=ca", "-days", "2");
		openssl("req", ...key, "-keyout", file("db.key"), "-out", file("db.csr"), "-subj", "/CN=db");
		await writeFile(file("db.ext"), "subjectAltName=IP:127.0.0.1\n");
		const signing = [
			"-extfile",
			file("db.ext"),
			"-CA",
			file("ca.pem"),
			"-CAkey",
			file("ca.key"),
			"-CAcreateserial",
			"-days",
			"2",
		];
		openssl("x509", "-req", "-in", file("db.csr"), ...signing, "-out", file("db.pem"));
		const settings = [`ssl_cert=${file("db.pem")}`, `ssl_key=${file("db.key")}`, `ssl_ca=${file("ca.pem")}`];
		const server = await startMariaDb(join(folder, "mariadb"), settings);
		const source = new TlsSource(server, await readFile(file("ca.pem"), "utf8"), folder);
		try {
			await source.#seed();
		} catch (error) {
			await source.stop();
			throw error;
		}
		return source;
	}

	/** Rows of wp_terms, by id. */
	async terms(): Promise<string[][]> {
		const connection = await this.server.connect();
		try {
			const [rows] = await connection.query<RowDataPacket[]>(
				"SELECT term_id, name, slug, term_group FROM `wordpress-db`.wp_terms ORDER BY term_id",
			);
			return rows.map((row) => [row.term_id, row.name, row.slug, row.term_group].map(String));
		} finally {
			await connection.end();
		}
	}

	/** Writes a row of wp_terms, as a user of the shop would. */
	async insert(name: string, slug: string): Promise<void> {
		const connection = await this.server.connect();
		try {
			await connection.query("INSERT INTO `wordpress-db`.wp_terms (name, slug, term_group) VALUES (?, ?, 0)", [
				name,
				slug,
			]);
		} finally {
			await connection.end();
		}
	}

	/** Has it show a certificate of its authority that is like this: by default one for 127.0.0.1 that is valid. */
	async use({
		names = "IP:127.0.0.1",
		purpose = "serverAuth",
		from = "20200101000000Z",
		to = "20991231000000Z",
	}: Partial<Record<"names" | "purpose" | "from" | "to", string>>): Promise<void> {
		const file = (name: string): string => join(this.#folder, name);
		await writeFile(file("db.ext"), `subjectAltName=${names}\nextendedKeyUsage=${purpose}\n`);
		await writeFile(file("issued"), "");
		await writeFile(file("serial"), `${Date.now()}0`.padStart(16, "0"));
		await writeFile(
			file("ca.cnf"),
			`[ca]\ndefault_ca=own\n[own]\ndatabase=${file("issued")}\nserial=${file("serial")}\nnew_certs_dir=${this.#folder}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n`,
		);
		execFileSync(
			"openssl",
			[
				...["ca", "-batch", "-notext", "-config", file("ca.cnf"), "-cert", file("ca.pem"), "-keyfile", file("ca.key")],
				...["-in", file("db.csr"), "-extfile", file("db.ext"), "-startdate", from, "-enddate", to],
				...["-out", file("db.pem")],
			],
			{ stdio: "ignore" },
		);
		const admin = await this.server.connect();
		await admin.query("FLUSH SSL");
		await admin.end();
	}

	async stop(): Promise<void> {
		await this.server.stop();
	}

	async #seed(): Promise<void> {
		const connection = await this.server.connect();
		await connection.query(`
			CREATE DATABASE \`wordpress-db\`;
			CREATE DATABASE classicmodels;
			USE \`wordpress-db\`;
			CREATE TABLE wp_terms (
				term_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
				name VARCHAR(200) NOT NULL, slug VARCHAR(200) NOT NULL, term_group BIGINT NOT NULL
			);
			INSERT INTO wp_terms (name, slug, term_group)
				SELECT CONCAT('term ', seq), IF(seq = 15, 'outdoors', CONCAT('term-', seq)), 0 FROM seq_1_to_15;
			CREATE USER dms@'%' IDENTIFIED BY '${sourceUser.password}' REQUIRE SSL;
			GRANT ALL ON *.* TO dms@'%';
		`);
		await connection.end();
	}
}
