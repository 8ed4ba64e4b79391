declare module "asl-validator" {
	/** Checks a definition of the Amazon States Language. */
	export default function validate(definition: unknown): { isValid: boolean; errorsText(separator: string): string };
}
