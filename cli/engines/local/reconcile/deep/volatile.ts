/** What a statement says without computing it: comments, texts and quoted names. */
const inert = /--.*$|\/\*[\s\S]*?\*\/|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/gm;

/** What gives something else each time in Spark's SQL; the last group goes without parentheses, too. */
const volatile =
	/\b(?:(rand|randn|random|uuid|shuffle|now|curdate|monotonically_increasing_id|spark_partition_id|input_file_name)(?=\s*\()|(unix_timestamp)(?=\s*\(\s*\))|(current_timestamp|current_date|localtimestamp|tablesample)\b)/i;

/** What of a model's SQL gives something else each time it is computed; undefined where nothing does. */
export function volatileIn(sql: string): string | undefined {
	return volatile.exec(sql.replaceAll(inert, " "))?.[0].toLowerCase();
}
