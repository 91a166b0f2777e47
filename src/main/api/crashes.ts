/** What crashes of the program have left, for the diagnostics: when, and how much. Their content is memory, so it stays where it is. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Newest ones that are listed. */
const LISTED = 5

/** @param folder of Chromium's crash reporter; undefined where the host has none */
export function crashLines(folder: string | undefined): string[] {
  if (folder === undefined) return ['not recorded by this host']
  const found = dumpsIn(folder).toSorted((a, b) => b.at - a.at)
  if (found.length === 0) return ['none']
  const lines = found.slice(0, LISTED).map(({ at, bytes }) => `${new Date(at).toISOString()}, ${bytes} bytes`)
  return [`${found.length} in ${folder}`, ...lines]
}

function dumpsIn(folder: string): { readonly at: number; readonly bytes: number }[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dmp'))
    return names.flatMap((name) => {
      const facts = statSync(join(folder, name), { throwIfNoEntry: false })
      return facts ? [{ at: facts.mtimeMs, bytes: facts.size }] : []
    })
  } catch {
    return [] // it is made by the first crash
  }
}
