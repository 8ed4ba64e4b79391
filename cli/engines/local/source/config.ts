import type { LocalPaths } from "../shared/paths.ts";
import { serverFiles } from "./privateServer.ts";

/**
 * The private server's my.cnf: the binary log as change data capture needs it, little memory, safe commits.
 * https://mariadb.com/kb/en/replication-and-binary-log-system-variables/
 */
export function serverConfig(paths: LocalPaths, port: number): string {
	const files = serverFiles(paths);
	return `# Written by pipeline-cli at every start; edits are lost.
[mariadbd]
datadir = ${quoted(files.data)}
pid-file = ${quoted(files.pid)}
log-error = ${quoted(files.log)}
# Relative to the data folder: a socket's path may have about 100 characters only.
socket = mariadb.sock
bind-address = 127.0.0.1
port = ${port}
skip-name-resolve
local-infile = OFF
character-set-server = utf8mb4
collation-server = utf8mb4_unicode_520_ci
default-time-zone = +00:00

server_id = 1
log-bin = log
binlog_format = ROW
binlog_row_image = FULL
binlog_row_metadata = FULL
log_slave_updates = ON
sync_binlog = 1
max_binlog_size = 64M
expire_logs_days = 7
performance_schema = ON

innodb_buffer_pool_size = 128M
innodb_log_file_size = 32M
innodb_flush_log_at_trx_commit = 1
key_buffer_size = 1M
aria_pagecache_buffer_size = 8M
table_open_cache = 400
max_connections = 100
max_allowed_packet = 64M
`;
}

/** Option files take \ as an escape and # as a comment, also in a path. */
function quoted(path: string): string {
	return `"${path.replaceAll("\\", "\\\\")}"`;
}
