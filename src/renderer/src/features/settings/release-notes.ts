/** CHANGELOG.md as versions with their points, as plain text. Pure. */

export interface Release {
  readonly title: string
  readonly points: readonly string[]
}

/** Marks of code and the addresses of links are left out. */
const plain = (text: string): string => text.replaceAll('`', '').replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')

/** `## version` begins one; `- point`, which lines below continue. */
export function releaseNotes(changelog: string): readonly Release[] {
  return changelog
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n')
      const points = lines.join('\n').split(/^- /m).slice(1)
      return { title: title.trim(), points: points.map((point) => plain(point.replaceAll(/\s+/g, ' ').trim())) }
    })
}
