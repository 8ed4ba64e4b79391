import { join } from "node:path";
import { projectRoot } from "../../cli/common/projectRoot.ts";

/** Where `npm run bench:setup` puts what the rows are compared with; git ignores it. */
export const peersFolder = join(projectRoot, ".pipeline", "bench");
/** An environment of Python with the peers of peers.txt. */
export const peersPython = join(peersFolder, "python");
/** Packages of Debian, unpacked and not installed. */
export const peersDebian = join(peersFolder, "debian");
export const mariadbBinlog = join(peersDebian, "usr", "bin", "mariadb-binlog");
/** Jars of Debezium's engine, and `classes` with the program that drives it; only where there is Java and Maven. */
export const peersDebezium = join(peersFolder, "debezium");
/** The environment of the jobs: it has DuckDB, and pyspark with Apache Spark in it. */
export const projectPython = join(projectRoot, ".pipeline", "python", "bin", "python");
