/** Records with their values by role, which record every column that was read. Knows no files. */
import { valueAt } from './column-path'
import type { Fields } from './read/record'
import type { Arrangement, Part } from './recognise'
import type { RowView } from './values'

/** @param used collects every path that was read */
export function viewOf(fields: Fields, { sources }: Arrangement, used: Set<string>): RowView {
  const read = (path: string): unknown => {
    const value = valueAt(fields, path)
    if (value !== undefined) used.add(path)
    return value
  }
  const pathsOf = (part: string) => sources.get(part as Part) ?? []
  return {
    has: (part) => pathsOf(part).some((path) => valueAt(fields, path) !== undefined),
    get: (part) => {
      const [path] = pathsOf(part)
      return path === undefined ? undefined : read(path)
    },
    each: (part) =>
      pathsOf(part).flatMap((column) => {
        const value = read(column)
        return value === undefined ? [] : [{ column, value }]
      }),
  }
}

/** The reason why a row is bad, with the column's name in the file in place of its role. Reasons begin with the column. */
export function withOwnName(reason: string, { sources }: Arrangement): string {
  return reason.replace(/^column "([a-zA-Z]+)(?=["[.])/, (begin, part) => {
    const paths = sources.get(part as Part)
    return paths?.length === 1 ? `column "${paths[0]?.slice(0, 100)}` : begin
  })
}
