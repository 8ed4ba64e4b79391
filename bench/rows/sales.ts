import type { TestServer } from "../../tests/support/servers/testServer.ts";

/** Eight columns of mixed types; one in three notes and one in five rates is null. */
const columns = `id BIGINT UNSIGNED PRIMARY KEY, customer INT NOT NULL, name VARCHAR(80) NOT NULL, amount DECIMAL(12,2) NOT NULL,
	sold_at DATETIME(6) NOT NULL, state ENUM('new','paid','sent','returned') NOT NULL, note TEXT, rate DOUBLE`;
const values = `seq, seq * 7919 % 100000, CONCAT('name ', seq, ' of a customer'), (seq * 31 % 1000000) / 100,
	TIMESTAMP('2026-01-01') + INTERVAL seq % 20000000 SECOND + INTERVAL seq % 1000000 MICROSECOND,
	ELT(1 + seq % 4, 'new', 'paid', 'sent', 'returned'), IF(seq % 3 = 0, NULL, CONCAT(MD5(seq), ' ', MD5(seq + 1))),
	IF(seq % 5 = 0, NULL, seq / 7)`;

export const columnNames = ["id", "customer", "name", "amount", "sold_at", "state", "note", "rate"];

/** Makes the table bench.sales with so many rows, none of which are in the binlog. */
export async function fillSales(connection: Awaited<ReturnType<TestServer["connect"]>>, size: number): Promise<void> {
	await connection.query(`CREATE DATABASE bench; USE bench; CREATE TABLE bench.sales (${columns})`);
	await connection.query(`SET sql_log_bin = 0; INSERT INTO bench.sales SELECT ${values} FROM seq_1_to_${size}`);
	await connection.query("ANALYZE TABLE bench.sales");
}
