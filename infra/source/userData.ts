export interface DatabaseServer {
	region: string;
	/** Secret with username and password of the replication user. */
	secretArn: string;
	/** Secret with the server's key, certificate and authority. */
	tlsSecretArn: string;
	/** `s3://` URI of the sample schemas' SQL. */
	sampleSchemaUri: string;
	binlogRetentionHours: number;
	/** Schemas that the replication user may read. */
	schemas: readonly string[];
	/** Table that `pipeline-cli verify-cdc` writes rows into and deletes them from. */
	verifyTable: VerifyTable | undefined;
}

export interface VerifyTable {
	schema: string;
	table: string;
	/** Whether it is one of heartbeats, which `verify-cdc --create` makes: the server does not have it yet. */
	isHeartbeat: boolean;
}

/** Grants of the replication user, who also runs `pipeline-cli verify-cdc`. */
export function replicationGrants(
	username: string,
	{ schemas, verifyTable }: Pick<DatabaseServer, "schemas" | "verifyTable">,
): string[] {
	const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
	// The server takes a grant on a table that is not there only where it includes CREATE.
	const writes = verifyTable?.isHeartbeat === true ? "CREATE, INSERT, DELETE" : "INSERT, DELETE";
	return [
		`GRANT BINLOG MONITOR, REPLICATION SLAVE ON *.* TO '${username}'@'%';`,
		...schemas.map((schema) => `GRANT SELECT ON ${quoted(schema)}.* TO '${username}'@'%';`),
		...(verifyTable === undefined
			? []
			: [`GRANT ${writes} ON ${quoted(verifyTable.schema)}.${quoted(verifyTable.table)} TO '${username}'@'%';`]),
	];
}

/**
 * Start-up script of the simulated on-premises database: MariaDB with row binlogs, TLS and the sample schemas, on Amazon
 * Linux 2023.
 *
 * MariaDB and not MySQL: the instance has no way to the internet, and the distribution's packages, which come over the S3
 * gateway endpoint, have no MySQL server. 10.5, since DMS takes MariaDB up to 10.6, and then 11.4 only.
 * https://docs.aws.amazon.com/linux/al2023/ug/networking-s3-endpoint.html
 * https://github.com/amazonlinux/amazon-linux-2023/issues/257
 * https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MySQL.html
 *
 * A call of AWS that fails is made again for some minutes. What fails after that is in /var/log/cloud-init-output.log, and a
 * new instance (`pulumi up --replace`) runs the script again.
 *
 * No secret is in the script, in an argument or in a log: passwords go from Secrets Manager through the server's
 * standard input.
 */
export function databaseUserData(server: DatabaseServer): string {
	const expireDays = Math.max(1, Math.ceil(server.binlogRetentionHours / 24));
	// The shell would run what stands between backticks.
	const grants = replicationGrants("$username", server).join("\n").replaceAll("`", "\\`");
	return `#!/bin/bash
set -euo pipefail
export AWS_DEFAULT_REGION=${server.region}
umask 077

# This runs once, and endpoints, routes and rights may be minutes behind the instance.
again() {
	for pause in 5 10 20 40 60 60 60; do
		"$@" && return
		sleep "$pause"
	done
	"$@"
}
again dnf install --assumeyes mariadb105-server jq

secret() { again aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
tls=/etc/my.cnf.d/tls
install --directory --owner=mysql --group=mysql --mode=700 "$tls"
secret '${server.tlsSecretArn}' | jq --raw-output --arg tls "$tls" 'to_entries[] | [$tls + "/" + .key, (.value | @base64)] | @tsv' |
	while IFS=$'\\t' read -r file content; do base64 --decode <<<"$content" >"$file"; done
chown mysql:mysql "$tls"/*

install --mode=644 /dev/stdin /etc/my.cnf.d/replication.cnf <<'CONFIGURATION'
[mysqld]
server_id = 1
log_bin = binlog
binlog_format = ROW
binlog_row_image = FULL
expire_logs_days = ${expireDays}
log_slave_updates = ON
performance_schema = ON
character_set_server = utf8mb4
ssl_ca = /etc/my.cnf.d/tls/ca.pem
ssl_cert = /etc/my.cnf.d/tls/server.pem
ssl_key = /etc/my.cnf.d/tls/server-key.pem
require_secure_transport = ON
CONFIGURATION
systemctl enable --now mariadb

again aws s3 cp --only-show-errors '${server.sampleSchemaUri}' /var/tmp/sample-schema.sql
mysql </var/tmp/sample-schema.sql
rm /var/tmp/sample-schema.sql
credentials=$(secret '${server.secretArn}')
username=$(jq --raw-output .username <<<"$credentials")
password=$(jq --raw-output .password <<<"$credentials")
mysql <<SQL
CREATE USER IF NOT EXISTS '$username'@'%' IDENTIFIED BY '$password' REQUIRE SSL;
${grants}
SQL
`;
}
