import type { TlsMode } from "../port.ts";

/** What `ssl-mode` may be, with the meanings that MySQL's own clients give it, from the weakest. */
export const tlsModes = [
	"DISABLED",
	"PREFERRED",
	"REQUIRED",
	"VERIFY_CA",
	"VERIFY_IDENTITY",
] as const satisfies readonly TlsMode[];

/** Whether a mode looks at the server's certificate; the others protect from listeners, and not from an impostor. */
export function verifies(mode: TlsMode): boolean {
	return mode === "VERIFY_CA" || mode === "VERIFY_IDENTITY";
}
