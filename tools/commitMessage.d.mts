export function problems(message: string): string[];
