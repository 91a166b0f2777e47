/** The command that brings an adapter to a server: split into words here, and run without a shell. Pure. */
import { shown } from '../shown'

interface Copy {
  readonly command: string
  readonly folder: string
}

/** Words between spaces; a part in quotes is one, without them. Null for a quote that does not end. */
function words(command: string): string[] | null {
  const rest = command.replaceAll(/"[^"]*"|'[^']*'/g, '')
  if (/["']/.test(rest)) return null
  const found = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  return found.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}

/** What is wrong with each part, as a sentence with its cure; null where it can be used. */
export const copyProblems = ({ command, folder }: Copy): { readonly [part in keyof Copy]: string | null } => ({
  command: commandProblem(command),
  folder: /^(\/|[A-Za-z]:[\\/])/.test(folder)
    ? null
    : `${shown(folder, 100)} is no whole path: name the folder on the server from its root, such as /tmp/gpo.`,
})

function commandProblem(command: string): string | null {
  if (words(command) === null) return `${shown(command, 100)} has a quote that does not end: close it.`
  const missing = ['{from}', '{to}'].find((place) => !command.includes(place))
  if (missing === undefined) return null
  return `The command ${shown(command, 100)} has no ${missing}: write it like rsync -a --mkpath {from}/ gpu1:{to}/`
}

/** @param from folder here @param to folder on the server @returns the program and its arguments */
export const copyWords = (command: string, from: string, to: string): readonly string[] =>
  (words(command) ?? []).map((word) => word.replaceAll(/\{from\}|\{to\}/g, (place) => (place === '{to}' ? to : from)))
