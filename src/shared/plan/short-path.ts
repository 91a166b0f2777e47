/** The last part of a path, with either kind of slash, without `bundled:` or `run:` and the ending of a file. */
export function shortPath(path: string): string {
  const parts = path.replace(/^(bundled|run):/, '').split(/[/\\]/)
  return parts.findLast((part) => part !== '')?.replace(/\.[a-z]+$/i, '') ?? path
}
