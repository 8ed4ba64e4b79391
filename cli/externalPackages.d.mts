import type { Metafile } from "esbuild";

export function externalPackages(metafile: Metafile): string[];
