/** @returns null where there is none and none could be downloaded */
export function electronPath(): string | null
/** @returns null where a window can be opened */
export function whyNoWindow(): string | null
export const sandboxArguments: readonly string[]
