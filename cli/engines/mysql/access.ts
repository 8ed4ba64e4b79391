/** What a MySQL client needs to reach a source. */
export interface SourceAccess {
	host: string;
	port: number;
	user: string;
	password: string;
	tls: boolean;
	/** Schemas to replicate. */
	schemas: string[];
}
