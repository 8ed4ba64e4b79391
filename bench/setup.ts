/** `npm run bench:setup`: fetches what the rows are compared with from the registries, into a folder that git ignores. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mariadbBinlog, peersDebezium, peersDebian, peersPython } from "./core/peers.ts";

function run(command: string, args: readonly string[], cwd = import.meta.dirname): void {
	const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
	if (error !== undefined) throw error;
	if (status !== 0) throw new Error(`${command} ended with ${status}`);
}

const pip = join(peersPython, "bin", "pip");
if (!existsSync(pip)) run("python3", ["-m", "venv", peersPython]);
run(pip, ["install", "--quiet", "--requirement", "peers.txt"]);
if (!existsSync(mariadbBinlog)) {
	mkdirSync(peersDebian, { recursive: true });
	run("apt-get", ["download", "--quiet", "mariadb-client"], peersDebian);
	for (const name of readdirSync(peersDebian).filter((one) => one.endsWith(".deb"))) {
		run("dpkg-deb", ["-x", name, "."], peersDebian);
	}
}
if (!existsSync(join(peersDebezium, "classes")) && has("mvn") && has("javac")) {
	const source = join(import.meta.dirname, "peers", "debezium");
	const pom = join(source, "pom.xml");
	run("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${peersDebezium}`]);
	run("javac", ["-cp", `${peersDebezium}/*`, "-d", join(peersDebezium, "classes"), join(source, "Peer.java")]);
}

function has(program: string): boolean {
	return spawnSync(program, ["-version"], { stdio: "ignore" }).status === 0;
}
